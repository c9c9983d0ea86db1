"""What the ledger's tables have in common."""

from __future__ import annotations

from sqlalchemy import Column, ForeignKey, Integer, MetaData

metadata = MetaData(
    naming_convention={
        "pk": "pk_%(table_name)s",
        "uq": "uq_%(table_name)s_%(column_0_N_name)s",
        "ix": "ix_%(table_name)s_%(column_0_N_name)s",
        "fk": "fk_%(table_name)s_%(column_0_N_name)s",
    }
)


def ticket_id(index: bool = False, key: bool = False) -> Column[int]:
    """The column that says which ticket a row belongs to."""
    return Column(
        "ticket_id", Integer, ForeignKey("tickets.id"), nullable=False, index=index, primary_key=key
    )

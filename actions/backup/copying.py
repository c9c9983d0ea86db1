"""Copies rows from one ledger to another, whichever database each of them is and whichever release made its tables."""

from __future__ import annotations

from typing import Any

from sqlalchemy import Column, Connection, MetaData, Table, bindparam, func, insert, select, text, update

_BATCH = 1000
VERSION = "alembic_version"


def tables_of(connection: Connection) -> dict[str, Table]:
    """The tables that are there, those first that others refer to; Alembic's own is left out."""
    found = MetaData()
    found.reflect(connection)
    return {table.name: table for table in found.sorted_tables if table.name != VERSION}


def count_rows(connection: Connection) -> dict[str, int]:
    """Rows of every table."""
    tables = tables_of(connection).items()
    return {
        name: connection.scalar(select(func.count()).select_from(table)) or 0
        for name, table in sorted(tables)
    }


def copy_rows(source: Connection, target: Connection) -> dict[str, int]:
    """Fill the empty tables of ``target``; what they have no table or column for stays behind.

    :returns: table → rows
    """
    given, copied = tables_of(source), {}
    for name, table in tables_of(target).items():
        if name in given:
            copied[name] = _copy(source, given[name], target, table)
    return copied


def _copy(source: Connection, given: Table, target: Connection, table: Table) -> int:
    columns = [column for column in table.c if column.name in given.c]
    own = [column for column in columns if _refers_to(column, table)]
    rows = source.execute(select(*(given.c[column.name] for column in columns)))
    count, later = 0, []
    for batch in rows.partitions(_BATCH):
        values = [dict(row._mapping) for row in batch]
        later += _set_aside(values, own, table)
        target.execute(insert(table), values)
        count += len(values)
    if later:  # a row may refer to one that comes after it
        keys = [column == bindparam(f"key_{column.name}") for column in table.primary_key]
        changed: dict[str, Any] = {column.name: bindparam(f"new_{column.name}") for column in own}
        target.execute(update(table).where(*keys).values(changed), later)
    if target.dialect.name == "postgresql":
        _move_sequences(target, table)
    return count


def _refers_to(column: Column[Any], table: Table) -> bool:
    return any(key.column.table is table for key in column.foreign_keys)


def _set_aside(values: list[dict[str, Any]], own: list[Column[Any]], table: Table) -> list[dict[str, Any]]:
    later = []
    for row in values:
        if any(row[column.name] is not None for column in own):
            kept = {f"key_{column.name}": row[column.name] for column in table.primary_key}
            later.append(kept | {f"new_{column.name}": row[column.name] for column in own})
            row.update({column.name: None for column in own})
    return later


def _move_sequences(target: Connection, table: Table) -> None:
    for column in table.primary_key:
        find = text("SELECT pg_get_serial_sequence(:table, :column)")
        try_serial = target.scalar(find, {"table": table.name, "column": column.name})
        highest = target.scalar(select(func.max(column))) if try_serial else None
        if highest is not None:
            target.execute(
                text("SELECT setval(:sequence, :value)"), {"sequence": try_serial, "value": highest}
            )

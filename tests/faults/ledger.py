"""The database as it stands, read past all processes."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from contextlib import contextmanager
from pathlib import Path

from actions.bootstrap import build_office, build_sealer
from actions.settings import Settings
from actions.tickets.office import Office
from actions.tickets.records import Actor
from actions.tickets.register import Wanted
from tests.faults.checker import Entry

CHIEF = Actor("周江", "supervisor")
MOST = 10_000


class Books:
    """Opens the ledger in ``folder``, a stack's ``VAR_DIR``, for each look at it."""

    def __init__(self, folder: Path) -> None:
        self._settings = Settings(_env_file=folder / "secrets.env", var_dir=folder, database_url="")

    @contextmanager
    def _open(self) -> Iterator[Office]:
        office = build_office(self._settings)
        try:
            yield office
        finally:
            office.close()

    def numbers(self) -> frozenset[str]:
        """Of all tickets."""
        with self._open() as office:
            return frozenset(ticket.number for ticket in office.register.list(Wanted(), MOST))

    def entries(self, but: Collection[str]) -> list[Entry]:
        """All tickets except those numbered so, codes and phone numbers in clear."""
        sealer = build_sealer(self._settings)
        with self._open() as office:
            return [
                Entry(
                    number=ticket.number,
                    code=sealer.open(ticket.code, ticket.number),
                    problem=ticket.problem,
                    place=ticket.place,
                    phone=office.contacts.reveal(ticket.number, CHIEF, "核对"),
                    created=ticket.created.timestamp(),
                )
                for ticket in office.register.list(Wanted(), MOST)
                if ticket.number not in but
            ]

    def audit(self) -> tuple[str, ...]:
        """What ``tickets audit verify`` finds."""
        with self._open() as office:
            return tuple(map(str, office.audit.verify().findings))

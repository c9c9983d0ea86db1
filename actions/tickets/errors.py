"""What can go wrong with a ticket.

TicketError
├── NotFound          no such number, or a wrong code, or another session: never told apart
├── TooManyGuesses    this number is closed to codes for a while
├── ReportInvalid     a report that cannot be taken as it is
├── MoveRefused       the state of the ticket, or the role of who asks, does not allow that
│   └── ExtensionRefused  asked for too late, for too long, or once too often
├── RulesUnusable     a YAML file of rules beside the code makes no sense
├── Conflict          somebody else has changed the ticket meanwhile
└── LedgerUnusable    the ledger cannot be opened, read or trusted
    ├── KeyMissing    LEDGER_KEY or CONTACT_KEY is not set, or is not the one that was used
    └── LedgerBusy    another writer held the ledger too long; nothing was written

Messages name the thing, its value and the fix. They hold no contact and no text of a resident.
"""

from __future__ import annotations

from actions.tickets.moment import shown_wait


class TicketError(Exception):
    """Base of everything this folder raises on purpose."""


class NotFound(TicketError):
    """Says the same whatever was wrong, so that nobody learns which numbers exist."""

    def __init__(self) -> None:
        super().__init__("没有找到：单号和查询码对不上。请核对后再试")


class TooManyGuesses(TicketError):
    """Told for numbers that exist and numbers that do not."""

    def __init__(self, minutes: int) -> None:
        super().__init__(f"查询码试错次数过多，请 {shown_wait(minutes)}后再试，或拨打 81890")
        self.minutes = minutes


class ReportInvalid(TicketError):
    pass


class MoveRefused(TicketError):
    pass


class ExtensionRefused(MoveRefused):
    pass


class RulesUnusable(TicketError):
    pass


class Conflict(TicketError):
    pass


class LedgerUnusable(TicketError):
    pass


class KeyMissing(LedgerUnusable):
    pass


class LedgerBusy(LedgerUnusable):
    pass

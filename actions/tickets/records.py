"""What crosses the border of this folder: reports in, receipts and tickets out."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Literal, Protocol

Kind = Literal["咨询", "求助", "投诉", "建议"]


@dataclass(frozen=True)
class Report:
    """One matter as a resident told it; nothing is looked up or decided yet.

    ``contact`` is a phone number as typed, or empty: it may be skipped, and is stored encrypted.
    ``consent`` says that the person agreed to its being kept; a contact without consent is refused.
    ``session`` is the conversation that may later ask, urge and withdraw without a code.
    """

    problem: str
    place: str = ""
    since: str = ""
    contact: str = ""
    consent: bool = False
    kind: Kind | None = None  # None: the classifier decides
    channel: str = "web"
    session: str = ""
    language: str = "zh"
    mood: str = ""  # "angry", "repeated", both separated by a space, or empty
    callback: bool = False  # a request to be called back, for the desk itself


@dataclass(frozen=True)
class Receipt:
    """Proof that a report was committed; only its holder may speak of a filed ticket."""

    number: str
    code: str  # short secret; number and code together open the ticket to anyone
    state: str
    category: str
    department: str  # empty while the triage queue decides
    due: datetime
    provisional: bool  # the calendar of that year is not out yet: the date may move
    created: datetime
    again: bool = False  # the same report had been committed before; nothing new was made


@dataclass(frozen=True)
class PublicTicket:
    """What the reporter may see. No contact, no internal note."""

    number: str
    state: str
    kind: str
    category: str
    department: str
    problem: str
    place: str
    created: datetime
    due: datetime
    provisional: bool
    urged: int
    reply: str  # what the department answered, once it has


class Reception(Protocol):
    """What the dialogue and the public interfaces may do. Every call is one committed transaction.

    :raises TicketError: of ``actions.tickets.errors``; ``NotFound`` for a wrong number, code or session alike.
    """

    def file(self, report: Report, key: str) -> Receipt:
        """Commit a report. The same ``key`` again gives the first receipt with ``again`` set."""
        ...

    def look_up(self, number: str, *, code: str = "", session: str = "") -> PublicTicket:
        """One ticket, for who knows its code or filed it in this session."""
        ...

    def of_session(self, session: str) -> tuple[PublicTicket, ...]:
        """Tickets filed in a session, newest first."""
        ...

    def urge(self, number: str, key: str, *, code: str = "", session: str = "") -> PublicTicket:
        """Record that the resident presses for it."""
        ...

    def withdraw(self, number: str, key: str, *, code: str = "", session: str = "") -> PublicTicket:
        """Take it back. Raises MoveRefused where its state no longer allows that."""
        ...

    def rate(
        self, number: str, score: str, words: str, key: str, *, code: str = "", session: str = ""
    ) -> PublicTicket:
        """Record 满意/基本满意/不满意 after 办结; 不满意 reopens it with a shorter deadline."""
        ...

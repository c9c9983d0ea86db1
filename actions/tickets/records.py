"""What crosses the border of this folder: reports in, receipts and tickets out."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Literal, Protocol

Kind = Literal["咨询", "求助", "投诉", "建议"]
Priority = Literal["普通", "加急"]
Role = Literal["resident", "system", "operator", "supervisor", "department"]


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
    lat: float | None = None  # WGS84 degrees, from callers that have them
    long: float | None = None
    category: str = ""  # where the caller knows it; empty: the classifier decides


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
    amended: tuple[str, ...] = ()  # fields of it that were put right now: problem, place, since, contact


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
    updated: datetime | None = None
    lat: float | None = None
    long: float | None = None
    solved: bool | None = None  # what the resident said about it; None: nothing yet
    closed: datetime | None = None  # when the department said that it is done, or refused it


@dataclass(frozen=True)
class Actor:
    """Who does something. ``name`` stands in the history: an account, never a resident's contact."""

    name: str
    role: Role


RESIDENT = Actor("resident", "resident")
SYSTEM = Actor("system", "system")


@dataclass(frozen=True)
class Triage:
    """Where a report belongs. ``department`` is empty when a person has to decide."""

    kind: Kind
    category: str
    department: str
    confidence: float  # 0 to 1


@dataclass(frozen=True)
class Due:
    """When it has to be finished. ``provisional``: that year's holidays are not published yet."""

    at: datetime
    provisional: bool


@dataclass(frozen=True)
class Pause:
    """A time in which the clock stood still. ``end`` is None while it still does."""

    start: datetime
    end: datetime | None
    reason: str


class Classify(Protocol):
    """Decides kind, category and department of a report. Called before the transaction begins."""

    def __call__(self, report: Report) -> Triage: ...


class Deadline(Protocol):
    """When a ticket is due.

    :param start: the moment the clock began, in any time zone.
    :param pauses: closed and, at most one, open pauses after ``start``; an open one counts as ending now.
    :param extension: working days granted in addition.
    :param again: reopened after 不满意, which makes the time shorter.
    """

    def __call__(
        self,
        category: str,
        kind: str,
        start: datetime,
        *,
        pauses: Sequence[Pause] = (),
        extension: int = 0,
        again: bool = False,
    ) -> Due: ...


class Reception(Protocol):
    """What the dialogue and the public interfaces may do. Every call is one committed transaction.

    :raises TicketError: of ``actions.tickets.errors``; ``NotFound`` for a wrong number, code or session alike.
    """

    def file(self, report: Report, key: str) -> Receipt:
        """Commit a report. The same ``key`` again gives the first receipt with ``again`` set.

        :raises ReportInvalid: when the key was used for another report
        """
        ...

    def file_or_amend(self, report: Report, key: str) -> Receipt:
        """``file``; where the key is known and the report says something else now, the ticket is put right.

        :raises MoveRefused: when the ticket is no longer open
        """
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

    def supply(self, number: str, words: str, key: str, *, code: str = "", session: str = "") -> PublicTicket:
        """Add what the department asked for; the clock goes on. Raises MoveRefused unless it is 待补充."""
        ...

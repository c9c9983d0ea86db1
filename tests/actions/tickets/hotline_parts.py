"""A ledger with everything that listens to it and looks after it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime

from actions.tickets.chain import Chain
from actions.tickets.deadline_rules import read_rules
from actions.tickets.deadlines import Deadlines
from actions.tickets.mailbox import Mailbox
from actions.tickets.notify import CONSOLE, Notices
from actions.tickets.office import Office, open_office
from actions.tickets.outbox import Outbox, Pace, Quiet
from actions.tickets.sealing import Sealer
from actions.tickets.store import open_store
from actions.tickets.sweep import Rhythm, Sweep
from actions.tickets.workdays import Day, day_of
from tests.actions.tickets.ledger_parts import CONTACT_KEY, LEDGER_KEY, Hands, by_word

DESK = "81890服务台"


@dataclass(frozen=True)
class Hotline:
    office: Office
    notices: Notices
    mailbox: Mailbox
    hands: Hands

    def sweep(self, steady: Callable[[], float] | None = None, day: Callable[[date], Day] = day_of) -> Sweep:
        """A sweep as a freshly started process has it; its clock never jumps unless ``steady`` says so."""
        deadlines = Deadlines(read_rules(), day, self.hands)
        return Sweep(
            self.office.book,
            self.office.casework,
            deadlines,
            self.notices,
            DESK,
            Rhythm.load(),
            steady or same_pace(self.hands),
        )

    def told(self, session: str) -> list[str]:
        """What the reporter's page shows, in order; survey and news alike."""
        return [letter.body["text"] for letter in self.mailbox.fetch("web", session)]

    def console(self, department: str) -> list[tuple[str, str]]:
        """Kind and number of what a department reads."""
        return [(x.kind, x.body["number"]) for x in self.mailbox.fetch(CONSOLE, department)]


def make_hotline(url: str, hands: Hands, deadlines: Deadlines | None = None) -> Hotline:
    notices = Notices(Outbox(hands, Quiet.parse("20:30-08:00"), Pace.load()), DESK)
    office = open_office(
        open_store(url),
        Chain(LEDGER_KEY),
        Sealer([CONTACT_KEY]),
        by_word,
        deadlines or Deadlines.load(hands),
        [notices],
        hands,
    )
    return Hotline(office, notices, Mailbox(office.store, hands), hands)


def same_pace(hands: Callable[[], datetime]) -> Callable[[], float]:
    """Steady time that goes with the clock: nobody has set it."""
    return lambda: hands().timestamp()

"""Everything that looks after tickets, on a ledger of a test's own."""

from __future__ import annotations

from collections.abc import Mapping

from actions.tickets.aftercare import Aftercare
from actions.tickets.announce import Announcer
from actions.tickets.chain import Chain
from actions.tickets.deadlines import Deadlines
from actions.tickets.delivery import Delivery, Sender
from actions.tickets.figures import Figures
from actions.tickets.mailbox import Mailbox
from actions.tickets.notify import Notices
from actions.tickets.office import open_office
from actions.tickets.outbox import Outbox, Pace, Quiet
from actions.tickets.sealing import Sealer
from actions.tickets.store import open_store
from actions.tickets.subscriptions import Subscriptions
from actions.tickets.sweep import Rhythm, Sweep
from tests.actions.tickets.hotline_parts import DESK, same_pace
from tests.actions.tickets.ledger_parts import CONTACT_KEY, LEDGER_KEY, Hands, by_word

NONE = Quiet.parse("")
FAST = Rhythm(every_seconds=0.05, clock_jump_seconds=300, hold_minutes=30, look_ahead_days=30)


def make_care(url: str, hands: Hands, senders: Mapping[str, Sender] | None = None) -> Aftercare:
    """Wired as the service has it, but for a fast clock, no quiet hours and no encoder."""
    outbox, deadlines = Outbox(hands, NONE, Pace.load()), Deadlines.load(hands)
    notices, announcer = Notices(outbox, DESK), Announcer(outbox, hands)
    store, sealer = open_store(url), Sealer([CONTACT_KEY])
    office = open_office(store, Chain(LEDGER_KEY), sealer, by_word, deadlines, [notices, announcer], hands)
    sweep = Sweep(office.book, office.casework, deadlines, notices, DESK, FAST, same_pace(hands))
    return Aftercare(
        office,
        sweep,
        FAST,
        Delivery(store, hands, NONE, Pace.load()),
        senders or {},
        Mailbox(store, hands),
        Subscriptions(store, hands),
        announcer,
        None,
        Figures(store, deadlines, hands),
    )

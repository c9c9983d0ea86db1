"""What happens to tickets after they were filed, wired to one ledger: deadlines, news, subscriptions, figures."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from actions.tickets.announce import Announcer
from actions.tickets.delivery import Delivery, Sender
from actions.tickets.duplicates import Duplicates
from actions.tickets.figures import Figures
from actions.tickets.mailbox import Mailbox
from actions.tickets.office import Office
from actions.tickets.subscriptions import Subscriptions
from actions.tickets.sweep import Rhythm, Sweep, Swept


@dataclass(frozen=True)
class Aftercare:
    """The parts, for the service and the command line.

    :param senders: the channels that push, by name; a channel whose reader fetches needs none.
    """

    office: Office
    sweep: Sweep
    rhythm: Rhythm
    delivery: Delivery
    senders: Mapping[str, Sender]
    mailbox: Mailbox
    subscriptions: Subscriptions
    announcer: Announcer
    duplicates: Duplicates | None  # None: no encoder was given
    figures: Figures
    others: Sequence[Callable[[], None]] = ()  # rounds of other folders that share the ledger

    def round(self) -> Swept:
        """One round of the clock: deadlines first, then the messages they brought about."""
        swept = self.sweep.round()
        for other in () if swept.held else self.others:  # a clock that was set erases nothing either
            other()
        self.delivery.deliver(self.senders)
        return swept

"""The tickets with everything that works on them."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import cache

from actions.bootstrap.corpus import build_encoder
from actions.dialogue.desk import DeskHours, Opening
from actions.dialogue.front import Answerer, FrontDesk
from actions.feedback.opinions import Opinions
from actions.settings import LEDGER_SECRETS, Settings
from actions.tickets.aftercare import Aftercare
from actions.tickets.announce import Announcer
from actions.tickets.book import Listener
from actions.tickets.chain import Chain
from actions.tickets.deadlines import Deadlines
from actions.tickets.delivery import Delivery
from actions.tickets.departments import read_directory
from actions.tickets.duplicates import Duplicates, Thresholds
from actions.tickets.envelope import Envelope
from actions.tickets.figures import Figures
from actions.tickets.mailbox import Mailbox
from actions.tickets.moment import now
from actions.tickets.notify import Notices
from actions.tickets.office import Office, open_office
from actions.tickets.outbox import Outbox, Pace, Quiet
from actions.tickets.records import Reception, Report
from actions.tickets.records import Triage as Sorted
from actions.tickets.retention import Periods, Retention
from actions.tickets.rotation import Rotation
from actions.tickets.sealing import Sealer
from actions.tickets.store import open_store
from actions.tickets.subscriptions import Subscriptions
from actions.tickets.sweep import Rhythm, Sweep
from actions.tickets.triage import Triage
from embeddings.encoder import Encoder


def build_office(
    settings: Settings, encoder: Encoder | None = None, listeners: Sequence[Listener] = ()
) -> Office:
    """The tickets: their database, brought up to date, with everything that works on it.

    :param encoder: for telling what a report is about; without it one is loaded when the first report comes.
    :param listeners: called with every change, inside its transaction, after those that write the news.
    :raises SettingsError: when LEDGER_KEY or CONTACT_KEY is missing.
    :raises KeyMissing: when LEDGER_KEY was changed and the history is not sealed under it.
    :raises LedgerUnusable: when the database can't be opened.
    """
    settings.require_secrets(LEDGER_SECRETS)
    triage = cache(lambda: build_triage(settings, encoder or build_encoder(settings)))
    if encoder:
        triage()

    def classify(report: Report) -> Sorted:
        return triage()(report)

    directory, store, chain = read_directory(), open_store(settings.ledger_url()), build_chain(settings)
    Rotation(store, chain, now).check()
    return open_office(
        store,
        chain,
        build_sealer(settings),
        classify,
        Deadlines.load(),
        [build_notices(settings), build_announcer(settings), *listeners],
        units=tuple(directory.units),
        categories=directory.service_names(),
    )


def build_outbox(settings: Settings) -> Outbox:
    """Writes messages to readers."""
    return Outbox(now, Quiet.parse(settings.quiet_hours), Pace.load(), Envelope(build_sealer(settings)))


def build_notices(settings: Settings) -> Notices:
    """Tells reporters and departments what happened to a ticket. Raises RulesUnusable."""
    return Notices(build_outbox(settings), read_directory().desk)


def build_announcer(settings: Settings) -> Announcer:
    """Tells subscribers of what is new."""
    return Announcer(build_outbox(settings), now)


def build_aftercare(
    settings: Settings,
    office: Office,
    encoder: Encoder | None = None,
    others: Sequence[Callable[[], None]] = (),
) -> Aftercare:
    """What happens to tickets after they were filed.

    :param encoder: for suggesting duplicates; without it none are.
    :param others: rounds of other folders over the same ledger.
    :raises RulesUnusable: when one of the YAML files makes no sense.
    """
    deadlines, desk, rhythm = Deadlines.load(), read_directory().desk, Rhythm.load()
    store, envelope = office.store, Envelope(build_sealer(settings))
    return Aftercare(
        office,
        Sweep(office.book, office.casework, deadlines, build_notices(settings), desk, rhythm),
        rhythm,
        Delivery(store, now, Quiet.parse(settings.quiet_hours), Pace.load(), envelope),
        {},  # the page and the console fetch; a channel that pushes puts its sender here
        Mailbox(store, now, envelope),
        Subscriptions(store, now),
        build_announcer(settings),
        Duplicates(store, encoder, Thresholds.load(), now) if encoder else None,
        Figures(store, deadlines, now),
        (Retention(office.book, Periods.load()).round, *others),
    )


def build_opinions(office: Office) -> Opinions:
    """What residents say about answers, in the tickets' database."""
    return Opinions(office.store, now)


def build_reception(settings: Settings, encoder: Encoder | None = None) -> Reception:
    """What the dialogue and the public interfaces may do with tickets; see ``build_office``."""
    return build_office(settings, encoder).reception


def build_triage(settings: Settings, encoder: Encoder) -> Triage:
    """Tells where a report belongs. Raises RulesUnusable."""
    return Triage(read_directory(), encoder, settings.var_dir / "triage")


def build_sealer(settings: Settings) -> Sealer:
    """Seals phone numbers with CONTACT_KEY. Raises KeyMissing."""
    keys = (settings.contact_key, settings.contact_key_old)
    return Sealer([key.get_secret_value() for key in keys])


def build_chain(settings: Settings) -> Chain:
    """Signs the history with LEDGER_KEY. Raises KeyMissing."""
    return Chain(settings.ledger_key.get_secret_value(), settings.ledger_key_old.get_secret_value())


def build_front(
    settings: Settings, answerer: Answerer, office: Office, opening: Callable[[], Opening] | None = None
) -> FrontDesk:
    """What the dialogue's actions work with. Raises DeskHoursUnusable when DESK_HOURS makes no sense.

    :param opening: whether a person can be asked for; without it nobody ever can.
    """
    hours = DeskHours.parse(settings.desk_hours)
    return FrontDesk(answerer, office.reception, build_sealer(settings), hours, opening=opening)

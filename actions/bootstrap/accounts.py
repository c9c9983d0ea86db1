"""The desk's accounts."""

from __future__ import annotations

from actions.accounts.office import AccountOffice, open_accounts
from actions.bootstrap.tickets import build_chain, build_sealer
from actions.settings import LEDGER_SECRETS, Settings
from actions.tickets.moment import now
from actions.tickets.rotation import Rotation
from actions.tickets.store import Store, open_store


def build_accounts(settings: Settings, store: Store) -> AccountOffice:
    """Accounts, sessions and the record of acts in the tickets' database.

    :raises SettingsError: when LEDGER_KEY or CONTACT_KEY is missing.
    """
    settings.require_secrets(LEDGER_SECRETS)
    return open_accounts(store, build_chain(settings), build_sealer(settings))


def build_rotation(settings: Settings) -> Rotation:
    """Changes LEDGER_KEY, for the tickets' history and for the record of acts.

    :raises SettingsError: when LEDGER_KEY or CONTACT_KEY is missing.
    :raises LedgerUnusable: when the database can't be opened.
    """
    settings.require_secrets(LEDGER_SECRETS)
    store = open_store(settings.ledger_url())
    acts = build_accounts(settings, store).acts
    return Rotation(store, build_chain(settings), now, [acts.carry_over])

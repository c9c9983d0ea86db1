"""The desk's accounts."""

from __future__ import annotations

from actions.accounts.office import AccountOffice, open_accounts
from actions.bootstrap.tickets import build_sealer
from actions.settings import LEDGER_SECRETS, Settings
from actions.tickets.chain import Chain
from actions.tickets.store import Store


def build_accounts(settings: Settings, store: Store) -> AccountOffice:
    """Accounts, sessions and the record of acts in the tickets' database.

    :raises SettingsError: when LEDGER_KEY or CONTACT_KEY is missing.
    """
    settings.require_secrets(LEDGER_SECRETS)
    return open_accounts(store, Chain(settings.ledger_key.get_secret_value()), build_sealer(settings))

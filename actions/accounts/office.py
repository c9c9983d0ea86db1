"""Everything about accounts on one ledger, wired together."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from actions.accounts.accounts import Accounts
from actions.accounts.acts import Acts
from actions.accounts.codes import Codes
from actions.accounts.entrance import Entrance
from actions.accounts.own import OwnAccount
from actions.accounts.passwords import Passwords
from actions.accounts.rules import Rules
from actions.accounts.sessions import Sessions
from actions.tickets.chain import Chain
from actions.tickets.moment import now
from actions.tickets.sealing import Sealer
from actions.tickets.store import Store


@dataclass(frozen=True)
class AccountOffice:
    """The doors: for signing in, for administrators, for oneself, for the record."""

    entrance: Entrance
    sessions: Sessions
    accounts: Accounts
    own: OwnAccount
    acts: Acts


def open_accounts(
    store: Store,
    chain: Chain,
    sealer: Sealer,
    clock: Callable[[], datetime] = now,
    rules: Rules | None = None,
) -> AccountOffice:
    """Put the parts together.

    :param rules: instead of ``rules.yml``
    """
    rules = rules or Rules.load()
    passwords, codes, acts = Passwords(rules), Codes(sealer), Acts(store, chain, clock)
    sessions = Sessions(store, rules, clock)
    return AccountOffice(
        Entrance(store, rules, passwords, codes, sessions, acts, clock),
        sessions,
        Accounts(store, passwords, codes, sessions, acts, clock),
        OwnAccount(store, passwords, codes, sessions, acts, clock),
        acts,
    )

"""The whole bot, or one channel of it, switched off: a row in the ledger that the gateway reads every two seconds."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from dataclasses import dataclass

from sqlalchemy import insert, select, update

from actions.accounts.acts import Acts
from actions.accounts.records import Operator
from actions.governance.errors import Unusable
from actions.governance.tables import channel_switches as table
from actions.tickets.store import Store

EVERY = "*"
CHANNELS = {EVERY: "全部渠道", "web": "网页", "telegram": "Telegram", "wechat": "微信"}
_LONGEST = 200


@dataclass(frozen=True)
class Switch:
    """One channel's."""

    channel: str
    off: bool
    reason: str
    name: str
    at: dt.datetime


class Switches:
    """The table ``channel_switches``."""

    def __init__(self, store: Store, acts: Acts, clock: Callable[[], dt.datetime]) -> None:
        self._store, self._acts, self._clock = store, acts, clock

    def turn(self, by: Operator, channel: str, off: bool, reason: str) -> None:
        """Switch a channel off or on. Raises Unusable for an unknown channel or a missing reason."""
        if channel not in CHANNELS:
            raise Unusable(f"没有渠道「{channel[:20]}」；有 {'、'.join(CHANNELS)}")
        if off and not 2 <= len(reason.strip()) <= _LONGEST:
            raise Unusable(f"停用要写明原因，2 到 {_LONGEST} 字")
        values = {
            "off": off,
            "reason": reason.strip(),
            "operator": by.id,
            "name": by.name,
            "at": self._clock(),
        }
        with self._store.writing() as connection:
            changed = connection.execute(update(table).where(table.c.channel == channel).values(values))
            if not changed.rowcount:
                connection.execute(insert(table), {"channel": channel, **values})
            self._acts.record(connection, by, "bot_off" if off else "bot_on", channel)

    def all(self) -> tuple[Switch, ...]:
        """Every channel that was ever switched."""
        with self._store.reading() as connection:
            rows = connection.execute(select(table).order_by(table.c.channel)).all()
        return tuple(Switch(r.channel, r.off, r.reason, r.name, r.at) for r in rows)

    def off(self) -> tuple[str, ...]:
        """The channels that are off now."""
        return tuple(switch.channel for switch in self.all() if switch.off)

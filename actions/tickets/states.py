"""Reads ``states.yml``: which state may follow which, and who may bring that about.

life = load_states()
life.after("close", "办理中", "", "operator")   # "已办结"
life.after("close", "已撤回", "", "operator")   # MoveRefused
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import yaml

from actions.tickets.errors import MoveRefused

FILE = Path(__file__).with_name("states.yml")
BACK = "back"
_ROLES = {
    "resident": "市民",
    "system": "系统",
    "operator": "坐席",
    "supervisor": "督办",
    "department": "部门经办",
}


@dataclass(frozen=True)
class State:
    """One state. ``clock`` is ``runs``, ``paused`` or ``stopped``."""

    name: str
    clock: str
    open: bool
    final: bool


@dataclass(frozen=True)
class Move:
    """What may be done: from which states, to which (empty: the ticket stays), by whom."""

    name: str
    sources: frozenset[str]
    to: str
    roles: frozenset[str]
    tells: bool


@dataclass(frozen=True)
class Life:
    """The whole file."""

    states: dict[str, State]
    moves: dict[str, Move]
    scores: dict[str, str]

    def after(self, move: str, state: str, before: str, role: str) -> str:
        """The state a ticket is in after ``move``.

        :param state: where it is now; empty for one that is just being filed
        :param before: where it was before 待补充
        :raises MoveRefused: naming the state or the role that stands in the way
        """
        rule = self.moves[move]
        if role not in rule.roles:
            allowed = "、".join(_ROLES[name] for name in sorted(rule.roles))
            raise MoveRefused(f"「{move}」不能由{_ROLES.get(role, role)}来做，只能由{allowed}")
        if state not in rule.sources and (state or rule.sources):
            allowed = "、".join(sorted(rule.sources)) or "尚未登记"
            raise MoveRefused(f"工单现在是「{state}」，不能做「{move}」；可以在：{allowed}")
        return before if rule.to == BACK else rule.to or state

    @property
    def open_states(self) -> tuple[str, ...]:
        """Where something is still to be done."""
        return tuple(name for name, state in self.states.items() if state.open)

    def score(self, score: str) -> str:
        """The move that a score brings about.

        :raises MoveRefused: for another word than those three
        """
        if score not in self.scores:
            raise MoveRefused(f"没有「{score[:20]}」这个评价，可选：{'、'.join(self.scores)}")
        return self.scores[score]


@cache
def load_states() -> Life:
    """The file beside this one, read once."""
    data: dict[str, Any] = yaml.safe_load(FILE.read_text("utf-8"))
    states = {
        name: State(name, entry["clock"], entry["open"], entry.get("final", False))
        for name, entry in data["states"].items()
    }
    moves = {name: _move(name, entry, entry["from"], entry["to"]) for name, entry in data["moves"].items()}
    for name, entry in data["notes"].items():
        moves[name] = _move(name, entry, list(states) if entry["in"] == "all" else entry["in"], "")
    return Life(states, moves, data["scores"])


def _move(name: str, entry: dict[str, Any], sources: list[str], to: str) -> Move:
    return Move(name, frozenset(sources), to, frozenset(entry["roles"]), entry["tells"])

"""What crosses the border of this folder."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

ROLES = {
    "operator": "坐席",
    "supervisor": "值班长",
    "editor": "知识编辑",
    "admin": "管理员",
    "department": "部门经办",
}
WHOLE_DESK = frozenset({"operator", "supervisor"})  # see every department's tickets


@dataclass(frozen=True)
class Operator:
    """A person at the desk, as everything but this folder knows them."""

    id: int
    login: str
    name: str  # as residents and colleagues read it
    roles: frozenset[str]  # of ROLES; never empty
    department: str = ""  # of departments.yml, where the role is "department"
    reveals: bool = False  # whether a department's person may see numbers to call

    def has(self, *roles: str) -> bool:
        """Whether one of ``roles`` is theirs."""
        return not self.roles.isdisjoint(roles)

    @property
    def bound(self) -> bool:
        """Whether they see the tickets of one department only.

        >>> Operator(1, "chen", "陈", frozenset({"department"}), "区民政局").bound
        True
        """
        return self.has("department") and not self.has(*WHOLE_DESK)


@dataclass(frozen=True)
class Account:
    """An account as administrators see it: no password, no secret."""

    operator: Operator
    disabled: bool
    locked_until: datetime | None  # None, or a moment that may lie in the past
    must_change: bool  # the password was set by somebody else
    totp: bool
    oidc: bool  # signs in with the organisation's own accounts, too
    created: datetime


@dataclass(frozen=True)
class SignedIn:
    """A session that holds. ``stage`` is "in", or "code" while the one-time code is still to be given."""

    operator: Operator
    stage: str
    must_change: bool
    ends: datetime  # at the latest


@dataclass(frozen=True)
class Act:
    """Something an operator did, as it stands in the record."""

    position: int
    at: datetime
    operator: int  # account id; 0: the command line or the system
    name: str
    kind: str
    subject: str
    details: str  # JSON object

"""The person at the desk, for as long as one request takes."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from actions.accounts import records

ANYONE = frozenset(records.ROLES)  # every signed-in operator, whatever the role


@dataclass(frozen=True)
class Operator(records.Operator):
    """``csrf`` goes into every form of the page and into ``X-CSRF-Token`` of every fetch."""

    csrf: str = field(default="", repr=False, compare=False)
    must_change: bool = False  # nothing but the own account opens before the password is changed

    @classmethod
    def read(cls, data: dict[str, Any], csrf: str, must_change: bool) -> Operator:
        """From the service's answer."""
        roles = frozenset(data["roles"])
        return cls(
            data["id"],
            data["login"],
            data["name"],
            roles,
            data["department"],
            data["reveals"],
            csrf,
            must_change,
        )

    @property
    def titles(self) -> str:
        """Their roles in words."""
        titles = "、".join(title for role, title in records.ROLES.items() if role in self.roles)
        return f"{titles}（{self.department}）" if self.department else titles

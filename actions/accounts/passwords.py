"""Passwords: argon2id, a length, and nothing that stands on everybody's list."""

from __future__ import annotations

import secrets
import string

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

from actions.accounts.errors import AccountInvalid
from actions.accounts.rules import Rules

_ALPHABET = "".join(
    sorted(set(string.ascii_letters + string.digits) - set("0O1lI5S2Z8B"))
)  # read out by phone
_MIN_DISTINCT = 5
_OBVIOUS = ("password", "81890", "haishu", "123456", "qwerty", "admin")


class Passwords:
    """Hashes and checks. Each call takes tens of milliseconds and tens of megabytes, which is its purpose."""

    def __init__(self, rules: Rules) -> None:
        self._rules = rules
        self._hasher = PasswordHasher(rules.argon2_passes, rules.argon2_kib, rules.argon2_lanes)
        # Checked where there is no account, so that the answer takes as long as with one.
        self._nobody = self._hasher.hash(secrets.token_urlsafe())

    def hash(self, password: str, login: str) -> str:
        """What may be stored.

        :raises AccountInvalid: when the password is too short, too plain or the login itself
        """
        rules = self._rules
        if not rules.password_min <= len(password) <= rules.password_max:
            raise AccountInvalid(f"密码要 {rules.password_min} 到 {rules.password_max} 个字符")
        folded = password.casefold()
        bare = folded
        for word in (*_OBVIOUS, login.casefold()):
            bare = bare.replace(word, "")
        if len(set(folded)) < _MIN_DISTINCT or len(bare) < rules.password_min // 2:
            raise AccountInvalid("这个密码太容易猜：不要用登录名、81890、连续或重复的字符")
        return self._hasher.hash(password)

    def matches(self, hashed: str, password: str) -> bool:
        """Whether it is the password; an empty ``hashed`` matches nothing and takes as long."""
        try:
            return self._hasher.verify(hashed or self._nobody, password) and bool(hashed)
        except (VerificationError, InvalidHashError):
            return False


def generated() -> str:
    """A password of about 80 bits in four groups, for handing over: ``"kqTe-7xPd-…"``."""
    return "-".join("".join(secrets.choice(_ALPHABET) for _ in range(4)) for _ in range(4))

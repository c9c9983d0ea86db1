"""One-time codes (TOTP, RFC 6238): six digits, thirty seconds, one step of tolerance, none counts twice."""

from __future__ import annotations

from datetime import datetime

import pyotp

from actions.tickets.sealing import Sealer

ISSUER = "海曙81890"
_STEP_SECONDS = 30


class Codes:
    """Makes and checks; secrets are sealed for the account they belong to."""

    def __init__(self, sealer: Sealer) -> None:
        self._sealer = sealer

    def new(self, account_id: int) -> str:
        """A fresh sealed secret."""
        return self._sealer.seal(pyotp.random_base32(), _bound(account_id))

    def address(self, sealed: str, account_id: int, login: str) -> str:
        """The ``otpauth://`` address that an authenticator app scans."""
        return self._totp(sealed, account_id).provisioning_uri(name=login, issuer_name=ISSUER)

    def step(self, sealed: str, account_id: int, code: str, at: datetime) -> int:
        """The number of the thirty seconds this code belongs to; 0 when it is wrong or out of date."""
        digits = "".join(code.split())
        if not (digits.isascii() and digits.isdigit() and len(digits) == 6):
            return 0
        totp, seconds = self._totp(sealed, account_id), int(at.timestamp())
        for around in (0, -_STEP_SECONDS, _STEP_SECONDS):
            if totp.verify(digits, for_time=seconds + around):
                return (seconds + around) // _STEP_SECONDS
        return 0

    def reseal(self, sealed: str, account_id: int) -> str:
        """The same secret under the present key."""
        return self._sealer.seal(self._sealer.open(sealed, _bound(account_id)), _bound(account_id))

    def _totp(self, sealed: str, account_id: int) -> pyotp.TOTP:
        return pyotp.TOTP(self._sealer.open(sealed, _bound(account_id)))


def _bound(account_id: int) -> str:
    return f"totp:{account_id}"

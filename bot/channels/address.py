"""A chat's name in the ledger: the same every time, and readable only with the key.

    addresses = Addresses("telegram", ["…"])
    user = addresses.hide("8189001")     # "x3H…"
    addresses.show(f"telegram-{user}")   # "8189001"

A chat's number at the platform is a person's, so neither ledger nor dialogue gets it in clear.
"""

from __future__ import annotations

import base64
from collections.abc import Sequence
from hashlib import sha512

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESSIV

from bot.channels.errors import AddressUnknown


class Addresses:
    """AES-SIV with the first key, read with any.

    :param keys: secrets of at least 32 characters, the present one first; empty ones are left out.
    """

    def __init__(self, channel: str, keys: Sequence[str]) -> None:
        self._prefix = f"{channel}-"
        self._bound = [self._prefix.encode()]
        self._ciphers = [AESSIV(sha512(b"address:" + key.encode()).digest()) for key in keys if key]

    def hide(self, chat: str) -> str:
        """The name to give away."""
        sealed = self._ciphers[0].encrypt(chat.encode(), self._bound)
        return base64.urlsafe_b64encode(sealed).decode().rstrip("=")

    def show(self, session: str) -> str:
        """The chat of a session's name.

        :raises AddressUnknown: when it is of another channel, or of a key that is gone.
        """
        body = session.removeprefix(self._prefix)
        for cipher in self._ciphers if body != session else ():
            try:
                data = base64.urlsafe_b64decode(body + "=" * (-len(body) % 4))
                return cipher.decrypt(data, self._bound).decode()
            except (InvalidTag, ValueError):
                continue
        raise AddressUnknown("会话名打不开：它属于别的渠道，或者换过 CONTACT_KEY 而没有写 CONTACT_KEY_OLD")

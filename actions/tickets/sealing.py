"""Encrypts what only a few may read: phone numbers and query codes.

    sealer = Sealer(["…"])
    sealed = sealer.seal("13800001234", "HS-261122-48371")
    sealer.open(sealed, "HS-261122-48371")   # "13800001234"

AES-256-GCM. A sealed text starts with the id of its key, so that keys can be changed one ticket at a time. What it is
bound to (the ticket's number) must be given again to open it: a row copied to another ticket does not open.
"""

from __future__ import annotations

import base64
import os
from collections.abc import Sequence
from hashlib import sha256

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from actions.tickets.errors import KeyMissing

_NONCE_BYTES = 12


def key_id(key: str) -> str:
    """Names a key without giving anything of it away."""
    return sha256(b"key-id:" + key.encode()).hexdigest()[:12]


class Sealer:
    """Seals with the first key, opens with any.

    :param keys: secrets of at least 32 characters, the present one first
    """

    def __init__(self, keys: Sequence[str]) -> None:
        present = [key for key in keys if key]
        if not present:
            raise KeyMissing("没有 CONTACT_KEY：运行 make up 会生成，也可写进环境变量")
        self.current = key_id(present[0])
        self._ciphers = {key_id(key): AESGCM(sha256(b"contact:" + key.encode()).digest()) for key in present}

    def seal(self, text: str, bound: str) -> str:
        """``text``, readable only with the key and for ``bound``. Twice the same text gives two results."""
        nonce = os.urandom(_NONCE_BYTES)
        sealed = nonce + self._ciphers[self.current].encrypt(nonce, text.encode(), bound.encode())
        return f"{self.current}.{base64.urlsafe_b64encode(sealed).decode().rstrip('=')}"

    def open(self, sealed: str, bound: str) -> str:
        """What was sealed.

        :raises KeyMissing: when its key is not here, or the text was changed or belongs to something else
        """
        name, _, body = sealed.partition(".")
        cipher = self._ciphers.get(name)
        if cipher is None:
            raise KeyMissing(f"密文的密钥 {name[:16]} 不在手上：把当时的 CONTACT_KEY 写进 CONTACT_KEY_OLD")
        try:
            data = base64.urlsafe_b64decode(body + "=" * (-len(body) % 4))
            return cipher.decrypt(data[:_NONCE_BYTES], data[_NONCE_BYTES:], bound.encode()).decode()
        except (InvalidTag, ValueError):
            raise KeyMissing(f"用密钥 {name} 打不开这段密文：它被改动过，或者属于别的工单") from None

"""The platform's 安全模式: AES-256-CBC with the key EncodingAESKey, and its signatures.

    cipher = Cipher(aes_key, "wx0123456789abcdef")
    cipher.open(cipher.seal("<xml/>"))    # b"<xml/>"

Layout and padding are the platform's: 16 random bytes, the length, the text, the account's AppID, padded to 32 bytes.
"""

from __future__ import annotations

import base64
import os
from hashlib import sha1

from cryptography.hazmat.primitives.ciphers import Cipher as Block
from cryptography.hazmat.primitives.ciphers import algorithms, modes

from actions.serving.token import same
from bot.channels.wechat.errors import LetterRefused

_RANDOM, _LENGTH, _BLOCK = 16, 4, 32


def signature(*parts: str) -> str:
    """The platform's: SHA-1 of the sorted parts."""
    return sha1("".join(sorted(parts)).encode(), usedforsecurity=False).hexdigest()


class Cipher:
    """One account's key.

    :param aes_key: the 43 characters of EncodingAESKey.
    """

    def __init__(self, aes_key: str, appid: str) -> None:
        key = base64.b64decode(aes_key + "=")
        self._block = Block(algorithms.AES256(key), modes.CBC(key[:_RANDOM]))
        self._appid = appid

    def open(self, sealed: str) -> bytes:
        """What was sealed.

        :raises LetterRefused: when it is not of this key and this account.
        """
        try:
            data = base64.b64decode(sealed, validate=True)
            decryptor = self._block.decryptor()
            plain = decryptor.update(data) + decryptor.finalize()
        except ValueError:
            raise LetterRefused("not_decryptable") from None
        plain = plain[: -plain[-1]] if plain and 0 < plain[-1] <= _BLOCK else b""
        start = _RANDOM + _LENGTH
        end = start + int.from_bytes(plain[_RANDOM:start], "big")
        if len(plain) < start or not same(plain[end:].decode("utf-8", "replace"), self._appid):
            raise LetterRefused("of_another_account")
        return plain[start:end]

    def seal(self, text: str) -> str:
        """``text``, readable only with the key."""
        data = text.encode()
        plain = os.urandom(_RANDOM) + len(data).to_bytes(_LENGTH, "big") + data + self._appid.encode()
        fill = _BLOCK - len(plain) % _BLOCK
        encryptor = self._block.encryptor()
        return base64.b64encode(
            encryptor.update(plain + bytes([fill]) * fill) + encryptor.finalize()
        ).decode()

"""The ledger's keys inside an archive, under a passphrase: scrypt, then AES-256-GCM."""

from __future__ import annotations

import json
import os
from collections.abc import Mapping

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.kdf.scrypt import Scrypt

from actions.backup.errors import PassphraseWrong

MIN_CHARS = 12
_MAGIC = b"haishu-keys-1\n"
_SALT_BYTES, _NONCE_BYTES = 16, 12


def lock(values: Mapping[str, str], passphrase: str) -> bytes:
    """The values, readable with the passphrase only.

    :raises PassphraseWrong: when it is too short to protect anything
    """
    if len(passphrase) < MIN_CHARS:
        raise PassphraseWrong(f"口令只有 {len(passphrase)} 个字符：至少 {MIN_CHARS} 个，它护着全部电话")
    salt, nonce = os.urandom(_SALT_BYTES), os.urandom(_NONCE_BYTES)
    text = json.dumps(dict(values)).encode()
    return _MAGIC + salt + nonce + AESGCM(_key(passphrase, salt)).encrypt(nonce, text, _MAGIC)


def unlock(sealed: bytes, passphrase: str) -> dict[str, str]:
    """What was locked.

    :raises PassphraseWrong: when it is another passphrase or the bytes were changed
    """
    body = sealed.removeprefix(_MAGIC)
    salt, nonce = body[:_SALT_BYTES], body[_SALT_BYTES : _SALT_BYTES + _NONCE_BYTES]
    try:
        text = AESGCM(_key(passphrase, salt)).decrypt(nonce, body[_SALT_BYTES + _NONCE_BYTES :], _MAGIC)
    except (InvalidTag, ValueError):
        raise PassphraseWrong("口令打不开备份里的密钥：核对 BACKUP_PASSPHRASE") from None
    return dict(json.loads(text))


def _key(passphrase: str, salt: bytes) -> bytes:
    # About 0.2 s and 64 MB for each guess.
    return Scrypt(salt=salt, length=32, n=2**16, r=8, p=1).derive(passphrase.encode())

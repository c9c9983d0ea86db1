"""What an archive says of itself, signed with LEDGER_KEY."""

from __future__ import annotations

import hmac
import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass, replace
from hashlib import sha256
from typing import Any

from actions.backup.errors import ArchiveDamaged, ArchiveForeign, ArchiveNewer
from actions.tickets.sealing import key_id

FORMAT = 1


@dataclass(frozen=True)
class Keys:
    """The keys of this installation; the old ones may be empty."""

    ledger: str
    contact: str
    old_ledger: str = ""
    old_contact: str = ""


@dataclass(frozen=True)
class Manifest:
    """``length`` and ``head`` are those of the history; ``findings`` is what the audit found when it was taken."""

    format: int
    made: str  # ISO 8601, UTC
    backend: str
    revision: str
    length: int
    head: str
    findings: int
    index: str  # generation in use; empty: none
    ledger_key: str  # the keys' names, not the keys
    contact_key: str
    counts: Mapping[str, int]  # table → rows
    files: Mapping[str, str]  # name → sha256
    signature: str = ""

    def signed(self, keys: Keys) -> Manifest:
        """With the signature of this installation."""
        return replace(self, signature=self._mac(keys.ledger))

    def text(self) -> bytes:
        """As it stands in the archive."""
        return json.dumps(asdict(self), ensure_ascii=False, indent=1, sort_keys=True).encode()

    def check(self, keys: Keys) -> None:
        """Whether these keys are the ones it was made with, and nobody edited it.

        :raises ArchiveForeign: when it belongs to another installation
        :raises ArchiveDamaged: when it was edited
        """
        held = {key_id(key): key for key in (keys.ledger, keys.old_ledger) if key}
        if self.ledger_key not in held:
            raise ArchiveForeign(
                f"备份是用另一把 LEDGER_KEY（{self.ledger_key}）签的，这里是 {key_id(keys.ledger)}："
                "把当时的写进 LEDGER_KEY，或写进 LEDGER_KEY_OLD"
            )
        if self.contact_key not in (key_id(keys.contact), key_id(keys.old_contact)):
            raise ArchiveForeign(
                f"备份里的电话是用另一把 CONTACT_KEY（{self.contact_key}）加密的，这里是 {key_id(keys.contact)}："
                "把当时的写进 CONTACT_KEY，或写进 CONTACT_KEY_OLD"
            )
        if not hmac.compare_digest(self.signature, self._mac(held[self.ledger_key])):
            raise ArchiveDamaged("备份的清单被改动过：签名不符。换一份备份")

    def _mac(self, key: str) -> str:
        secret = sha256(b"backup:" + key.encode()).digest()
        return hmac.new(secret, replace(self, signature="").text(), sha256).hexdigest()


def parse(text: bytes) -> Manifest:
    """The manifest of an archive.

    :raises ArchiveNewer: when a later release wrote it
    :raises ArchiveDamaged: when it is none
    """
    try:
        data: dict[str, Any] = json.loads(text)
        if data["format"] > FORMAT:
            raise ArchiveNewer(f"备份的格式是 {data['format']}，这一版程序只认到 {FORMAT}：请用写它的那一版")
        return Manifest(**data)
    except (ValueError, TypeError, KeyError) as error:
        raise ArchiveDamaged(f"备份的清单读不出来（{type(error).__name__}）：换一份备份") from None

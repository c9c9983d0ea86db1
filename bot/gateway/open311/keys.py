"""API keys: ``OPEN311_KEYS=name:key,other:key``."""

from __future__ import annotations

from hmac import compare_digest

from actions.settings import SettingsError
from bot.gateway.open311.errors import KeyRefused

MIN_CHARS = 16


class ApiKeys:
    """Who may file reports.

    :param text: the setting; empty lets nobody in
    :raises SettingsError: for an entry that is not ``name:key``, or a key that is too short
    """

    def __init__(self, text: str) -> None:
        self._keys: dict[str, bytes] = {}
        for number, entry in enumerate(filter(None, (part.strip() for part in text.split(","))), 1):
            name, colon, key = entry.partition(":")
            if not colon or not name or len(key) < MIN_CHARS:
                raise SettingsError(
                    f"OPEN311_KEYS 第 {number} 项用不了：要写成「名字:密钥」，密钥至少 {MIN_CHARS} 个字符"
                )
            self._keys[name] = key.encode()

    def holder(self, key: str) -> str:
        """The name that goes with a key.

        :raises KeyRefused: when there is none
        """
        given = key.encode("utf-8", "replace")
        found = [name for name, known in self._keys.items() if compare_digest(known, given)]
        if not found:
            raise KeyRefused("api_key is missing or invalid: can't proceed with create_request")
        return found[0]

"""Tells a secret that protects something from one that only fills the line."""

from __future__ import annotations

import re
from collections.abc import Mapping
from ipaddress import ip_address
from urllib.parse import urlsplit

MIN_CHARS = 32
MIN_DISTINCT = 10  # "aaaa…" and "12341234…" pass a length check but guess in no time
# What guides and templates put where a secret belongs, and people leave there
_PLACEHOLDER = re.compile(
    r"change.{0,3}me|replace.{0,3}(me|this)|placeholder|your.{0,3}(secret|token|key|password)|(?<![a-z])example"
    r"|insert.{0,3}(secret|token|key|here)|please|secret.{0,3}(key|here)|x{8}|请.{0,4}(修改|替换|填)",
    re.I,
)


def weakness(secret: str) -> str:
    """Why it must not be used, without showing it; empty when it may be, or is not set."""
    if not secret:
        return ""
    if len(secret) < MIN_CHARS:
        return f"密钥太短：{len(secret)} 个字符，至少 {MIN_CHARS} 个"
    if len(set(secret)) < MIN_DISTINCT:
        return f"密钥太弱：只有 {len(set(secret))} 种字符，至少 {MIN_DISTINCT} 种"
    if _PLACEHOLDER.search(secret):
        return "密钥还是模板里的字样，不是随机的"
    return ""


def shared(secrets: Mapping[str, str]) -> tuple[str, ...]:
    """Names that have one value between them: who learns one secret then has both."""
    values = [value for value in secrets.values() if value]
    return tuple(name for name, value in secrets.items() if value and values.count(value) > 1)


def is_loopback(host: str) -> bool:
    """Whether only this machine reaches it."""
    if host == "localhost":
        return True
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return False


def open_redis(url: str) -> bool:
    """Whether it names a Redis on another machine without a password."""
    parts = urlsplit(url)
    return bool(parts.hostname) and not is_loopback(parts.hostname or "") and not parts.password

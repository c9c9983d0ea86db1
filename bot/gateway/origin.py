"""Whose page a request comes from."""

from __future__ import annotations

from urllib.parse import urlsplit


def host_of(origin: str) -> str:
    """The host and port of an ``Origin``; empty for what is no address.

    >>> host_of("https://81890.example:8189"), host_of("null"), host_of("http://[::1")
    ('81890.example:8189', '', '')
    """
    try:
        return urlsplit(origin).netloc
    except ValueError:
        return ""

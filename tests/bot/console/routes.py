"""Every route of an app, from its own list."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

import yaml

ACCESS = Path(__file__).with_name("access.yml")
OPERATORS = ("operator", "supervisor", "editor", "admin", "department")


def routes_of(routes: Iterable[Any], prefix: str = "") -> Iterator[tuple[str, str]]:
    """``("GET", "/desk/chats/{id}")``…; a mounted folder counts as ``("MOUNT", "/static")``."""
    for route in routes:
        inner = getattr(route, "original_router", None)
        if inner is not None:
            yield from routes_of(inner.routes, prefix)
        elif getattr(route, "methods", None):
            yield from ((method, prefix + route.path) for method in sorted(route.methods - {"HEAD"}))
        else:
            yield "MOUNT", prefix + route.path  # AttributeError here: a sort of route nobody has thought of


def access() -> dict[tuple[str, str], str | list[str]]:
    """What ``access.yml`` says of each route."""
    stated = yaml.safe_load(ACCESS.read_text("utf-8"))
    found: dict[tuple[str, str], str | list[str]] = {}
    for who, lines in stated.items():
        for line in lines:
            method, path = line.split(" ", 1)
            assert (method, path) not in found, f"access.yml names {line} twice"
            found[method, path] = who if who in ("open", "proof") else who.split()
    return found

"""Numbers in an address."""

from __future__ import annotations

from typing import Annotated

from fastapi import Path

# What a database's integer holds: a larger number names nothing, and SQLite and PostgreSQL each fail on it differently.
Number = Annotated[int, Path(ge=0, lt=2**31)]

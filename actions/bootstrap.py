"""The only place where objects are wired together."""

from __future__ import annotations

"""The published documents, read once."""

from __future__ import annotations

import pytest

import knowledge
from knowledge.library import Library


@pytest.fixture(scope="session")
def contract_library() -> Library:
    return knowledge.load()

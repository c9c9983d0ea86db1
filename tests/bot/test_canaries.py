"""The control of the canaries: where masking is off, the finder finds them in the ledger and in Redis."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from actions.privacy import Masked
from bot.gateway import letters
from tests.bot.hall import ask, hall
from tests.faults.canaries.numbers import Canary, canaries
from tests.faults.canaries.places import redis_values
from tests.faults.canaries.traces import Finder

NUMBERS = tuple(canary for canary in canaries(40, 5) if canary.kind != "address")[:12]


def left(settings: Any, answerer: Any, folder: Path) -> tuple[frozenset[Canary], frozenset[Canary]]:
    """What is found in Redis and in the ledger after each canary was said once."""
    with hall(settings, answerer, f"sqlite:///{folder / 'ledger.sqlite3'}") as place, place.page() as page:
        for canary in NUMBERS:
            assert ask(page, f"号码{canary.written}，哪里有助餐点").status_code == 200
    finder = Finder(NUMBERS)
    kept = finder.found(*(value for _, value in redis_values(settings.redis_url)))
    return kept, finder.found(*(path.read_bytes() for path in folder.iterdir()))


def test_with_masking_nothing_is_left(settings: Any, answerer: Any, rasa: Any, tmp_path: Path) -> None:
    rasa.mode(body='[{"text": "听到：$MESSAGE"}]')
    assert left(settings, answerer, tmp_path) == (frozenset(), frozenset())


def test_without_masking_every_one_is_found(
    settings: Any, answerer: Any, rasa: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    rasa.mode(body='[{"text": "听到：$MESSAGE"}]')
    monkeypatch.setattr(letters, "take", Masked)
    in_redis, in_ledger = left(settings, answerer, tmp_path)
    assert in_redis == set(NUMBERS[-len(in_redis) :]) != set()  # the short memory keeps the last turns
    assert in_ledger == set(NUMBERS)

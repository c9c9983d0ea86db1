"""What came of a corpus of bad inputs: how many were tried, and which of the things happened that must not.

Every corpus comes from a seed, so that a run can be repeated; ``BAD_INPUTS=all`` takes the whole of each.
"""

from __future__ import annotations

import os
import re
import time
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import TypeVar

import httpx2

SEED = 81890
ALL = os.environ.get("BAD_INPUTS") == "all"
SECONDS = 5.0
FAILURES = ("crash", "hang", "5xx", "trace", "change", "wrong")  # wrong: what the corpus itself forbids
SHOWN = 40
# Lines of a stack trace, and names of places where code lies.
TRACE = re.compile(
    r'Traceback \(most recent call last\)|File "[^"\n]+", line \d+|\b\w+\.py:\d+|site-packages'
)
T = TypeVar("T")


@dataclass
class Tally:
    """One corpus' outcome. ``notes`` are figures that have no limit."""

    kind: str
    tried: int = 0
    failures: Counter[str] = field(default_factory=Counter)
    seen: list[str] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)

    def failed(self, failure: str, what: str) -> None:
        """Note it; ``failure`` is one of :data:`FAILURES`."""
        assert failure in FAILURES, failure
        self.failures[failure] += 1
        if len(self.seen) < SHOWN:
            self.seen.append(f"{failure}: {what[:400]}")

    @property
    def clean(self) -> bool:
        """Whether nothing happened."""
        return not self.failures

    def row(self) -> str:
        """A line of the table."""
        counts = " | ".join(str(self.failures[failure]) for failure in FAILURES)
        return f"| {self.kind} | {self.tried} | {counts} | {'; '.join(self.notes)} |"


HEAD = f"| kind | tried | {' | '.join(FAILURES)} | |\n|---|{'---|' * (len(FAILURES) + 2)}"


def share(corpus: Sequence[T], short: int) -> Sequence[T]:
    """All of it when ``BAD_INPUTS=all``, else ``short`` of it spread evenly over its kinds."""
    if ALL or short >= len(corpus):
        return corpus
    return [corpus[i * len(corpus) // short] for i in range(short)]


def tell(tally: Tally, call: Callable[[], httpx2.Response], what: str) -> httpx2.Response | None:
    """Make one call and note what it did wrong; None when no reply came."""
    tally.tried += 1
    started = time.monotonic()
    try:
        response = call()
    except httpx2.TimeoutException:
        tally.failed("hang", f"{what}: no reply")
        return None
    except httpx2.HTTPError as error:
        tally.failed("crash", f"{what}: {type(error).__name__}")
        return None
    if time.monotonic() - started > SECONDS:
        tally.failed("hang", f"{what}: {time.monotonic() - started:.1f} s")
    if response.status_code >= 500:
        tally.failed("5xx", f"{what}: {response.status_code} {response.text}")
    if TRACE.search(response.text):
        tally.failed("trace", f"{what}: {response.text}")
    return response

"""Ranking quality with one right paragraph per question, and how long a question took."""

from __future__ import annotations

import statistics
from collections.abc import Sequence
from dataclasses import dataclass

DEPTH = 10


@dataclass(frozen=True)
class Figures:
    """Shares are 0…1; milliseconds are medians over the timed questions."""

    recall_1: float
    recall_5: float
    mrr_10: float
    ms: float
    cpu_ms: float


def measure(
    ranked: Sequence[Sequence[int]], gold: Sequence[int], ms: Sequence[float], cpu_ms: Sequence[float]
) -> Figures:
    """Figures of one system; ``ranked[i]`` are the paragraphs it gave for question i, best first."""
    if len(ranked) != len(gold):
        raise ValueError(f"{len(ranked)} rankings for {len(gold)} questions")
    places = [_place(found, right) for found, right in zip(ranked, gold, strict=True)]
    count = len(places)
    return Figures(
        recall_1=sum(place == 1 for place in places) / count,
        recall_5=sum(place is not None and place <= 5 for place in places) / count,
        mrr_10=sum(1 / place for place in places if place is not None) / count,
        ms=statistics.median(ms),
        cpu_ms=statistics.median(cpu_ms),
    )


def _place(found: Sequence[int], right: int) -> int | None:
    top = list(found[:DEPTH])
    return top.index(right) + 1 if right in top else None

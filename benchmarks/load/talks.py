"""What is said: conversations of eight turns, the same ones at every run and over every way."""

from __future__ import annotations

import random
from collections.abc import Sequence
from functools import cache

from actions.bootstrap import load_corpus
from actions.settings import load_settings

Talk = tuple[str, ...]
SEED = "7"
FOLLOW_UPS = ("那2025年呢", "那2020年呢", "还有呢", "是哪一年的数字")
REPORTS = (
    ("我要投诉，小区路灯坏了一个礼拜了", "望春街道春城花园3幢旁边"),
    ("我要反映个事，楼下烧烤店油烟太大", "鼓楼街道孝闻街口"),
    ("路面有个大坑，车都不好开", "集士港镇丰成村村口"),
    ("我要投诉，半夜工地还在施工", "段塘街道南苑街"),
)
LENGTH = 8


def talks(count: int, questions: Sequence[str] | None = None, seed: str = SEED) -> list[Talk]:
    """Questions with follow-ups, a report that is begun, questioned in between and given up, and thanks.

    :param questions: to ask; without them those of the corpus.
    :param seed: another one gives conversations with other questions.
    """
    asked = questions or corpus()
    chance = random.Random(seed)
    return [_talk(chance, asked) for _ in range(count)]


@cache
def corpus() -> tuple[str, ...]:
    """What residents ask of the documents."""
    return tuple(sorted({ask.text for ask in load_corpus(load_settings()).asks}))


def _talk(chance: random.Random, asked: Sequence[str]) -> Talk:
    first, second, between = (chance.choice(asked) for _ in range(3))
    problem, place = chance.choice(REPORTS)
    return (first, chance.choice(FOLLOW_UPS), second, problem, between, place, "算了", "谢谢")

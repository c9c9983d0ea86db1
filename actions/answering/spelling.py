"""Words mistyped by sound, put right: Chinese input methods offer homophones, and southern speakers mix up sounds."""

from __future__ import annotations

import re
from collections import Counter
from functools import cache
from itertools import product
from pathlib import Path

import yaml
from pypinyin import Style, lazy_pinyin, pinyin

DIALECT = Path(__file__).with_name("dialect.yml")


def frequent_runs(corpus: str) -> tuple[str, ...]:
    """Runs of 4 to 6 characters that the documents repeat: names and terms no dictionary has, rarer ones last."""
    counts: Counter[str] = Counter()
    for run in re.findall(r"[一-鿿]{4,}", corpus):
        counts.update(run[i : i + n] for n in (4, 5, 6) for i in range(len(run) - n + 1))
    return tuple(word for word, count in counts.most_common() if count >= 3)


@cache
def dialect() -> dict[str, str]:
    """Ningbo words and the plain ones for them."""
    return dict(yaml.safe_load(DIALECT.read_text(encoding="utf-8")))


def plain(text: str) -> str:
    """The text with its dialect words put plainly.

    >>> plain("总共多少钞票")
    '总共多少钱'
    """
    for word, meant in dialect().items():
        text = text.replace(word, meant)
    return text


class Corrector:
    """Puts right words mistyped by sound: a run of characters the corpus never uses whose pinyin is that of a
    word it does use (幼儿圆 → 幼儿园)."""

    def __init__(self, words: tuple[str, ...], corpus: str):
        self._corpus = corpus
        self._by_sound: dict[tuple[str, ...], str] = {}
        self._by_start: dict[tuple[str, ...], list[str]] = {}
        for word in words:
            if 3 <= len(word) <= 8 and re.fullmatch(r"[一-鿿]+", word):
                self._by_sound.setdefault(tuple(map(_blur, lazy_pinyin(word))), word)
        for sounds, word in self._by_sound.items():
            self._by_start.setdefault(sounds[:3], []).append(word)

    def __call__(self, text: str) -> str:
        for run in re.findall(r"[一-鿿]{3,}", text):
            fixed = self._fix(run) if self._suspects(run) else run
            if fixed != run:
                text = text.replace(run, fixed)
        return text

    def _suspects(self, run: str) -> bool:
        """Whether anything might be mistyped: reading a whole run aloud, as ``_fix`` does, takes far longer."""
        sounds = [_sounds(character) for character in run]
        for i in range(len(run) - 2):
            for start in product(*sounds[i : i + 3]):
                for word in self._by_start.get(start, ()):
                    window = run[i : i + len(word)]
                    if window != word and len(window) == len(word) and _close(word, window):
                        return True
        return False

    def _fix(self, run: str) -> str:
        sounds = [_blur(s) for s in lazy_pinyin(run)]
        if len(sounds) != len(run):
            return run
        for size in (8, 7, 6, 5, 4, 3):
            for i in range(len(run) - size + 1):
                word = self._by_sound.get(tuple(sounds[i : i + size]))
                window = run[i : i + size]
                if word and word != window and window not in self._corpus and _close(word, window):
                    run = run[:i] + word + run[i + size :]
        return run


def _close(a: str, b: str) -> bool:
    return sum(x != y for x, y in zip(a, b, strict=True)) <= max(1, round(0.4 * len(a)))


@cache  # there are some 20,000 characters
def _sounds(character: str) -> tuple[str, ...]:
    """Every sound one character may have."""
    return tuple(dict.fromkeys(map(_blur, pinyin(character, style=Style.NORMAL, heteronym=True)[0])))


@cache  # there are some 400 sounds
def _blur(sound: str) -> str:
    """Sounds that southern speakers do not tell apart fall together."""
    sound = re.sub(r"^(zh|ch|sh)", lambda m: m.group()[0], sound)
    return re.sub(r"(?<=[ie])ng$", "n", re.sub(r"^n(?=[aeiou])", "l", sound))

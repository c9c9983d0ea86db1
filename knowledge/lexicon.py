"""Everyday words → the words the documents use (``lexicon.yml``), found in a question by longest match."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

import yaml

from knowledge.normalise import normalise

PATH = Path(__file__).with_name("lexicon.yml")
_ASCII_WORD = re.compile(r"[a-z0-9&'’.\-]+")


@dataclass(frozen=True)
class Entry:
    """One thing the documents speak of, with all the ways to say it. Words are normalised."""

    doc: tuple[str, ...]
    say: tuple[str, ...] = ()
    en: tuple[str, ...] = ()
    weak: bool = False  # a word too common to identify a topic by itself
    only_with: tuple[str, ...] = ()


@dataclass(frozen=True)
class Hit:
    """``text[start:end]`` names ``entry``."""

    start: int
    end: int
    entry: Entry


class Lexicon:
    """Finds entries in normalised text.

    >>> lexicon = Lexicon([Entry(doc=("助餐",), say=("送饭",))])
    >>> [h.entry.doc for h in lexicon.find("有送饭的吗")]
    [('助餐',)]
    """

    def __init__(self, entries: Iterable[Entry]):
        self.entries = tuple(entries)
        self._surfaces: dict[str, list[Entry]] = {}
        for entry in self.entries:
            for word in {*entry.doc, *entry.say, *entry.en, *(w.replace("-", " ") for w in entry.en)}:
                self._surfaces.setdefault(word, []).append(entry)
        self._longest: dict[str, int] = {}  # of the surfaces that begin with a character
        for surface in self._surfaces:
            self._longest[surface[0]] = max(len(surface), self._longest.get(surface[0], 0))

    @classmethod
    def load(cls, path: Path = PATH) -> Lexicon:
        """Read a lexicon file.

        :raises ValueError: when an entry has no ``doc`` words or an unknown key.
        """
        rows = yaml.safe_load(path.read_text(encoding="utf-8"))
        return cls(_entry(row, path) for row in rows)

    def find(self, text: str) -> list[Hit]:
        """The longest entries in ``text`` from left to right, not overlapping; one word may name several."""
        hits: list[Hit] = []
        position = 0
        while position < len(text):
            found = next(self._at(text, position), None)
            if found is None:
                position += 1
                continue
            hits.extend(Hit(position, found, entry) for entry in self._surfaces[text[position:found]])
            position = found
        return [h for h in hits if not h.entry.only_with or any(w in text for w in h.entry.only_with)]

    def _at(self, text: str, start: int) -> Iterator[int]:
        for end in range(min(len(text), start + self._longest.get(text[start], 0)), start, -1):
            if text[start:end] in self._surfaces and _whole_word(text, start, end):
                yield end


def _whole_word(text: str, start: int, end: int) -> bool:
    """An ASCII word must not be cut out of a longer one ("lift" in "lifting")."""
    if not text[start].isascii():
        return True
    before = start == 0 or not _ASCII_WORD.fullmatch(text[start - 1])
    after = end == len(text) or not re.match(r"[a-z0-9]", text[end])
    return before and after


def _entry(row: dict[str, object], path: Path) -> Entry:
    unknown = set(row) - {"doc", "say", "en", "weak", "only_with"}
    if unknown or not row.get("doc"):
        raise ValueError(
            f"{path.name}: entry {row} needs `doc` and knows no {sorted(unknown)}; correct the entry"
        )

    def words(key: str) -> tuple[str, ...]:
        values = row.get(key, [])
        assert isinstance(values, list)
        return tuple(dict.fromkeys(normalise(str(v)) for v in values))

    return Entry(words("doc"), words("say"), words("en"), bool(row.get("weak")), words("only_with"))

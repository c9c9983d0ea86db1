"""A question → the things it speaks of, each with the words the documents use for it."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import replace
from functools import cache
from pathlib import Path

import rjieba

from embeddings.retriever import Concept
from knowledge.english import EnglishWords
from knowledge.lexicon import Hit, Lexicon
from knowledge.places import TOWNS

STOPWORDS = Path(__file__).with_name("stopwords.txt")
_CODE = re.compile(r"[a-z]*[0-9a-z+&.\-]+")
_NUMBERED = re.compile(r"\b[a-z]+-?\d[\w.]*")  # pm2.5, 5g-a
_PHASE = re.compile(r"[一二三四五六七八]期(?!间|望|待|限)")  # 机场四期 is not 三期
_LINE = re.compile(r"(?<!\d)(\d{1,2}|[一二三四五六七八九])号线")  # 4号线 is not 9号线
_DIGITS = dict(zip("一二三四五六七八九", "123456789", strict=True))
_CODE_NAME = re.compile(  # 海曙的“356”行动: a number that names something
    r"\d(?:\+[\da-z]){1,3}|(?<![\d.])(?!20[0-4]\d)\d{3,4}(?![\d.,:万亿余多几个家所条座人户名张件元块米里平亩吨年月日号点路%])|双(?:\d{2}|[一二三四五六七八九十]{1,3})(?![\d一二三四五六七八九十条个]|家(?!数))"
)
_TOWN = re.compile("|".join(TOWNS))
_COUNT = re.compile(r"\d{1,2}|[一二两三四五六七八九十几]+[个家所条座大项张部幢栋届样种位户件岁年月天次]?")
_PAPER = re.compile(r"[金证费卡](?:(?=([领交缴办补退])(?:[几多什啥怎哪去到要]|$)))?")
_TOPIC_TAGS = ("n", "i", "l", "j")  # nouns, names, set phrases, abbreviations
_EMPTY_TAGS = ("d", "r", "p", "c", "u", "y", "e", "o", "m", "q", "t", "w", "f")  # particles, counts, times


@cache
def stopwords() -> frozenset[str]:
    return frozenset(STOPWORDS.read_text(encoding="utf-8").split())


def find_concepts(
    text: str, lexicon: Lexicon, ignore: Iterable[str] = (), english: EnglishWords | None = None
) -> list[Concept]:
    """The concepts of a normalised ``text``, in its order.

    :param ignore: words already dealt with elsewhere.
    :param english: given for an English text: what the lexicon lacks is looked up there.
    """
    names = _names(text, lexicon, tuple(ignore))
    rest_of = text
    for hit in names:
        rest_of = rest_of[: hit.start] + " " * (hit.end - hit.start) + rest_of[hit.end :]
    for word in ignore:
        rest_of = rest_of.replace(word, " " * len(word))
    hits = lexicon.find(rest_of) + names
    concepts = [_from_hits(text, group) for group in _same_place(hits)]
    rest, position = [], 0
    for hit in sorted(hits, key=lambda h: h.start):
        rest.append((position, rest_of[position : hit.start]))
        position = max(position, hit.end)
    rest.append((position, rest_of[position:]))
    for offset, piece in rest:
        concepts.extend(_from_english(piece, offset, english) if english else _from_words(piece, offset))
    concepts = sorted(concepts, key=lambda c: c.position)
    return concepts if english else _papers(text, concepts)


def _papers(text: str, concepts: list[Concept]) -> list[Concept]:
    """Money, papers and cards that no dictionary has, by what they are for: 失业|金, 老人|证; not 失业|金领."""
    found: list[Concept] = []
    for concept in concepts:
        before = found[-1] if found else None
        if before and before.position + len(before.surface) > concept.position:
            continue  # its first character is the end of 失业金
        end = concept.position + len(concept.surface)
        paper = _PAPER.match(text, end)
        if paper and len(concept.surface) > 1 and (paper[1] or rjieba.cut(text[end:])[0] == paper[0]):
            surface = concept.surface + text[end]
            concept = replace(concept, surface=surface, weak=False, known=False)
        found.append(concept)
    return found


def is_paper(concept: Concept) -> bool:
    """Whether a concept is such money or such a paper: its words are still those of what it is for."""
    return not concept.known and concept.surface not in concept.words and concept.surface[-1] in "金证费卡"


def _names(text: str, lexicon: Lexicon, ignore: tuple[str, ...]) -> list[Hit]:
    """Names of which a word to ignore is a part: 海曙中学 is more than a 中学."""
    return [hit for hit in lexicon.find(text) if any(word in text[hit.start : hit.end] for word in ignore)]


def _same_place(hits: list[Hit]) -> list[list[Hit]]:
    groups: dict[tuple[int, int], list[Hit]] = {}
    for hit in hits:
        groups.setdefault((hit.start, hit.end), []).append(hit)
    return list(groups.values())


def _from_hits(text: str, hits: list[Hit]) -> Concept:
    surface = text[hits[0].start : hits[0].end]
    words = [w for hit in hits for w in hit.entry.doc]
    if any(surface in hit.entry.doc for hit in hits):
        words.insert(0, surface)  # the documents' own word comes first
    return Concept(
        surface=surface,
        words=tuple(dict.fromkeys(words)),
        weak=all(h.entry.weak for h in hits),
        known=True,
        position=hits[0].start,
    )


def _from_english(piece: str, offset: int, english: EnglishWords) -> Iterable[Concept]:
    for start, end, words, exact in english.find(piece):
        yield Concept(surface=piece[start:end], words=words, weak=not exact, position=offset + start)
    for match in _NUMBERED.finditer(piece):
        yield Concept(surface=match.group(), words=(match.group(),), position=offset + match.start())


def _from_words(piece: str, offset: int) -> Iterable[Concept]:
    for code in _CODE_NAME.finditer(piece):
        yield Concept(surface=code.group(), words=(code.group(),), position=offset + code.start())
    for phase in _PHASE.finditer(piece):
        yield Concept(surface=phase.group(), words=(phase.group(),), position=offset + phase.start())
    for line in _LINE.finditer(piece):
        number = _DIGITS.get(line[1], line[1])
        words = (f"{number}号线", f"{number}号、")  # the documents write «4号、5号线», too
        yield Concept(surface=line.group(), words=words, position=offset + line.start())
    for town in _TOWN.finditer(piece):  # 望春|有, not 望春有
        yield Concept(surface=town.group(), words=(town.group(),), position=offset + town.start())
    for done in (_LINE, _PHASE, _TOWN):
        piece = done.sub(lambda m: " " * len(m.group()), piece)
    piece = _CODE_NAME.sub(lambda m: " " * len(m.group()), piece)
    position = offset
    for token, tag in rjieba.tag(piece):
        start, position = position, position + len(token)
        word = token.strip()
        if (
            len(word) < 2
            or word in stopwords()
            or not re.search(r"\w", word)
            or (tag != "eng" and tag[:1] in _EMPTY_TAGS)
        ):
            continue
        if _COUNT.fullmatch(word):
            continue
        topic = tag[:1] in _TOPIC_TAGS or tag in ("vn", "an") or _CODE.fullmatch(word) is not None
        yield Concept(surface=word, words=(word,), weak=not topic, known=False, position=start)

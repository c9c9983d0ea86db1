"""Was an answer right? The judge for question files of the format in ``tests/evaluation/README.md``."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from knowledge.normalise import normalise

MAX_CHARS, MAX_CHARS_LONG = 400, 700  # without white space: what fits a chat message
LONG_KINDS = frozenset({"box_list", "multi_passage"})
_IDLE_SPACE = re.compile(r"(?<!\d)\s+|\s+(?!\d)")
_SIGNS = "[]<>%"


@dataclass(frozen=True)
class Row:
    """One row of an indicator table; ``cells`` are the values as printed."""

    name: str
    cells: tuple[str, ...]


@dataclass(frozen=True)
class Expected:
    """What one line of a question file says about a right answer."""

    kind: str
    answerable: bool
    docs: tuple[str, ...]  # file names as received
    evidence: tuple[str, ...]  # verbatim, white space aside
    alternatives: tuple[tuple[str, tuple[str, ...]], ...]  # (doc, evidence) that carries the same fact
    answer_keys: tuple[tuple[str, ...], ...]  # one of each group has to be said
    must_not: tuple[str, ...]
    rows: tuple[Row, ...] = ()


@dataclass(frozen=True)
class Given:
    """What the system answered. ``passages`` are (file name, text) of everything the answer cites."""

    text: str
    refused: bool
    passages: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True)
class Verdict:
    """How an answer fares. ``evidence`` is the share of the expected passages cited, None where none is due."""

    kind: str
    answerable: bool
    refused: bool
    correct: bool
    evidence: float | None
    missing: tuple[tuple[str, ...], ...] = ()  # key groups of which nothing is said
    forbidden: tuple[str, ...] = ()  # what only a wrong answer says
    too_long: bool = False


def expected(line: Mapping[str, Any]) -> Expected | None:
    """The expectation in one line of a question file; None for a line that only asks.

    :raises ValueError: naming the field that has not the agreed form.
    """
    if "answer_keys" not in line:
        return None
    alternatives = line.get("alt_evidence", [])
    rows = line.get("row", [])
    _check(isinstance(line.get("answerable"), bool), "answerable", "true or false")
    _check(_texts([line.get("kind", "")]), "kind", "a text")
    for field in ("doc", "evidence", "must_not"):
        _check(_texts(line.get(field, [])), field, "a list of texts")
    _check(isinstance(line["answer_keys"], list), "answer_keys", "a list of lists of texts")
    _check(all(map(_texts, line["answer_keys"])), "answer_keys", "a list of lists of texts")
    for field, keys in (("alt_evidence", {"doc", "evidence"}), ("row", {"name", "cells"})):
        found = line.get(field, [])
        _check(isinstance(found, list), field, "a list")
        _check(all(isinstance(r, dict) and keys <= r.keys() for r in found), field, f"a list with {keys}")
    return Expected(
        kind=line.get("kind", ""),
        answerable=line["answerable"],
        docs=tuple(line.get("doc", ())),
        evidence=tuple(line.get("evidence", ())),
        alternatives=tuple((a["doc"], tuple(a["evidence"])) for a in alternatives),
        answer_keys=tuple(map(tuple, line["answer_keys"])),
        must_not=tuple(line.get("must_not", ())),
        rows=tuple(Row(row["name"], tuple(row["cells"].values())) for row in rows),
    )


def judge(wanted: Expected, given: Given) -> Verdict:
    """Compare an answer with what is expected of it."""
    forbidden = tuple(wrong for wrong in wanted.must_not if says(given.text, wrong))
    base = (wanted.kind, wanted.answerable, given.refused)
    if not wanted.answerable:
        return Verdict(*base, given.refused and not forbidden, None, forbidden=forbidden)
    missing = tuple(g for g in wanted.answer_keys if not any(says(given.text, key) for key in g))
    limit = MAX_CHARS_LONG if wanted.kind in LONG_KINDS else MAX_CHARS
    too_long = len(_squeeze(given.text)) > limit
    correct = not (missing or forbidden or too_long or given.refused)
    return Verdict(*base, correct, evidence_share(wanted, given.passages), missing, forbidden, too_long)


def says(text: str, key: str) -> bool:
    """Whether ``text`` holds ``key``, script, case and white space aside; a number only as a whole number.

    >>> says("2025年达到 43 万人", "43万"), says("2025年", "25")
    (True, False)
    """
    wanted, where = _matched(key), _matched(text)
    if not wanted:
        raise ValueError(f"answer key {key!r} has nothing to look for: remove it from the question file")
    before = r"(?<![\d.])" if wanted[0].isdigit() else ""
    after = r"(?!\d|\.\d)" if wanted[-1].isdigit() else ""
    return re.search(before + re.escape(wanted) + after, where) is not None


def evidence_share(wanted: Expected, passages: Sequence[tuple[str, str]]) -> float:
    """Share of the expected evidence that the cited passages hold; 1 also for a complete alternative."""
    if any(all(_cited((doc,), e, (), passages) for e in texts) for doc, texts in wanted.alternatives):
        return 1.0
    cells = {row.name: _asked_cells(row, wanted) for row in wanted.rows}
    found = [_cited(wanted.docs, e, cells.get(e, ()), passages) for e in wanted.evidence]
    return sum(found) / len(found) if found else 1.0


def _cited(
    docs: Sequence[str], evidence: str, cells: Sequence[str], passages: Sequence[tuple[str, str]]
) -> bool:
    """Whether a cited passage of one of the documents holds the evidence and, of a row, one of the cells."""
    wanted = _squeeze(evidence)
    texts = [_squeeze(text) for doc, text in passages if doc in docs]
    return any(wanted in text and (not cells or any(cell in text for cell in cells)) for text in texts)


def _asked_cells(row: Row, wanted: Expected) -> tuple[str, ...]:
    """The cells the answer keys ask for, else all filled ones: two tables print some indicators alike."""
    filled = [cell for cell in row.cells if cell not in ("", "—")]
    keys = {key.strip(_SIGNS) for group in wanted.answer_keys for key in group}
    return tuple(cell for cell in filled if cell.strip(_SIGNS) in keys) or tuple(filled)


def _matched(text: str) -> str:
    """As compared: normalised, and without white space but for what keeps two numbers apart."""
    return _IDLE_SPACE.sub("", normalise(text))


def _squeeze(text: str) -> str:
    return re.sub(r"\s+", "", text)


def _texts(value: object) -> bool:
    return isinstance(value, list) and all(isinstance(text, str) for text in value)


def _check(holds: bool, field: str, form: str) -> None:
    if not holds:
        raise ValueError(f"field {field!r} must be {form}")

"""How residents ask for a fact, beside the sentence that holds it (``asks/*.jsonl``).

Everyday questions and official wording are far apart, and a small encoder does not bridge all of it. An ask is
embedded and points to its sentence; it never is an answer: what is said still comes from the sentence.
"""

from __future__ import annotations

import json
import logging
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from knowledge.errors import CatalogueError
from knowledge.statements import Statement

log = logging.getLogger(__name__)
FOLDER = Path(__file__).with_name("asks")
_SPACE = re.compile(r"\s+")


@dataclass(frozen=True)
class Ask:
    """One way to ask for what ``statement`` (its ``key``) says."""

    text: str
    statement: str


def load_asks(statements: Sequence[Statement], folder: Path = FOLDER) -> tuple[Ask, ...]:
    """Every ask with the statement that holds its quote; asks of a source that is not loaded are left out.

    :raises CatalogueError: for a line that is no valid JSON or lacks a field.
    """
    texts = [_SPACE.sub("", s.text) for s in statements]
    origins: dict[str, list[int]] = {}
    for i, statement in enumerate(statements):
        origins.setdefault(statement.passage.source.origin, []).append(i)
    found: list[Ask] = []
    for path in sorted(folder.glob("*.jsonl")):
        for number, row in _rows(path):
            candidates = origins.get(row["origin"])
            if candidates is None:
                continue
            place = _place(row["quote"], candidates, texts, statements)
            if place is None:  # a changed document must not stop the service; a test keeps the files clean
                log.warning(
                    "%s:%d: quote %r stands in no passage of %s",
                    path.name,
                    number,
                    row["quote"],
                    row["origin"],
                )
                continue
            found += [Ask(text, statements[place].key) for text in row["ask"]]
    return tuple(dict.fromkeys(found))


def _rows(path: Path) -> Iterator[tuple[int, dict[str, Any]]]:
    for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), 1):
        if not line.strip():
            continue
        try:
            row = json.loads(line)
            well_formed = isinstance(row["ask"], list) and {type(row["quote"]), type(row["origin"])} == {str}
        except (ValueError, KeyError, TypeError) as error:
            raise CatalogueError(
                f"{path.name}:{number}: {error!r}; a line needs origin, quote and ask"
            ) from error
        if not well_formed:
            raise CatalogueError(f"{path.name}:{number}: origin and quote must be texts, ask a list of texts")
        yield number, row


def _place(
    quote: object, candidates: Sequence[int], texts: Sequence[str], statements: Sequence[Statement]
) -> int | None:
    """The statement that holds the quote; where a cut runs through it, the one with most of it."""
    wanted = _SPACE.sub("", str(quote))
    for i in candidates:
        if wanted in texts[i]:
            return i
    for i in candidates:
        if wanted in _SPACE.sub("", statements[i].passage.text):
            passage = [j for j in candidates if statements[j].passage.id == statements[i].passage.id]
            return max(passage, key=lambda j: _overlap(wanted, texts[j]))
    return None


def _overlap(wanted: str, text: str) -> int:
    return sum(wanted[i : i + 2] in text for i in range(len(wanted) - 1))

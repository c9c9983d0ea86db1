"""Asks for documents that came in later: nobody has written down how residents ask for what they say.

They are made of what a statement counts (as ``knowledge.claims`` types it), its heading, its year, and the everyday
words of the lexicon. Like the written ones they only lead to the statement; what is said comes from it.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from functools import cache

from knowledge.asks import Ask
from knowledge.claims import counted
from knowledge.lexicon import Lexicon
from knowledge.normalise import normalise
from knowledge.statements import Statement

KIND = "notice"  # of what editors hand in
_CLAUSE = re.compile(r"[，。；、：！？,;]")
_SAID = 2  # everyday words for each thing
_MOST = 14  # for one statement


def derived_asks(statements: Iterable[Statement]) -> tuple[Ask, ...]:
    """At most 14 for each statement of a document that was handed in."""
    found = [
        Ask(text, statement.key)
        for statement in statements
        if statement.passage.source.kind == KIND
        for text in [*dict.fromkeys(_texts(statement))][:_MOST]
    ]
    return tuple(dict.fromkeys(found))


def _texts(statement: Statement) -> Iterator[str]:
    year = f"{statement.years[0]}年" if len(statement.years) == 1 else ""
    matters = [matter for clause in _CLAUSE.split(normalise(statement.text)) for matter in counted(clause)]
    for indicator, _, unit, change in matters:
        more = "新增" if change and "新" not in indicator else ""
        yield f"{year}{more}{indicator}有多少{unit}"
        yield f"{more}{indicator}多少"
    for indicator, _, unit, change in matters:
        for said in everyday(indicator):
            yield f"{year}{'新增了' if change else '有'}多少{unit}{said}"
    if not matters and statement.passage.heading:
        yield f"{statement.passage.heading[-1]}：{statement.text[:30]}"


def everyday(indicator: str) -> Iterator[str]:
    """The indicator in the words of the lexicon.

    >>> next(everyday("适老化改造"))
    '装扶手'
    """
    for hit in _lexicon().find(indicator):
        if indicator[hit.start : hit.end] in hit.entry.doc and not hit.entry.weak:
            for word in hit.entry.say[:_SAID]:
                yield indicator[: hit.start] + word + indicator[hit.end :]


@cache
def _lexicon() -> Lexicon:
    return Lexicon.load()

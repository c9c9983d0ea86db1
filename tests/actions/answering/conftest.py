"""The published documents and what the first steps need of them, read once."""

from __future__ import annotations

import pytest

import knowledge
from actions.answering.resolve import Resolve
from actions.answering.spelling import Corrector, frequent_runs
from actions.bootstrap import vocabulary
from knowledge.lexicon import Lexicon
from knowledge.library import Library
from knowledge.normalise import normalise
from knowledge.statements import Statement, statements


@pytest.fixture(scope="session")
def documents() -> Library:
    return knowledge.load()


@pytest.fixture(scope="session")
def cut(documents: Library) -> tuple[Statement, ...]:
    return statements(documents.passages)


@pytest.fixture(scope="session")
def corpus(documents: Library) -> str:
    return "\n".join(normalise(" ".join([*p.heading, p.label, p.text])) for p in documents.passages)


@pytest.fixture(scope="session")
def lexicon() -> Lexicon:
    return Lexicon.load()


@pytest.fixture(scope="session")
def corrector(lexicon: Lexicon, documents: Library, corpus: str) -> Corrector:
    return Corrector((*vocabulary(lexicon, documents), *frequent_runs(corpus)), corpus)


@pytest.fixture(scope="session")
def resolve(lexicon: Lexicon, corrector: Corrector, corpus: str) -> Resolve:
    return Resolve(lexicon, corrector, corpus)

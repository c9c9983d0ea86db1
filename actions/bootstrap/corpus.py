"""The documents and the encoder: what both answers and tickets stand on."""

from __future__ import annotations

from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path

import knowledge
from actions.settings import Settings
from embeddings.encoder import Encoder, load_encoder
from knowledge.asks import Ask, load_asks
from knowledge.derived_asks import derived_asks
from knowledge.library import Library
from knowledge.records import Passage
from knowledge.statements import Statement, statements


@dataclass(frozen=True)
class Corpus:
    """The documents and the statements cut from them; ``hash`` changes when any of it does."""

    library: Library
    statements: tuple[Statement, ...]
    asks: tuple[Ask, ...]
    hash: str


def load_corpus(settings: Settings, added: Path | None = None) -> Corpus:
    """Read the documents, those in ``added`` too. Raises KnowledgeError naming the file and the fix."""
    library = knowledge.load(settings.sources_dir.parent, added)
    cut = statements(library.passages)
    asks = (*load_asks(cut), *derived_asks(cut))
    digest = sha256(library.corpus_hash.encode())
    for part in (*(s.key for s in cut), *(f"{a.statement} {a.text}" for a in asks)):
        digest.update(part.encode())
    return Corpus(library, cut, asks, digest.hexdigest())


def build_encoder(settings: Settings, progress: bool = False) -> Encoder:
    """The encoder of these settings. Raises ModelError."""
    return load_encoder(
        settings.encoder_model,
        settings.models_path(),
        settings.encoder_backend,
        settings.encoder_threads,
        progress,
    )


def statement_text(statement: Statement) -> str:
    """What is embedded for a statement: its innermost heading or label says what it is about."""
    passage = statement.passage
    if passage.kind == "table_row":  # people ask for the indicator, never for its figures
        return passage.label or passage.text.split("：")[0]
    context = passage.label or (passage.heading[-1] if passage.heading else "")
    return f"{context} {statement.text}"


def passage_text(passage: Passage) -> str:
    """What is embedded for a passage: the two innermost headings, its label and its text."""
    return " ".join([*passage.heading[-2:], passage.label, passage.text])

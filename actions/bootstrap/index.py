"""The index of the documents."""

from __future__ import annotations

from actions.bootstrap.corpus import build_encoder, load_corpus, passage_text, statement_text
from actions.bootstrap.tickets import build_triage
from actions.settings import Settings
from embeddings.store import Entry, Store


def build_index(settings: Settings, progress: bool = False) -> str:
    """Publish a generation for the documents as they are; returns its id. Nothing changed: the current one."""
    corpus, encoder = load_corpus(settings), build_encoder(settings, progress)
    collections = {
        "statements": [Entry(s.key, statement_text(s)) for s in corpus.statements],
        "passages": [Entry(p.id, passage_text(p)) for p in corpus.library.passages],
    }
    if corpus.asks:
        collections["asks"] = [Entry(f"{i} {a.statement}", a.text) for i, a in enumerate(corpus.asks)]
    build_triage(settings, encoder)  # keeps its vectors: a service that may write nothing finds them here
    return Store(settings.index_path()).publish(
        collections, encoder, corpus.hash, progress, late=["statements"]
    )

"""The index of the documents."""

from __future__ import annotations

from pathlib import Path

from actions.bootstrap.corpus import build_encoder, load_corpus, passage_text, statement_text
from actions.bootstrap.shelves import added_in
from actions.bootstrap.tickets import build_triage
from actions.settings import Settings
from embeddings.store import Entry, Store


def build_index(
    settings: Settings, progress: bool = False, added: Path | None = None, serve: bool = True
) -> str:
    """Publish a generation for the documents as they are; returns its id. Nothing changed: the current one.

    :param added: a folder of files to seal into it, documents among them; without it those of the current one.
    :param serve: whether it becomes the current one.
    """
    store = Store(settings.index_path())
    current = store.current_id()
    folder = added or (store.attached(current) if current else None)
    corpus = load_corpus(settings, added_in(folder) if folder else None)
    encoder = build_encoder(settings, progress)
    collections = {
        "statements": [Entry(s.key, statement_text(s)) for s in corpus.statements],
        "passages": [Entry(p.id, passage_text(p)) for p in corpus.library.passages],
    }
    if corpus.asks:
        collections["asks"] = [Entry(f"{i} {a.statement}", a.text) for i, a in enumerate(corpus.asks)]
    build_triage(settings, encoder)  # keeps its vectors: a service that may write nothing finds them here
    files = _files(folder) if folder else {}
    return store.publish(collections, encoder, corpus.hash, progress, ["statements"], files, serve)


def _files(folder: Path) -> dict[str, bytes]:
    paths = (path for path in sorted(folder.rglob("*")) if path.is_file())
    return {path.relative_to(folder).as_posix(): path.read_bytes() for path in paths}

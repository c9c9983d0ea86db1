"""The index of the documents."""

from __future__ import annotations

from pathlib import Path

from actions.bootstrap.corpus import Corpus, build_encoder, load_corpus, passage_text, statement_text
from actions.bootstrap.lost import is_lost, restored
from actions.bootstrap.shelves import added_in
from actions.bootstrap.tickets import build_triage
from actions.bootstrap.vectors import collection_labels, exact_up_to
from actions.settings import Settings
from embeddings.store import Entry, Store


def build_index(
    settings: Settings, progress: bool = False, added: Path | None = None, serve: bool = True
) -> str:
    """Publish a generation for the documents as they are; returns its id. Nothing changed: the current one.

    :param added: a folder of files to seal into it, documents among them; without it those of the current one, or,
        when that is lost, the documents that the ledger says are approved.
    :param serve: whether it becomes the current one.
    :raises ApprovalsUnknown: when the index is lost and the ledger cannot be asked
    """
    store = Store(settings.index_path(), exact_up_to(settings))
    if added is not None:
        return _build(settings, store, progress, added, serve)
    if not is_lost(store):
        return _build(settings, store, progress, store.attached(store.current_id() or ""), serve)
    with restored(settings) as folder:
        return _build(settings, store, progress, folder, serve)


def _build(settings: Settings, store: Store, progress: bool, folder: Path | None, serve: bool) -> str:
    corpus = load_corpus(settings, added_in(folder) if folder else None)
    encoder = build_encoder(settings, progress)
    labels = collection_labels(corpus)
    collections = {
        name: [Entry(key, text, found) for key, text, found in zip(keys, texts, labels[name], strict=True)]
        for name, (keys, texts) in _written(corpus).items()
    }
    build_triage(settings, encoder)  # keeps its vectors: a service that may write nothing finds them here
    files = _files(folder) if folder else {}
    return store.publish(collections, encoder, corpus.hash, progress, ["statements"], files, serve)


def _written(corpus: Corpus) -> dict[str, tuple[list[str], list[str]]]:
    """Keys and texts of each collection."""
    statements, passages = corpus.statements, corpus.library.passages
    found = {
        "statements": ([s.key for s in statements], [statement_text(s) for s in statements]),
        "passages": ([p.id for p in passages], [passage_text(p) for p in passages]),
    }
    if corpus.asks:
        keys = [f"{i} {a.statement}" for i, a in enumerate(corpus.asks)]
        found["asks"] = (keys, [a.text for a in corpus.asks])
    return found


def _files(folder: Path) -> dict[str, bytes]:
    paths = (path for path in sorted(folder.rglob("*")) if path.is_file())
    return {path.relative_to(folder).as_posix(): path.read_bytes() for path in paths}

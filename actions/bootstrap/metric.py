"""Learns the metric from the asks of the documents, and tells what it brings."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import numpy as np

from actions.bootstrap.corpus import build_encoder, load_corpus
from actions.settings import Settings
from embeddings.metric import FILE, Metric
from embeddings.store import Store

EVERY = 5  # one statement in so many is held out with all its asks


@dataclass(frozen=True)
class Learned:
    """Recall@1 and @5 of asks for statements that were held out, by the vectors alone: as the encoder made them, and
    through a metric learned from the other statements' asks.
    """

    asks: int
    held_out: int
    plain: tuple[float, ...]
    seen: tuple[float, ...]


def learn_metric(settings: Settings, path: Path = FILE, progress: bool = False) -> Learned:
    """Learn from all asks of the published index and write the metric to ``path``."""
    from embeddings.learning import Asked, learn, recall  # imports torch, which takes seconds

    corpus, encoder = load_corpus(settings), build_encoder(settings)
    index = Store(settings.index_path()).open_current(encoder.name, corpus.hash)
    row = {s.key: i for i, s in enumerate(corpus.statements)}
    vectors = (
        index.collection(name).take(range(len(index.collection(name)))) for name in ("asks", "statements")
    )
    asks, statements = vectors
    asked = Asked(asks, np.array([row[ask.statement] for ask in corpus.asks], dtype=np.int64), statements)
    learn(asked, progress=progress).save(encoder.name, path)

    out = asked.statement % EVERY == 0
    first = np.zeros(len(out), dtype=bool)  # of each statement one ask is the question, the others stay known
    first[np.unique(asked.statement, return_index=True)[1]] = True
    questions, known = asked.of(np.flatnonzero(out & first)), asked.of(np.flatnonzero(~(out & first)))
    metric = learn(asked.of(np.flatnonzero(~out)), progress=progress)
    found = (recall(questions, known, m) for m in (Metric(), metric))
    return Learned(len(asks), len(questions.asks), *found)

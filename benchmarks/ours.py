"""This project's own retrieval on a question-to-paragraph set, step by step from one vector to the full ranking."""

from __future__ import annotations

import statistics
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from benchmarks.squad import Dataset
from embeddings.encoder import Encoder
from embeddings.entries import Entry
from embeddings.index import Index
from embeddings.lexical import TermWeights
from embeddings.ranking import PassageRanker, z_scores
from embeddings.store import Store
from knowledge.normalise import normalise
from knowledge.sentences import sentences

DEPTH = 10
Search = Callable[[str], Sequence[int]]


@dataclass(frozen=True)
class Run:
    """One system's answer to the whole set: rankings, and milliseconds per timed question.

    ``ms`` is time on the clock, ``cpu_ms`` time on the processor, which other work on the machine cannot lengthen.
    """

    ranked: list[list[int]]
    ms: list[float]
    cpu_ms: list[float]


def run_ours(dataset: Dataset, load: Callable[[], Encoder], folder: Path) -> dict[str, Run]:
    """Index the paragraphs under ``folder`` and ask every question of each variant, encoding included.

    Each variant asks an encoder of its own from ``load``: the cache of another's would flatter it.
    """
    encoder = load()
    owner: list[int] = []
    parts: list[Entry] = []
    texts = [normalise(text) for text in dataset.passages]
    for row, text in enumerate(texts):
        for sentence in sentences(text) or (text,):
            parts.append(Entry(str(len(parts)), sentence))
            owner.append(row)
    entries = [Entry(str(row), text) for row, text in enumerate(texts)]
    store = Store(folder, words=TermWeights(k1=0.6, b=0.3))
    store.publish(
        {"passages": entries, "sentences": parts}, encoder, dataset.name, progress=True, late=["passages"]
    )
    index = store.open_current(encoder.name, dataset.name)
    names = _variants(index, owner, encoder)
    return {name: _asked(_variants(index, owner, load())[name], dataset) for name in names}


def encoder_ms(encoder: Encoder, questions: Sequence[str]) -> float:
    """Median processor milliseconds to encode one question, each for the first time."""
    encoder.encode_queries(["warm"])
    ms = []
    for question in questions:
        start = time.process_time()
        encoder.encode_queries([question])
        ms.append((time.process_time() - start) * 1000)
    return statistics.median(ms)


def _variants(index: Index, owner: Sequence[int], encoder: Encoder) -> dict[str, Search]:
    passages = index.collection("passages")
    ranker = PassageRanker(passages, index.collection("sentences"), owner, encoder)

    def dense(question: str) -> Sequence[int]:
        return list(passages.nearest(encoder.encode_queries([normalise(question)])[0], DEPTH)[0])

    def lexical(question: str) -> Sequence[int]:
        return _best(passages.lexical(question))

    def fused(question: str) -> Sequence[int]:
        text = normalise(question)
        vector = encoder.encode_queries([text])[0]
        scores = 0.7 * z_scores(passages.dense(vector)) + 0.3 * z_scores(passages.lexical(text))
        return _best(scores)

    def full(question: str) -> Sequence[int]:
        return ranker.rank(normalise(question), DEPTH)

    return {
        "dense": dense,
        "BM25": lexical,
        "dense + BM25 (z 0.7/0.3)": fused,
        "passage, sentence, late interaction": full,
    }


def _best(scores: NDArray[np.float32]) -> list[int]:
    return list(np.argsort(-scores, kind="stable")[:DEPTH])


def _asked(search: Search, dataset: Dataset) -> Run:
    ranked, ms, cpu_ms = [], [], []
    for question in dataset.questions:
        clock, cpu = time.perf_counter(), time.process_time()
        found = search(question)
        cpu_ms.append((time.process_time() - cpu) * 1000)
        ms.append((time.perf_counter() - clock) * 1000)
        ranked.append([int(row) for row in found])
    return Run(ranked, ms, cpu_ms)

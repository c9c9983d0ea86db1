"""``make bench-engine``: does PostgreSQL with pgvector find the same as exact search in the process?

Asked are questions that the corpus ships beside its facts. Twice: the five nearest statements by their vectors
alone, and the five best of the whole retrieval with all its signals.
"""

from __future__ import annotations

import argparse
import sys
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from actions.bootstrap import Corpus, build_encoder, build_retriever, load_corpus
from actions.bootstrap.vectors import mirrored
from actions.settings import Settings, SettingsError, load_settings
from benchmarks.encoder import spread
from benchmarks.record import commit, write_section
from embeddings.encoder import Encoder
from embeddings.errors import EmbeddingError
from embeddings.index import Index
from embeddings.query import Query
from embeddings.store import Store
from embeddings.vectors.postgres import PostgresEngine
from knowledge.errors import KnowledgeError
from knowledge.normalise import normalise
from tests import pgvector

TOP = 5
EQUAL = 1e-6
COMMAND = "make bench-engine OUT=benchmarks/RESULTS.md"


@dataclass(frozen=True)
class Agreement:
    """Of ``asked`` questions, how many have the same five: by vectors alone, and by the whole retrieval.

    Times are medians in milliseconds on the clock.
    """

    asked: int
    nearest: int
    retrieved: int
    here_ms: float
    there_ms: float


def main(arguments: list[str] | None = None) -> int:
    """Measure, print, and write if told to; 0, or 1 with a message."""
    parser = argparse.ArgumentParser(prog="bench-engine")
    parser.add_argument("--questions", type=int, default=1000)
    parser.add_argument(
        "--dsn", default="", help="a database to use; without it one is started and taken away"
    )
    parser.add_argument("--out", type=Path)
    options, measured = parser.parse_args(arguments), commit()
    try:
        text = report(load_settings(), options.questions, options.dsn)
    except (EmbeddingError, KnowledgeError, SettingsError) as error:
        print(f"bench-engine: {error}", file=sys.stderr)
        return 1
    print(text)
    if options.out:
        write_section(options.out, "The vector database", COMMAND, measured, text)
    return 0


def report(settings: Settings, count: int, dsn: str) -> str:
    """The figures as Markdown."""
    if dsn:
        found = agreement(settings, count, dsn)
    else:
        with pgvector.running() as url:
            if url is None:
                raise SettingsError(pgvector.MISSING)
            found = agreement(settings, count, url.replace("+psycopg", "") + "postgres")
    return "\n".join(
        [
            f"{found.asked} questions of the corpus, the five best of exact search in the process and of pgvector:",
            "",
            "| | same five | p50 ms in the process | p50 ms pgvector |",
            "|---|---|---|---|",
            f"| statements by vector alone | {_share(found.nearest, found.asked)} | | |",
            f"| whole retrieval | {_share(found.retrieved, found.asked)} | {found.here_ms:.1f} | {found.there_ms:.1f} |",
        ]
    )


def agreement(settings: Settings, count: int, dsn: str) -> Agreement:
    """Ask both ``count`` questions."""
    corpus, encoder = load_corpus(settings), build_encoder(settings)
    here = Store(settings.index_path()).open_current(encoder.name, corpus.hash)
    engine = PostgresEngine(dsn)
    try:
        there = mirrored(engine, corpus, here, ())
        return compared(corpus, encoder, here, there, [ask.text for ask in spread(corpus.asks, count)])
    finally:
        engine.close()


def compared(corpus: Corpus, encoder: Encoder, here: Index, there: Index, texts: Sequence[str]) -> Agreement:
    """Ask the two indexes the same; see ``Agreement``."""
    retrievers = [build_retriever(corpus, index, encoder) for index in (here, there)]
    nearest = retrieved = 0
    times: tuple[list[float], list[float]] = ([], [])
    for text in texts:
        query = Query(normalise(text))
        vector = encoder.encode_question(query.text)[0]
        near = [index.collection("statements").nearest(vector, TOP) for index in (here, there)]
        # equal texts are equally near: which of them stands first is chance
        nearest += np.array_equal(near[0][0], near[1][0]) or np.allclose(near[0][1], near[1][1], atol=EQUAL)
        found = []
        for retriever, spent in zip(retrievers, times, strict=True):
            start = time.perf_counter()
            found.append([evidence.statement.key for evidence in retriever.search(query, TOP)])
            spent.append((time.perf_counter() - start) * 1000)
        retrieved += found[0] == found[1]
    return Agreement(len(texts), nearest, retrieved, *(float(np.median(spent)) for spent in times))


def _share(part: int, whole: int) -> str:
    return f"{part} of {whole} ({100 * part / whole:.1f} %)"


if __name__ == "__main__":
    sys.exit(main())

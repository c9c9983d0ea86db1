"""``make bench-scale``: how long vectors take to build and to search, what they weigh, and what the graph misses.

The store is the one that serves (``auto``); exact search over the same vectors is timed beside it, so that the size
at which the graph pays can be read off. Building goes on where it was stopped: everything is kept in ``var/bench``.
"""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

import faiss

from actions.bootstrap import build_encoder
from actions.settings import SettingsError, load_settings
from benchmarks.record import commit, write_section
from benchmarks.scale_measure import MEGABYTE, Measured, measure
from benchmarks.scale_vectors import asked, intrinsic, made_vectors, questions, real_vectors
from embeddings.errors import EmbeddingError
from embeddings.store import Store
from embeddings.vectors.protocol import Vectors

COMPARED_UP_TO = 100_000
SIZES = "10000,20000,100000,1000000"
COMMAND = "make bench-scale OUT=benchmarks/RESULTS.md"


def main(arguments: list[str] | None = None) -> int:
    """Measure, print, and write if told to; 0, or 1 with a message."""
    parser = argparse.ArgumentParser(prog="bench-scale")
    parser.add_argument("--sizes", default=SIZES)
    parser.add_argument("--out", type=Path)
    options, measured = parser.parse_args(arguments), commit()
    try:
        sizes = sorted(int(size) for size in options.sizes.split(","))
        text = report(sizes)
    except (EmbeddingError, SettingsError, ValueError) as error:
        print(f"bench-scale: {error}", file=sys.stderr)
        return 1
    print(text)
    if options.out:
        command = COMMAND if options.sizes == SIZES else f"{COMMAND} SIZES={options.sizes}"
        write_section(options.out, "Scale of knowledge", command, measured, text)
    return 0


def report(sizes: list[int]) -> str:
    """The figures as Markdown."""
    settings = load_settings()
    faiss.omp_set_num_threads(1)
    folder = settings.var_dir / "bench" / "scale"
    encoder = build_encoder(settings)
    store = Store(settings.index_path())
    corpus = next(found.corpus_hash for found in store.list() if found.current)
    real = real_vectors(store.open_current(encoder.name, corpus))
    texts = questions()
    queries, vectors = asked(encoder, texts), made_vectors(real, max(sizes), folder)
    found = [measure(vectors[:size], queries, folder) for size in sizes]
    lines = [
        f"{len(texts)} residents' questions against made vectors (`benchmarks/scale_vectors.py`), "
        f"{real.shape[1]} dimensions; a search uses one thread.",
        _likeness(real, vectors, sizes),
        "",
        "| vectors | search | built in s (on the processor) | memory | disk | p50 ms | p95 ms | p50 on the processor "
        "| recall@10 | exact p50 ms | on the processor |",
        "|---" * 11 + "|",
        *(_line(one) for one in found),
    ]
    first, last = found[0], found[-1]
    lines += [
        "",
        f"{last.size} against {first.size} vectors: p50 {last.p50 / first.p50:.2f} times, "
        f"on the processor {last.processor / first.processor:.2f} times.",
    ]
    return "\n".join(lines)


def _likeness(real: Vectors, vectors: Vectors, sizes: list[int]) -> str:
    """How the made vectors compare with real ones of the same number."""
    real_dimension, real_near = intrinsic(real)
    parts = [f"{len(real)} real ones: {real_dimension:.1f}, nearest at {real_near:.3f}"]
    for size in [size for size in sizes if size <= COMPARED_UP_TO]:
        dimension, near = intrinsic(vectors[:size])
        parts.append(f"{size} made ones: {dimension:.1f}, {near:.3f}")
    return f"Local intrinsic dimension and median cosine to the nearest other: {'; '.join(parts)}."


def _line(one: Measured) -> str:
    built = f"{one.built.clock:.0f} ({one.built.processor:.0f})"
    weights = f"{one.memory / MEGABYTE:.0f} MB | {one.disk / MEGABYTE:.0f} MB"
    times = f"{one.p50:.2f} | {one.p95:.2f} | {one.processor:.2f}"
    exact = f"{one.exact_p50:.2f} | {one.exact_processor:.2f}"
    return f"| {one.size} | {one.kind} | {built} | {weights} | {times} | {one.recall:.4f} | {exact} |"


if __name__ == "__main__":
    sys.exit(main())

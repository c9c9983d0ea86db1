"""One size of ``make bench-scale``: build it or go on building, read it back, ask it."""

from __future__ import annotations

import json
import os
import re
import time
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path

import faiss
import numpy as np

from embeddings.errors import IndexMissing
from embeddings.progress import tracked
from embeddings.vectors.folders import FolderEngine
from embeddings.vectors.graph import GraphStore
from embeddings.vectors.growing import GrowingStore
from embeddings.vectors.protocol import Vectors, VectorStore

TOP, EXACT_ASKED = 10, 100
SAVED_EVERY = 200_000
MEGABYTE = 1e6


@dataclass(frozen=True)
class Built:
    """What building has cost so far: seconds on the clock and on the processor."""

    rows: int = 0
    clock: float = 0.0
    processor: float = 0.0


@dataclass(frozen=True)
class Measured:
    """One size. Times in milliseconds, memory and disk in bytes."""

    size: int
    kind: str
    built: Built
    memory: int
    disk: int
    p50: float
    p95: float
    processor: float
    recall: float
    exact_p50: float
    exact_processor: float


def measure(vectors: Vectors, queries: Vectors, folder: Path) -> Measured:
    """Ask the store of these vectors every question, and exact search some of them."""
    engine, name = FolderEngine(folder / f"store-{len(vectors)}"), str(len(vectors))
    built = build(engine, name, vectors, folder / f"built-{name}.json")
    before = own_memory()
    store = engine.open(name)
    memory = own_memory() - before
    clock, processor, answers = _timed(lambda query: store.search(query, TOP).keys, queries)
    exact_clock, exact_processor, right = _exact(vectors, queries)
    hits = sum(len(set(found) & set(keys)) for found, keys in zip(answers, right, strict=True))
    return Measured(
        len(vectors),
        _kind(store),
        built,
        memory,
        sum(path.stat().st_size for path in (folder / f"store-{name}").rglob("*") if path.is_file()),
        float(np.median(clock)),
        float(np.percentile(clock, 95)),
        float(np.median(processor)),
        hits / (TOP * len(queries)),
        float(np.median(exact_clock)),
        float(np.median(exact_processor)),
    )


def build(engine: FolderEngine, name: str, vectors: Vectors, note: Path) -> Built:
    """Fill the store ``name``, from where an earlier run was stopped; what all runs together cost."""
    built = Built(**json.loads(note.read_text())) if note.exists() else Built()
    try:
        store = engine.open(name) if built.rows else engine.create(vectors.shape[1])
    except IndexMissing:
        store, built = engine.create(vectors.shape[1]), Built()
    starts = range(built.rows, len(vectors), SAVED_EVERY)
    faiss.omp_set_num_threads(os.cpu_count() or 1)
    for start in tracked(starts, len(starts), f"building {name}", shown=True):
        clock, processor = time.perf_counter(), time.process_time()
        piece = vectors[start : start + SAVED_EVERY]
        store.add([str(row) for row in range(start, start + len(piece))], piece)
        seconds = time.perf_counter() - clock, time.process_time() - processor
        built = Built(start + len(piece), built.clock + seconds[0], built.processor + seconds[1])
        engine.publish(store, name)
        note.write_text(json.dumps(asdict(built)))
    faiss.omp_set_num_threads(1)
    return built


def own_memory() -> int:
    """Bytes of memory of this process that are no copy of a file."""
    found = re.search(r"RssAnon:\s+(\d+) kB", Path("/proc/self/status").read_text())
    return int(found.group(1)) * 1024 if found else 0


def _timed(
    search: Callable[[Vectors], Sequence[str]], queries: Vectors
) -> tuple[list[float], list[float], list[Sequence[str]]]:
    """Milliseconds on the clock and on the processor, and what was found, for each question."""
    for query in queries:  # files that are read where they are touched are in memory then
        search(query)
    clock, processor, found = [], [], []
    for query in queries:
        starts = time.perf_counter(), time.process_time()
        found.append(search(query))
        processor.append((time.process_time() - starts[1]) * 1000)
        clock.append((time.perf_counter() - starts[0]) * 1000)
    return clock, processor, found


def _exact(vectors: Vectors, queries: Vectors) -> tuple[list[float], list[float], list[list[str]]]:
    """What comparing everything finds for all questions, and its times for some of them."""
    index = faiss.IndexFlatIP(vectors.shape[1])
    for start in range(0, len(vectors), SAVED_EVERY):
        index.add(np.array(vectors[start : start + SAVED_EVERY]))
    right = [[str(row) for row in rows] for rows in index.search(queries, TOP)[1]]

    def search(query: Vectors) -> Sequence[str]:
        return [str(row) for row in index.search(query[None], TOP)[1][0]]

    clock, processor, _ = _timed(search, queries[:EXACT_ASKED])
    return clock, processor, right


def _kind(store: VectorStore) -> str:
    inner = store.inner if isinstance(store, GrowingStore) else store
    return "graph" if isinstance(inner, GraphStore) else "exact"

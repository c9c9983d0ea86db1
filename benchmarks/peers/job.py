"""What every adapter is given and gives back. Runs in the peers' environment.

A peer gets the paragraphs, the questions and the vectors of both, made beforehand by sentence-transformers from
the same model, so that an hour of encoding is not repeated eight times. For the timed questions the peer's own
integration encodes live, and its vector must be the prepared one: that proves the prompts are set as they should.
"""

from __future__ import annotations

import json
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import torch

DEPTH = 10
SAME = 0.999  # cosine of the peer's own vector to the prepared one
Search = Callable[[str], list[int]]  # question -> rows of the best paragraphs


@dataclass
class Job:
    """One data set in one wording. ``live`` makes the adapters encode questions themselves."""

    model: str
    passages: list[str]
    questions: list[str]
    passage_vectors: np.ndarray
    query_prompt: str
    passage_prompt: str
    timed: int
    threads: int
    live: bool = False

    def __post_init__(self) -> None:
        self._query_vectors: dict[str, np.ndarray] = {}

    @classmethod
    def read(cls, folder: Path) -> Job:
        """The job that ``benchmarks/retrieval.py`` wrote into ``folder``."""
        facts = json.loads((folder / "job.json").read_text(encoding="utf-8"))
        vectors = np.load(folder / "vectors.npz", allow_pickle=False)
        job = cls(passage_vectors=vectors["passages"], **facts)
        job._query_vectors = dict(zip(job.questions, vectors["questions"], strict=True))
        return job

    def query_vector(self, question: str, encode: Callable[[str], object]) -> np.ndarray:
        """The prepared vector, or, when ``live``, the one ``encode`` gives."""
        prepared = self._query_vectors[question]
        if not self.live:
            return prepared
        own = np.asarray(encode(question), dtype=np.float32).reshape(-1)
        own = own / np.linalg.norm(own)
        if own @ prepared < SAME:
            raise SystemExit(
                f"own vector of {question!r} has cosine {own @ prepared:.4f} to the prepared one"
            )
        return own


def run(build: Callable[[Job], dict[str, Search]]) -> None:
    """Entry point of an adapter: read the job in ``argv[1]``, write the results to ``argv[2]``."""
    job = Job.read(Path(sys.argv[1]))
    torch.set_num_threads(job.threads)
    results = {}
    for variant, search in build(job).items():
        job.live = False
        ranked = [search(question)[:DEPTH] for question in job.questions]
        job.live = True
        step = max(1, len(job.questions) // job.timed)
        sample = job.questions[::step][: job.timed]
        search(sample[0])  # the first call loads what later ones find loaded
        ms, cpu_ms = zip(*(_milliseconds(search, question) for question in sample), strict=True)
        results[variant] = {"ranked": ranked, "ms": ms, "cpu_ms": cpu_ms}
    Path(sys.argv[2]).write_text(json.dumps(results), encoding="utf-8")


def _milliseconds(search: Search, question: str) -> tuple[float, float]:
    """On the clock, and of it on the processor."""
    clock, cpu = time.perf_counter(), time.process_time()
    search(question)
    return (time.perf_counter() - clock) * 1000, (time.process_time() - cpu) * 1000

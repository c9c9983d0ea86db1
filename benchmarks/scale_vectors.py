"""As many vectors as wanted that lie like real ones, and real questions to ask them.

Encoding a million real passages takes days on two processor cores. Each made vector is a real one of the corpus
(statement, passage or ask), moved by a random mixture of the differences to its 24 nearest neighbours and put back
on the sphere: it varies in the directions in which real texts vary there. ``SPREAD`` is chosen so that the local
intrinsic dimension at 10 thousand is not below that of the corpus (``intrinsic``); more dimensions are harder.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Sequence
from pathlib import Path

import faiss
import numpy as np

from embeddings.encoder import Encoder
from embeddings.index import Index
from embeddings.progress import tracked
from embeddings.vectors.protocol import Vectors
from knowledge.normalise import normalise

NEIGHBOURS = 24
SPREAD = 1.2
STEP = 20_000
QUESTIONS = Path(__file__).parents[1] / "tests" / "evaluation"


def real_vectors(index: Index) -> Vectors:
    """Every different vector of a published index, in a random but fixed order."""
    found = np.vstack([collection.vectors for collection in index.collections.values()])
    found = np.unique(found.round(6), axis=0).astype(np.float32)
    found /= np.linalg.norm(found, axis=1, keepdims=True)
    return np.asarray(found[np.random.default_rng(1).permutation(len(found))])


def made_vectors(real: Vectors, number: int, folder: Path, spread: float = SPREAD) -> Vectors:
    """(number, dims) made from ``real``; kept in ``folder``, and a smaller set is the beginning of a larger one."""
    mark = hashlib.sha256(real.tobytes() + repr((NEIGHBOURS, spread, STEP)).encode()).hexdigest()[:12]
    for kept in folder.glob(f"vectors-{mark}-*.npy"):
        if int(kept.stem.rpartition("-")[2]) >= number:
            return np.asarray(np.load(kept, mmap_mode="r")[:number])
    folder.mkdir(parents=True, exist_ok=True)
    target, scratch = folder / f"vectors-{mark}-{number}.npy", folder / f".vectors-{number}.npy"
    made = np.lib.format.open_memmap(scratch, "w+", np.float32, (number, real.shape[1]))
    near = _nearest(real, NEIGHBOURS + 1)[:, 1:]
    random = np.random.default_rng(0)
    starts = range(0, number, STEP)
    for start in tracked(starts, len(starts), f"{number} vectors", shown=True):
        made[start : start + STEP] = _moved(real, near, spread, random)[: number - start]
    made.flush()
    scratch.rename(target)
    return made


def questions() -> list[str]:
    """Residents' questions of the evaluation, each once."""
    texts = (file.read_text(encoding="utf-8") for file in sorted(QUESTIONS.glob("*.jsonl")))
    lines = (line for text in texts for line in text.splitlines())
    return sorted({found["question"] for line in lines if "question" in (found := json.loads(line))})


def asked(encoder: Encoder, texts: Sequence[str]) -> Vectors:
    """Their vectors."""
    return encoder.encode_queries([normalise(text) for text in texts])


def intrinsic(vectors: Vectors, sample: int = 1000, nearest: int = 20) -> tuple[float, float]:
    """Local intrinsic dimension (Levina and Bickel's estimate, median) and median cosine to the nearest other."""
    points = np.array(vectors[:sample])
    index = faiss.IndexFlatIP(vectors.shape[1])
    index.add(np.ascontiguousarray(vectors))
    cosines = index.search(points, nearest + 1)[0][:, 1:]
    distances = np.sqrt(np.maximum(2 - 2 * cosines, 1e-12))
    dimension = 1 / np.mean(np.log(distances[:, -1:] / distances[:, :-1]), axis=1)
    return float(np.median(dimension)), float(np.median(cosines[:, 0]))


def _nearest(real: Vectors, number: int) -> np.ndarray:
    index = faiss.IndexFlatIP(real.shape[1])
    index.add(real)
    return np.asarray(index.search(real, number)[1])


def _moved(real: Vectors, near: np.ndarray, spread: float, random: np.random.Generator) -> Vectors:
    """One step of made vectors; always of the same size, so that fewer are the beginning of more."""
    chosen = random.integers(0, len(real), STEP)
    weights = random.standard_normal((STEP, NEIGHBOURS)).astype(np.float32) * (spread / np.sqrt(NEIGHBOURS))
    made = real[chosen].copy()
    for column in range(NEIGHBOURS):
        made += weights[:, column : column + 1] * (real[near[chosen, column]] - real[chosen])
    made /= np.linalg.norm(made, axis=1, keepdims=True)
    return np.asarray(made, dtype=np.float32)

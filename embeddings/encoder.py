"""Texts become unit vectors. One protocol, two backends: torch, and ONNX int8 exported from it."""

from __future__ import annotations

import json
import re
import threading
from abc import ABC, abstractmethod
from collections import OrderedDict
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Literal, Protocol, runtime_checkable

import numpy as np
from numpy.typing import NDArray

from embeddings.models import DEFAULT_MODEL, model_hash, prepare_model, verified
from embeddings.progress import tracked

Vectors = NDArray[np.float32]
Backend = Literal["onnx-int8", "torch"]
QUERY_CACHE = 2048  # 384 floats each: 3 MB
QUESTION_CACHE = 256  # with their token vectors: some 20 to 60 kB each
BATCH = 32


@runtime_checkable
class Encoder(Protocol):
    """Anything that turns texts into comparable vectors."""

    @property
    def name(self) -> str:
        """Model, version, weights and backend: vectors of equal names may be compared."""

    @property
    def dims(self) -> int:
        """Length of each vector."""

    def encode_queries(self, texts: Sequence[str]) -> Vectors:
        """(n, dims) float32, each row of length 1; row i belongs to ``texts[i]``."""

    def encode_passages(self, texts: Sequence[str], progress: bool = False) -> Vectors:
        """Like ``encode_queries``, for texts that are to be found."""

    def token_vectors(self, texts: Sequence[str], as_query: bool = False) -> list[Vectors]:
        """One (tokens, dims) array of unit rows per text: prompt and special tokens left out."""

    def encode_question(self, text: str) -> tuple[Vectors, Vectors]:
        """(dims,) vector and (tokens, dims) token vectors of one question, in one forward pass."""


@dataclass(frozen=True)
class Prompts:
    """What a model wants in front of its texts."""

    query: str = ""
    passage: str = ""


def load_encoder(
    spec: str = DEFAULT_MODEL,
    cache_dir: Path = Path("var/models"),
    backend: Backend = "onnx-int8",
    threads: int = 1,
    progress: bool = False,
) -> Encoder:
    """The encoder for ``spec`` (see ``prepare_model``), computing on ``threads`` threads.

    The first call converts or fetches the model and, for ``onnx-int8``, exports it; later calls
    verify checksums and load. Raises ModelError.

    >>> load_encoder().encode_queries(["海曙有多少家居家养老机构"]).shape
    (1, 384)
    """
    folder = prepare_model(spec, cache_dir, progress)
    if backend == "torch":
        from embeddings.torch_encoder import TorchEncoder  # torch takes seconds to import

        return TorchEncoder(folder, encoder_name(folder, backend), threads)
    if backend == "onnx-int8":
        from embeddings.onnx_encoder import OnnxEncoder, exported_folder

        exported = exported_folder(folder, cache_dir)
        if exported.is_dir():
            verified(exported)
        else:
            from embeddings.onnx_export import export  # imports torch, which serving does without

            export(folder, exported, threads, progress)
        return OnnxEncoder(exported, encoder_name(folder, backend), threads)
    raise ValueError(f"backend {backend!r} is unknown: use 'onnx-int8' or 'torch'")


def encoder_name(folder: Path, backend: str) -> str:
    """Folder name, first digits of the model's hash, backend."""
    return f"{folder.name}:{model_hash(folder)[:12]}:{backend}"


def model_prompts(folder: Path) -> Prompts:
    """The model's own prompts; ``query: ``/``passage: `` for an e5 that states none; else none."""
    path = folder / "config_sentence_transformers.json"
    stated = json.loads(path.read_text(encoding="utf-8")).get("prompts") if path.is_file() else None
    stated = stated or {}
    query, passage = stated.get("query", ""), stated.get("passage") or stated.get("document", "")
    if not query and not passage and re.search(r"(^|[^a-z])e5([^a-z]|$)", folder.name.lower()):
        return Prompts("query: ", "passage: ")
    return Prompts(query, passage)


class BatchedEncoder(ABC):
    """What the backends share: prompts, batches of like length, the query cache."""

    def __init__(self, name: str, dims: int, prompts: Prompts) -> None:
        self.name = name
        self.dims = dims
        self.prompts = prompts
        self._cache: OrderedDict[str, Vectors] = OrderedDict()
        self._questions: OrderedDict[str, tuple[Vectors, Vectors]] = OrderedDict()
        self._lock = threading.Lock()

    @abstractmethod
    def _embed(self, texts: Sequence[str]) -> Vectors:
        """(n, dims) unit vectors of texts that carry their prompt already; one forward pass."""

    @abstractmethod
    def _embed_tokens(self, texts: Sequence[str], skip: int) -> list[Vectors]:
        """Unit token vectors per prompted text, without special tokens and the ``skip`` first ones."""

    def _embed_both(self, text: str, skip: int) -> tuple[Vectors, Vectors]:
        """Vector and token vectors of one prompted text; backends that can do both at once override it."""
        return self._embed([text])[0], self._embed_tokens([text], skip)[0]

    @abstractmethod
    def _token_count(self, text: str) -> int:
        """Tokens of ``text`` without special ones."""

    def encode_queries(self, texts: Sequence[str]) -> Vectors:
        """See Encoder. Repeated questions come from the cache."""
        with self._lock:
            known = {text: self._cache[text] for text in texts if text in self._cache}
        fresh = [text for text in dict.fromkeys(texts) if text not in known]
        if fresh:
            vectors = self._in_batches([self.prompts.query + text for text in fresh], False)
            known.update(zip(fresh, vectors, strict=True))
        self._remember(known)
        return np.stack([known[text] for text in texts]) if texts else self._none()

    def encode_question(self, text: str) -> tuple[Vectors, Vectors]:
        """See Encoder. Repeated questions come from the cache."""
        with self._lock:
            known = self._questions.get(text)
        if known is None:
            prompt = self.prompts.query
            known = self._embed_both(prompt + text, self._token_count(prompt) if prompt else 0)
        with self._lock:
            self._questions[text] = known
            self._questions.move_to_end(text)
            while len(self._questions) > QUESTION_CACHE:
                self._questions.popitem(last=False)
        return known

    def encode_passages(self, texts: Sequence[str], progress: bool = False) -> Vectors:
        """See Encoder."""
        return self._in_batches([self.prompts.passage + text for text in texts], progress)

    def token_vectors(self, texts: Sequence[str], as_query: bool = False) -> list[Vectors]:
        """See Encoder."""
        prompt = self.prompts.query if as_query else self.prompts.passage
        skip = self._token_count(prompt) if prompt else 0
        found: list[Vectors] = [self._none()] * len(texts)
        for batch in _batches([prompt + text for text in texts]):
            for index, vectors in zip(
                batch, self._embed_tokens([prompt + texts[i] for i in batch], skip), strict=True
            ):
                found[index] = vectors
        return found

    def _in_batches(self, texts: list[str], progress: bool) -> Vectors:
        vectors = np.empty((len(texts), self.dims), dtype=np.float32)
        batches = _batches(texts)
        for batch in tracked(batches, len(batches), "Encoding", progress):
            vectors[batch] = self._embed([texts[i] for i in batch])
        return vectors

    def _remember(self, vectors: dict[str, Vectors]) -> None:
        with self._lock:
            for text, vector in vectors.items():
                self._cache[text] = vector
                self._cache.move_to_end(text)
            while len(self._cache) > QUERY_CACHE:
                self._cache.popitem(last=False)

    def _none(self) -> Vectors:
        return np.empty((0, self.dims), dtype=np.float32)


def _batches(texts: Sequence[str]) -> list[list[int]]:
    """Indices in batches of like length, longest first: little padding, and memory peaks at once."""
    order = sorted(range(len(texts)), key=lambda i: len(texts[i]), reverse=True)
    return [order[i : i + BATCH] for i in range(0, len(order), BATCH)]


def unit_rows(vectors: NDArray[np.floating]) -> Vectors:
    """Rows scaled to length 1; zero rows stay zero."""
    length = np.linalg.norm(vectors, axis=-1, keepdims=True)
    return np.asarray(vectors / np.maximum(length, 1e-12), dtype=np.float32)

"""What every backend shares: prompts, batches of texts of like length, the cache of questions."""

from __future__ import annotations

import threading
from abc import ABC, abstractmethod
from collections import OrderedDict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from embeddings.progress import tracked

Vectors = NDArray[np.float32]
QUERY_CACHE = 2048  # 384 floats each: 3 MB
QUESTION_CACHE = 256  # with their token vectors: some 20 to 60 kB each
BATCH = 32


@dataclass(frozen=True)
class Prompts:
    """What a model wants in front of its texts."""

    query: str = ""
    passage: str = ""


class BatchedEncoder(ABC):
    """A backend adds one forward pass; the protocol around it is here."""

    def __init__(self, name: str, dims: int, prompts: Prompts) -> None:
        self.name = name
        self.dims = dims
        self.prompts = prompts
        self._cache: OrderedDict[str, Vectors] = OrderedDict()
        self._questions: OrderedDict[str, tuple[Vectors, Vectors]] = OrderedDict()
        self._lock = threading.Lock()
        self._skips: dict[str, int] = {}

    @abstractmethod
    def _embed(self, texts: Sequence[str]) -> Vectors:
        """(n, dims) unit vectors of texts that carry their prompt already; one forward pass."""

    @abstractmethod
    def _embed_both(self, texts: Sequence[str], skip: int) -> tuple[Vectors, list[Vectors]]:
        """``_embed``, and unit token vectors without the special tokens and the ``skip`` first others."""

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
            vectors, tokens = self._embed_both([prompt + text], self._prompt_tokens(prompt))
            known = vectors[0], tokens[0]
        with self._lock:
            self._questions[text] = known
            self._questions.move_to_end(text)
            while len(self._questions) > QUESTION_CACHE:
                self._questions.popitem(last=False)
        return known

    def encode_passages(self, texts: Sequence[str], progress: bool = False) -> Vectors:
        """See Encoder."""
        return self._in_batches([self.prompts.passage + text for text in texts], progress)

    def encode_passages_with_tokens(
        self, texts: Sequence[str], progress: bool = False
    ) -> tuple[Vectors, list[Vectors]]:
        """See Encoder."""
        prompted = [self.prompts.passage + text for text in texts]
        skip = self._prompt_tokens(self.prompts.passage)
        vectors = np.empty((len(texts), self.dims), dtype=np.float32)
        tokens = [self._none()] * len(texts)
        for batch in _shown_batches(prompted, progress):
            vectors[batch], found = self._embed_both([prompted[i] for i in batch], skip)
            for index, rows in zip(batch, found, strict=True):
                tokens[index] = rows
        return vectors, tokens

    def _in_batches(self, texts: list[str], progress: bool) -> Vectors:
        vectors = np.empty((len(texts), self.dims), dtype=np.float32)
        for batch in _shown_batches(texts, progress):
            vectors[batch] = self._embed([texts[i] for i in batch])
        return vectors

    def _prompt_tokens(self, prompt: str) -> int:
        if prompt not in self._skips:
            self._skips[prompt] = self._token_count(prompt) if prompt else 0
        return self._skips[prompt]

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


def _shown_batches(texts: Sequence[str], progress: bool) -> Iterator[list[int]]:
    batches = _batches(texts)
    return tracked(batches, len(batches), "Encoding", progress)


def unit_rows(vectors: NDArray[np.floating]) -> Vectors:
    """Rows scaled to length 1; zero rows stay zero."""
    length = np.linalg.norm(vectors, axis=-1, keepdims=True)
    return np.asarray(vectors / np.maximum(length, 1e-12), dtype=np.float32)

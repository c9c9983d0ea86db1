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

Vectors = NDArray[np.float32]
TOKENS, BOUNDS = "tokens.npy", "bounds.npy"
# Up to so many tokens (380 MB) they are kept ready for arithmetic too; beyond, a question converts what it looks at,
# which takes as long as all the rest of the comparison.
READY_UP_TO = 250_000


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
    def _ready(self) -> NDArray[np.floating]:
        """The tokens in the width that matrix products want, unless there are too many."""
        return self.tokens.astype(np.float32) if len(self.tokens) <= READY_UP_TO else self.tokens

    def __len__(self) -> int:
        return len(self.bounds) - 1

    def text(self, row: int) -> NDArray[np.float16]:
        """(tokens, dims) of one text."""
        return self.tokens[self.bounds[row] : self.bounds[row + 1]]

    def max_similarity(self, question: Vectors, rows: Sequence[int]) -> Vectors:
        """(len(rows),) mean over the question's tokens of their best cosine in each text.

        :param question: (m, dims) unit rows; m may be 0, then all scores are 0.
        """
        scores = np.zeros(len(rows), dtype=np.float32)
        filled = [i for i, row in enumerate(rows) if len(self.text(row))]
        if not len(question) or not filled:
            return scores
        texts = [self._ready[self.bounds[rows[i]] : self.bounds[rows[i] + 1]] for i in filled]
        ends = np.cumsum([len(text) for text in texts])
        similarity = np.empty((len(question), ends[-1]), dtype=np.float32)
        for text, end in zip(
            texts, ends, strict=True
        ):  # gathering the texts first takes longer than the products
            np.matmul(question, text.T, out=similarity[:, end - len(text) : end])
        starts = ends - [len(text) for text in texts]
        scores[filled] = np.maximum.reduceat(similarity, starts, axis=1).mean(axis=0)
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

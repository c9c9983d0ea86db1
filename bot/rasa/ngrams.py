"""Character n-grams weighted by rarity, in numpy and scipy so that a model is plain numbers and strings."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence

import numpy as np
from scipy.sparse import csr_matrix

_LONGEST = 3


def grams(text: str) -> Iterable[str]:
    """All runs of one to three characters, with marks where the text begins and ends.

    >>> list(grams("好"))
    ['^', '好', '$', '^好', '好$', '^好$']
    """
    marked = f"^{text}$"
    for size in range(1, _LONGEST + 1):
        for start in range(len(marked) - size + 1):
            yield marked[start : start + size]


class NgramSpace:
    """Turns texts into rows of length 1.

    :param vocabulary: the known n-grams; others count for nothing.
    :param rarity: float64 of shape ``(len(vocabulary),)``.
    """

    def __init__(self, vocabulary: Sequence[str], rarity: np.ndarray) -> None:
        self.vocabulary = tuple(vocabulary)
        self.rarity = rarity
        self._place = {gram: i for i, gram in enumerate(self.vocabulary)}

    @classmethod
    def of(cls, texts: Sequence[str]) -> NgramSpace:
        """The space of the n-grams that occur in at least two of ``texts``; the others make it three times as big
        and no better.
        """
        seen = Counter(gram for text in texts for gram in set(grams(text)))
        vocabulary = sorted(gram for gram, count in seen.items() if count > 1)
        documents = np.array([seen[gram] for gram in vocabulary], dtype=float)
        return cls(vocabulary, np.log((1 + len(texts)) / (1 + documents)) + 1)

    def rows(self, texts: Sequence[str]) -> csr_matrix:
        """Sparse float64 of shape ``(len(texts), len(vocabulary))``."""
        starts, columns, values = [0], [], []
        for text in texts:
            counts = Counter(self._place[g] for g in grams(text) if g in self._place)
            row = np.fromiter(counts, dtype=np.int64, count=len(counts))
            weights = (1 + np.log(np.array(list(counts.values()), dtype=float))) * self.rarity[row]
            length = np.linalg.norm(weights)
            columns.append(row)
            values.append(weights / length if length else weights)
            starts.append(starts[-1] + len(row))
        shape = (len(texts), len(self.vocabulary))
        if not texts:
            return csr_matrix(shape)
        return csr_matrix((np.concatenate(values), np.concatenate(columns), starts), shape=shape)

"""BM25 over characters and character pairs of normalised text: no dictionary, no segmenter."""

from __future__ import annotations

import logging
import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property, lru_cache
from pathlib import Path

import bm25s
import numpy as np
from numpy.typing import NDArray

from knowledge.normalise import normalise

WORD = re.compile(r"[a-z0-9][a-z0-9.+%/-]*[a-z0-9%]|[a-z0-9]|[^\W_]")
NO_TOKEN = "\0"
ASCII_WORD = re.compile(r"[a-z0-9]")
logging.getLogger("bm25s").setLevel(logging.WARNING)  # it sets itself to DEBUG


@lru_cache(maxsize=64)  # statements and passages are asked the same
def lexical_tokens(text: str) -> tuple[str, ...]:
    """Characters, pairs of neighbouring characters, and whole ASCII words or numbers.

    >>> lexical_tokens("助餐5G")
    ('助', '助餐', '餐', '5g')
    """
    tokens: list[str] = []
    previous, end = "", -1
    for match in WORD.finditer(normalise(text).lower()):
        piece = match.group()
        if ASCII_WORD.match(piece):
            tokens.append(piece)
            previous = ""
            continue
        if previous and match.start() == end:
            tokens.append(previous + piece)
        tokens.append(piece)
        previous, end = piece, match.end()
    return tuple(tokens)


@dataclass(frozen=True)
class TermWeights:
    """BM25's two settings. Repetition counts more with a high ``k1``, length counts more with a high ``b``."""

    k1: float = 1.5
    b: float = 0.75


class BM25:
    """BM25 scores of every text for a query.

    >>> BM25(["养老机构", "人才总量"]).scores("养老").argmax()
    0
    """

    def __init__(self, texts: Sequence[str], weights: TermWeights | None = None) -> None:
        """Index ``texts`` (at least one, else ValueError)."""
        if not texts:
            raise ValueError("BM25 needs at least one text")
        chosen = weights or TermWeights()
        self._index = bm25s.BM25(k1=chosen.k1, b=chosen.b)
        # A text without a token (only punctuation, say) still needs its row: NO_TOKEN is in no query.
        self._index.index([list(lexical_tokens(text)) or [NO_TOKEN] for text in texts], show_progress=False)

    def scores(self, query: str) -> NDArray[np.float32]:
        """(n,) float32, 0 where no token is shared; higher is better, no upper bound."""
        count, postings = self._index.scores["num_docs"], self._postings
        lists = [postings[token] for token in lexical_tokens(query) if token in postings]
        if not lists:
            return np.zeros(count, dtype=np.float32)
        # The library's own sum adds token by token, which takes five times as long.
        data, rows = self._index.scores["data"], self._index.scores["indices"]
        found = np.concatenate([rows[part] for part in lists]), np.concatenate([data[part] for part in lists])
        return np.bincount(found[0], found[1], count).astype(np.float32)

    @cached_property
    def _postings(self) -> dict[str, slice]:
        """Where each token's weights stand. The library's vocabulary has one token more, the empty one."""
        bounds = self._index.scores["indptr"].tolist()
        known = ((token, i) for token, i in self._index.vocab_dict.items() if i + 1 < len(bounds))
        return {token: slice(bounds[i], bounds[i + 1]) for token, i in known}

    def save(self, folder: Path) -> None:
        """Write arrays and vocabulary (npy and JSON, no pickle) into ``folder``."""
        self._index.save(folder, show_progress=False)

    @classmethod
    def load(cls, folder: Path) -> BM25:
        """Read what ``save`` wrote; the caller has verified the files."""
        found = cls.__new__(cls)
        found._index = bm25s.BM25.load(folder, show_progress=False, allow_pickle=False)
        return found

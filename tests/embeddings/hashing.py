"""An encoder that needs no model: character pairs hashed into a few dimensions."""

from __future__ import annotations

import zlib
from collections.abc import Sequence

import numpy as np

from embeddings.batched import Vectors, unit_rows

DIMS = 32


class HashingEncoder:
    """Like texts get like vectors. ``embedded`` records what was really encoded."""

    dims = DIMS

    def __init__(self, name: str = "hashing:1") -> None:
        self.name = name
        self.embedded: list[str] = []

    def encode_queries(self, texts: Sequence[str]) -> Vectors:
        vectors = np.zeros((len(texts), DIMS), dtype=np.float32)
        for row, text in enumerate(texts):
            for pair in zip(" " + text, text + " ", strict=True):
                vectors[row, zlib.crc32("".join(pair).encode()) % DIMS] += 1
        return unit_rows(vectors)

    def encode_passages(self, texts: Sequence[str], progress: bool = False) -> Vectors:
        self.embedded += texts
        return self.encode_queries(texts)

    def encode_passages_with_tokens(
        self, texts: Sequence[str], progress: bool = False
    ) -> tuple[Vectors, list[Vectors]]:
        return self.encode_passages(texts), [self.encode_queries(list(text)) for text in texts]

    def encode_question(self, text: str) -> tuple[Vectors, Vectors]:
        return self.encode_queries([text])[0], self.encode_queries(list(text))

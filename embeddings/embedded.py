"""Vectors by the hash of their text, so that no text is embedded twice."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from embeddings.encoder import Encoder
from embeddings.entries import Collections, text_hash


@dataclass
class Embedded:
    """What is known so far: text hash -> vector, and text hash -> token vectors."""

    vectors: dict[str, NDArray[np.float32]] = field(default_factory=dict)
    tokens: dict[str, NDArray[np.float16]] = field(default_factory=dict)

    def complete(
        self, collections: Collections, late: Sequence[str], encoder: Encoder, progress: bool = False
    ) -> None:
        """Embed what is missing for ``collections``; those in ``late`` need token vectors too."""
        texts = {text_hash(e.text): e.text for entries in collections.values() for e in entries}
        with_tokens = {text_hash(e.text) for name in late for e in collections[name]}
        both = [digest for digest in texts if digest in with_tokens and digest not in self.tokens]
        plain = [digest for digest in texts if digest not in with_tokens and digest not in self.vectors]
        self._add_both(both, *encoder.encode_passages_with_tokens([texts[d] for d in both], progress))
        vectors = encoder.encode_passages([texts[d] for d in plain], progress)
        self.vectors.update(zip(plain, vectors, strict=True))

    def _add_both(
        self, digests: list[str], vectors: NDArray[np.float32], tokens: list[NDArray[np.float32]]
    ) -> None:
        self.vectors.update(zip(digests, vectors, strict=True))
        self.tokens.update((d, rows.astype(np.float16)) for d, rows in zip(digests, tokens, strict=True))

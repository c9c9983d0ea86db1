"""Which row of a local store belongs to which key, and what it is labelled with."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from embeddings.errors import StoreError
from embeddings.vectors.protocol import UNLABELLED, Labels, Only, Vectors


def checked(keys: Sequence[str], vectors: Vectors, labels: Sequence[Labels], dims: int) -> Sequence[Labels]:
    """The labels, one a key. Raises StoreError when keys, vectors and labels do not belong together."""
    if vectors.shape != (len(keys), dims):
        raise StoreError(f"vectors of shape {vectors.shape} given for {len(keys)} keys of {dims} dimensions")
    if len(set(keys)) != len(keys):
        raise StoreError(
            f"{len(keys) - len(set(keys))} of {len(keys)} keys are repeated; keys must be unique"
        )
    if labels and len(labels) != len(keys):
        raise StoreError(f"{len(labels)} labels given for {len(keys)} keys; give one each or none")
    return labels or [UNLABELLED] * len(keys)


class Rows:
    """Keys and labels by row. Equal labels are kept once: a filter asks each of them, not each row."""

    def __init__(self) -> None:
        self.keys: list[str] = []
        self._row: dict[str, int] = {}
        self._labels: list[Labels] = []
        self._code: dict[Labels, int] = {}
        self._codes: NDArray[np.int32] = np.zeros(0, dtype=np.int32)

    def __len__(self) -> int:
        return len(self.keys)

    def add(self, keys: Sequence[str], labels: Sequence[Labels]) -> None:
        """Append. Raises StoreError when one of the keys is there already."""
        if known := [key for key in keys if key in self._row]:
            raise StoreError(
                f"{len(known)} keys are in the store already, {known[0]!r} among them; remove them first"
            )
        self._row.update((key, len(self.keys) + i) for i, key in enumerate(keys))
        self.keys.extend(keys)
        self._codes = np.concatenate([self._codes, [self._coded(found) for found in labels]]).astype(np.int32)

    def row(self, keys: Sequence[str]) -> NDArray[np.int64]:
        """Rows of the keys. Raises StoreError for an unknown one."""
        try:
            return np.fromiter((self._row[key] for key in keys), dtype=np.int64, count=len(keys))
        except KeyError as error:
            raise StoreError(f"key {error.args[0]!r} is not in the store") from None

    def known(self, keys: Sequence[str]) -> list[int]:
        """Rows of those keys that are there."""
        return [self._row[key] for key in dict.fromkeys(keys) if key in self._row]

    def hide(self, rows: Sequence[int]) -> None:
        """After reading: these rows are removed ones, whose keys may be those of later rows."""
        gone = set(rows)
        self._row = {key: row for row, key in enumerate(self.keys) if row not in gone}

    def forget(self, rows: Sequence[int]) -> None:
        """The keys of these rows are free again; the rows stay."""
        for row in rows:
            del self._row[self.keys[row]]

    def labels(self, rows: NDArray[np.int64]) -> list[Labels]:
        """Labels of the rows."""
        return [self._labels[code] for code in self._codes[rows]]

    def allowed(self, only: Only) -> NDArray[np.bool_]:
        """(rows,) whether each may be found."""
        lets = np.array([only.lets(found) for found in self._labels], dtype=bool)
        return lets[self._codes] if len(lets) else np.zeros(0, dtype=bool)

    def _coded(self, labels: Labels) -> int:
        if labels not in self._code:
            self._code[labels] = len(self._labels)
            self._labels.append(labels)
        return self._code[labels]

    def to_json(self) -> dict[str, Any]:
        """Everything, as JSON holds it."""
        labels = [[found.district, *found.years] for found in self._labels]
        return {"keys": self.keys, "labels": labels, "codes": self._codes.tolist()}

    @classmethod
    def from_json(cls, found: dict[str, Any]) -> Rows:
        """What ``to_json`` gave."""
        rows, labels = cls(), [Labels(district, tuple(years)) for district, *years in found["labels"]]
        rows.keys, rows._labels = list(found["keys"]), labels
        rows._row = {key: row for row, key in enumerate(rows.keys)}
        rows._code = {label: code for code, label in enumerate(labels)}
        rows._codes = np.array(found["codes"], dtype=np.int32)
        return rows

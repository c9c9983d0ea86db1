"""A damaged index is refused by name and the last good one goes on serving."""

from __future__ import annotations

import shutil
from dataclasses import dataclass
from pathlib import Path

import pytest

from embeddings.errors import EmbeddingError, IndexCorrupted, IndexMismatch
from embeddings.index import Index, read_collection
from embeddings.store import Entry, Store
from tests.embeddings.hashing import HashingEncoder
from tests.faults.inputs.conftest import Counting
from tests.faults.inputs.corruption import Harm, harms, restore
from tests.faults.inputs.tally import Tally

TEXTS = [f"第{i}项：全区新建助餐点{i * 7}个" for i in range(40)]
ENTRIES = [Entry(f"p{i}", text) for i, text in enumerate(TEXTS)]


@dataclass(frozen=True)
class Shelf:
    """A store with an older and a newer generation, and a copy of the newer."""

    store: Store
    old: str
    new: str
    sound: Path

    def folder(self, generation: str) -> Path:
        return self.store.root / "generations" / generation

    def damaged(self, harm: Harm) -> None:
        restore(self.folder(self.new), self.sound)
        harm.do(self.folder(self.new), self.folder(self.old))


@pytest.fixture
def shelf(tmp_path: Path) -> Shelf:
    encoder, store = HashingEncoder(), Store(tmp_path / "index")
    old = store.publish({"passages": ENTRIES[:30], "asks": ENTRIES[30:]}, encoder, "c1", late=["asks"])
    new = store.publish({"passages": ENTRIES, "asks": ENTRIES[20:]}, encoder, "c1", late=["asks"])
    shutil.copytree(tmp_path / "index" / "generations" / new, tmp_path / "sound")
    return Shelf(store, old, new, tmp_path / "sound")


def opened(shelf: Shelf) -> Index:
    return shelf.store.open_current(HashingEncoder().name, "c1")


def tried(tally: Tally, shelf: Shelf, harm: Harm) -> None:
    """Open the store, and ask for the damaged generation by name."""
    tally.tried += 1
    try:
        index = opened(shelf)
    except EmbeddingError as error:
        return tally.failed("crash", f"{harm.name}: nothing is served: {error}")
    except Exception as error:  # noqa: BLE001 - whatever escapes the store is a finding
        return tally.failed("trace", f"{harm.name}: {type(error).__name__} {error}")
    if index.generation != shelf.old or shelf.new not in index.fallback:
        return tally.failed("wrong", f"{harm.name}: {index.generation} is served: «{index.fallback}»")
    with pytest.raises((IndexCorrupted, IndexMismatch), match=shelf.new):
        shelf.store.open(shelf.new, HashingEncoder().name, "c1")
    return None


def test_three_hundred_damages(shelf: Shelf, counting: Counting) -> None:
    tally = counting("index corruption")
    for harm in harms():
        shelf.damaged(harm)
        tried(tally, shelf, harm)
    assert tally.clean, tally.seen
    assert tally.tried == 300
    restore(shelf.folder(shelf.new), shelf.sound)
    assert opened(shelf).generation == shelf.new


def test_without_checksums_most_would_be_served(shelf: Shelf) -> None:
    """The control: what reads the files alone takes most damages for an index."""
    taken = 0
    for harm in [harm for harm in harms() if harm.name.startswith("a bit")][:40]:
        shelf.damaged(harm)
        try:
            taken += len(read_collection(shelf.folder(shelf.new) / "passages")) > 0
        except (RuntimeError, ValueError, KeyError, OSError, EOFError):
            continue
    assert taken >= 20

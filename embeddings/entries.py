"""What is published: named collections of keyed texts."""

from __future__ import annotations

import hashlib
import json
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from embeddings.errors import StoreError
from embeddings.vectors.protocol import UNLABELLED, Labels


@dataclass(frozen=True)
class Entry:
    """``text`` is what is embedded and searched; ``key`` is how the caller knows it again.

    ``labels`` narrow a search; they come from the documents, so the corpus hash stands for them.
    """

    key: str
    text: str
    labels: Labels = UNLABELLED


Collections = Mapping[str, Sequence[Entry]]


def check(collections: Collections) -> None:
    """Raise StoreError for what cannot be published: nothing, an empty collection, a repeated key."""
    if not collections:
        raise StoreError("nothing to publish: give at least one collection")
    for name, entries in collections.items():
        if not name.isidentifier():
            raise StoreError(f"collection name {name!r} is no identifier; it becomes a folder name")
        if not entries:
            raise StoreError(f"collection {name!r} is empty; leave it out or give it entries")
        repeated = [key for key, count in Counter(entry.key for entry in entries).items() if count > 1]
        if repeated:
            raise StoreError(f"collection {name!r} repeats the key {repeated[0]!r}; keys must be unique")


def text_hash(text: str) -> str:
    """What a vector is known by: equal texts share one."""
    return hashlib.sha256(text.encode()).hexdigest()


def content_hash(collections: Collections, *made_with: str) -> str:
    """Eight digits that change with any key, text or order, and with what the index is made with."""
    entries = {name: [(e.key, e.text) for e in found] for name, found in sorted(collections.items())}
    text = json.dumps([made_with, entries], ensure_ascii=False)
    return hashlib.sha256(text.encode()).hexdigest()[:8]

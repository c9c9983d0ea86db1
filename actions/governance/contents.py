"""A generation's own files: the documents that were added to those of the project, and what goes with them.

sources.yml     their catalogue
sources/*.txt   their text
canaries.json   their check questions
"""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from hashlib import sha256
from typing import Any

import yaml

from actions.governance.canary import SEALED, Canary, as_sealed

CATALOGUE = "sources.yml"
Files = Mapping[str, bytes]


@dataclass(frozen=True)
class NewDocument:
    """What an editor says of a document, and its text as it was read."""

    id: str
    title: str
    publisher: str
    district: str
    published: dt.date
    period: tuple[int, int]
    kind: str
    text: str
    precision: str = "day"

    @property
    def file(self) -> str:
        """Its name among the sources."""
        return f"{self.id}.txt"

    def entry(self) -> dict[str, Any]:
        """For the catalogue."""
        return {
            "id": self.id,
            "origin": self.file,
            "title": self.title,
            "publisher": self.publisher,
            "district": self.district,
            "published": self.published,
            "published_precision": self.precision,
            "period": list(self.period),
            "kind": self.kind,
            "sha256": sha256(self.text.encode()).hexdigest(),
        }


def with_document(files: Files, document: NewDocument, canaries: Sequence[Canary] = ()) -> dict[str, bytes]:
    """The files with this document in them, instead of an earlier one of the same id."""
    rest = without_document(files, document.id)
    listed = [*_listed(rest), document.entry()]
    return {
        **rest,
        f"sources/{document.file}": document.text.encode(),
        CATALOGUE: _catalogue(listed),
        SEALED: as_sealed([*_canaries(rest), *canaries]),
    }


def without_document(files: Files, identifier: str) -> dict[str, bytes]:
    """The files without this document and its check questions."""
    listed = _listed(files)
    gone = [entry for entry in listed if entry["id"] == identifier]
    if not gone:
        return dict(files)
    left = {name: data for name, data in files.items() if name != f"sources/{gone[0]['origin']}"}
    kept = [canary for canary in _canaries(files) if canary.source != identifier]
    rest = [entry for entry in listed if entry["id"] != identifier]
    left[SEALED] = as_sealed(kept)
    if rest:
        return {**left, CATALOGUE: _catalogue(rest)}
    return {name: data for name, data in left.items() if name not in (CATALOGUE, SEALED)}


def document_ids(files: Files) -> tuple[str, ...]:
    """The added documents, in the order in which they came."""
    return tuple(str(entry["id"]) for entry in _listed(files))


def _listed(files: Files) -> list[dict[str, Any]]:
    return list(yaml.safe_load(files[CATALOGUE].decode())["sources"]) if CATALOGUE in files else []


def _catalogue(entries: Sequence[Mapping[str, Any]]) -> bytes:
    return yaml.safe_dump({"sources": list(entries)}, allow_unicode=True, sort_keys=False).encode()


def _canaries(files: Files) -> list[Canary]:
    if SEALED not in files:
        return []
    return [Canary(**{**one, "holds": tuple(one["holds"])}) for one in json.loads(files[SEALED])]

"""A handed-in file, read: its text, what it says of itself, and, once an editor has said what it is, its passages."""

from __future__ import annotations

import datetime as dt
from dataclasses import asdict
from hashlib import sha256
from importlib import import_module
from typing import Any

from knowledge.errors import KnowledgeError
from knowledge.formats.flags import flags_of
from knowledge.formats.refusal import FileRefused, limits
from knowledge.formats.sniff import SUFFIXES, format_of
from knowledge.formats.suggest import suggestion

# By name: each brings a library that the others do without, and the process that reads lives for one file.
_READERS = {
    "docx": "knowledge.formats.docx",
    "xlsx": "knowledge.formats.xlsx",
    "pdf": "knowledge.formats.pdf",
    "html": "knowledge.formats.html",
    "txt": "knowledge.formats.plain",
}


def prepare(name: str) -> None:
    """Load what a file of this name needs; without a name, what previewing needs."""
    import_module(_READERS.get(SUFFIXES.get(name.rpartition(".")[2].lower(), ""), "knowledge.claims"))


def read_file(name: str, data: bytes) -> dict[str, Any]:
    """``{"format", "text", "flags", "suggestion"}``. Raises FileRefused."""
    if len(data) > limits()["bytes"]:
        raise FileRefused("too_large", len(data), limits()["bytes"])
    kind = format_of(name, data)
    lines = import_module(_READERS[kind]).read(data)
    text = lines.text()
    return {
        "format": kind,
        "text": text,
        "flags": [asdict(flag) for flag in flags_of(text, lines.notes)],
        "suggestion": asdict(suggestion(text)),
    }


def preview(entry: dict[str, Any], text: str) -> dict[str, Any]:
    """``{"passages", "claims"}`` of a text that was read, as the document that ``entry`` says it is.

    :param entry: the fields of ``Source`` but the checksum; ``published`` as ISO 8601.
    :raises FileRefused: when its tables or boxes cannot be read.
    """
    from knowledge.claims import claims
    from knowledge.documents import parse_document
    from knowledge.facts import table_facts
    from knowledge.library import shelved
    from knowledge.records import Source
    from knowledge.statements import statements

    source = Source(
        **{
            **entry,
            "published": dt.date.fromisoformat(entry["published"]),
            "period": tuple(entry["period"]),
            "sha256": sha256(text.encode()).hexdigest(),
        }
    )
    try:
        shelf = shelved([parse_document(source, text)])
    except KnowledgeError as error:
        raise FileRefused("structure", str(error)) from None
    found = claims(statements(shelf.passages), table_facts(shelf.rows))
    return {
        "passages": [
            {"heading": [*p.heading, *([p.label] if p.label else [])], "text": p.text, "kind": p.kind}
            for p in shelf.passages
        ],
        "claims": [asdict(claim) for claim in found],
    }

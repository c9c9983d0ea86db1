"""Catalogue and files → Documents. Everything about a file that can be wrong is refused here, by name."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path
from typing import Any

import yaml

from knowledge.cleaning import Line, clean_lines
from knowledge.errors import (
    CatalogueError,
    ChecksumMismatch,
    EmptyDocument,
    MissingFile,
    UnknownFileType,
    WrongEncoding,
)
from knowledge.records import Source, Span
from knowledge.traced import Traced

FILE_TYPES = (".txt", ".md")
_UTF16 = ("utf-16",)
_CHINESE = ("gb18030", "big5")  # tried in this order; GB18030 covers GBK and GB2312
_CHOICES = {
    "district": ("海曙", "镇海"),
    "kind": ("press", "work_report", "plan"),
    "published_precision": ("day", "month", "year"),
}


@dataclass(frozen=True)
class Document:
    """One source: ``text`` as received and ``clean`` with ``clean[i] == text[offsets[i]]``.

    ``clean`` holds one paragraph, heading or table cell per line. ``captions`` are the photo captions
    that were lifted out of the running text. ``table_titles`` name tables whose title line was lost.
    """

    source: Source
    text: str
    clean: str
    offsets: tuple[int, ...]
    lines: tuple[Line, ...]
    captions: tuple[Traced, ...]
    table_titles: tuple[str, ...] = ()

    def spans(self, start: int, end: int) -> tuple[Span, ...]:
        """The source spans of ``clean[start:end]``; cut out and joined they give it exactly."""
        return Traced(self.clean[start:end], self.offsets[start:end]).pieces()


def read_catalogue(path: Path) -> tuple[tuple[Source, tuple[str, ...]], ...]:
    """The sources listed in ``path`` with their ``table_titles``.

    Raises CatalogueError when the file cannot be read, a field is missing or an id occurs twice.
    """
    try:
        entries = yaml.safe_load(path.read_text(encoding="utf-8"))["sources"]
    except FileNotFoundError as error:
        raise CatalogueError(f"catalogue {path} does not exist: restore sources.yml") from error
    except (yaml.YAMLError, UnicodeDecodeError, KeyError, TypeError) as error:
        raise CatalogueError(f"catalogue {path} is not YAML with a list `sources`: {error}") from error
    listed = tuple((_source(entry, path), tuple(entry.get("table_titles", ()))) for entry in entries)
    for name in ("id", "origin"):
        seen: set[str] = set()
        for source, _ in listed:
            value = getattr(source, name)
            if value in seen:
                raise CatalogueError(f"catalogue {path} lists {name} {value!r} twice: make it unique")
            seen.add(value)
    return listed


def _source(entry: dict[str, Any], path: Path) -> Source:
    fields = ("id", "origin", "title", "publisher", "district", "published", "period", "kind", "sha256")
    missing = [name for name in fields if not entry.get(name)]
    if missing:
        shown = entry.get("id") or entry.get("origin") or entry
        raise CatalogueError(f"catalogue {path}, entry {shown!r}: add {', '.join(missing)}")
    values: dict[str, Any] = {name: entry[name] for name in fields}
    values["published_precision"] = entry.get("published_precision", "day")
    for name, choices in _CHOICES.items():
        if values[name] not in choices:
            raise CatalogueError(
                f"catalogue {path}, entry {entry['id']!r}: {name} is {values[name]!r}, "
                f"use one of {', '.join(choices)}"
            )
    if not isinstance(values["published"], dt.date):
        raise CatalogueError(
            f"catalogue {path}, entry {entry['id']!r}: published is {values['published']!r}, "
            "write it as YYYY-MM-DD"
        )
    first, last = values["period"]
    return Source(**{**values, "period": (int(first), int(last))})


def read_document(source: Source, folder: Path, table_titles: tuple[str, ...] = ()) -> Document:
    """The document of ``source`` in ``folder``; raises a SourceError that names the file and the fix."""
    text = _read_text(source, folder)
    lines, captions = clean_lines(text)
    if not lines:
        raise EmptyDocument(source.origin)
    clean = Traced("", ())
    for line in lines:
        if not line.text:
            continue
        if clean:
            at = text.rindex("\n", 0, line.text.offsets[0])
            clean += Traced.of("\n", at)
        clean += line.text
    return Document(source, text, clean.text, clean.offsets, lines, captions, table_titles)


def _read_text(source: Source, folder: Path) -> str:
    path = folder / source.origin
    if path.suffix.lower() not in FILE_TYPES:
        raise UnknownFileType(source.origin, path.suffix, FILE_TYPES)
    if not path.is_file():
        raise MissingFile(source.origin, str(folder))
    data = path.read_bytes()
    actual = sha256(data).hexdigest()
    if actual != source.sha256:
        raise ChecksumMismatch(source.origin, source.sha256, actual)
    if not data.strip():
        raise EmptyDocument(source.origin)
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise WrongEncoding(source.origin, error.start, _guess_encoding(data)) from error


def _guess_encoding(data: bytes) -> str:
    for name in _UTF16 if data[:2] in (b"\xff\xfe", b"\xfe\xff") else _CHINESE:
        try:
            data.decode(name)
        except UnicodeDecodeError:
            continue
        return name.upper()
    return ""

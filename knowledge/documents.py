"""Catalogue and files → Documents. Everything about a file that can be wrong is refused here, by name."""

from __future__ import annotations

import datetime as dt
from collections import Counter
from collections.abc import Iterable
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
DISTRICTS = ("海曙", "镇海")
KINDS = ("press", "work_report", "plan", "notice")
_FIELDS = ("id", "origin", "title", "publisher", "district", "published", "period", "kind", "sha256")
_ENCODINGS = ("gb18030", "big5", "utf-16")  # GB18030 covers GBK and GB2312
_COMMON = "的一是不了在有和人区區市为為年，。"
_CHOICES = {
    "district": DISTRICTS,
    "kind": KINDS,
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

    Raises CatalogueError when the file cannot be read, a field is missing or wrong, or an id occurs twice.
    """
    try:
        entries = yaml.safe_load(path.read_text(encoding="utf-8"))["sources"]
    except FileNotFoundError as error:
        raise CatalogueError(f"catalogue {path} does not exist: restore sources.yml") from error
    except (yaml.YAMLError, UnicodeDecodeError, KeyError, TypeError) as error:
        raise CatalogueError(f"catalogue {path} is not YAML with a list `sources`: {error}") from error
    if not isinstance(entries, list) or not all(isinstance(entry, dict) for entry in entries):
        raise CatalogueError(f"catalogue {path}: `sources` must be a list of entries with id, origin, …")
    listed = tuple((_source(entry, path), tuple(entry.get("table_titles", ()))) for entry in entries)
    check_unique([source for source, _ in listed], f"catalogue {path}")
    return listed


def check_unique(sources: Iterable[Source], where: str) -> None:
    """Raise CatalogueError when two sources have the same id or origin."""
    listed = tuple(sources)
    for name in ("id", "origin"):
        counts = Counter(getattr(source, name) for source in listed)
        for value in (value for value, count in counts.items() if count > 1):
            raise CatalogueError(f"{where} lists {name} {value!r} twice: make it unique")


def _source(entry: dict[str, Any], path: Path) -> Source:
    where = f"catalogue {path}, entry {entry.get('id') or entry.get('origin')!r}"
    missing = [name for name in _FIELDS if not entry.get(name)]
    if missing:
        raise CatalogueError(f"{where}: add {', '.join(missing)}")
    values: dict[str, Any] = {name: entry[name] for name in _FIELDS}
    values["published_precision"] = entry.get("published_precision", "day")
    for name, choices in _CHOICES.items():
        if values[name] not in choices:
            raise CatalogueError(f"{where}: {name} is {values[name]!r}, use one of {', '.join(choices)}")
    if not isinstance(values["published"], dt.date):
        raise CatalogueError(f"{where}: published is {values['published']!r}, write it as YYYY-MM-DD")
    match values["period"]:
        case [int(first), int(last)] if first <= last:
            return Source(**{**values, "period": (first, last)})
    raise CatalogueError(f"{where}: period is {values['period']!r}, write it as [first year, last year]")


def check_all_listed(folder: Path, sources: Iterable[Source]) -> None:
    """Raise CatalogueError if a file in ``folder`` is in no entry: it would never be answered from."""
    listed = {source.origin for source in sources}
    for path in sorted(folder.glob("*")):
        if path.is_file() and not path.name.startswith(".") and path.name not in listed:
            raise CatalogueError(
                f"source file {path.name!r} is not listed: add an entry to sources.yml or take it out of {folder}"
            )


def read_document(source: Source, folder: Path, table_titles: tuple[str, ...] = ()) -> Document:
    """The document of ``source`` in ``folder``; raises a SourceError that names the file and the fix."""
    return parse_document(source, _read_text(source, folder), table_titles)


def parse_document(source: Source, text: str, table_titles: tuple[str, ...] = ()) -> Document:
    """The document of a text as received. Raises EmptyDocument."""
    lines, captions = clean_lines(text)
    clean = Traced("", ())
    for line in lines:
        if line.text and clean:
            clean += Traced.of(text[line.start - 1], line.start - 1)  # the line break before it
        clean += line.text
    if not clean:
        raise EmptyDocument(source.origin)
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
    """The encoding in which ``data`` reads most like Chinese, "" when in none."""
    best, name = 0, ""
    for candidate in _ENCODINGS:
        try:
            text = data.decode(candidate)
        except UnicodeDecodeError:
            continue
        common = sum(text.count(char) for char in _COMMON)
        if common > best:
            best, name = common, candidate.upper()
    return name

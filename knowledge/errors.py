"""What can go wrong between a received file and its passages.

KnowledgeError
├── CatalogueError      sources.yml itself
├── SourceError         one document: names the file and the fix
│   ├── MissingFile
│   ├── UnknownFileType
│   ├── ChecksumMismatch
│   ├── WrongEncoding
│   └── EmptyDocument
└── StructureError      a table or box that cannot be read as printed
"""

from __future__ import annotations


class KnowledgeError(Exception):
    """Base of every error this folder raises."""


class CatalogueError(KnowledgeError):
    """``sources.yml`` is missing, unreadable or lacks a field."""


class StructureError(KnowledgeError):
    """A table, box or glossary entry does not have the shape its layout promises."""


class SourceError(KnowledgeError):
    """One source document cannot be used."""


class MissingFile(SourceError):
    """A catalogued file is not in the sources folder."""

    def __init__(self, origin: str, folder: str) -> None:
        super().__init__(
            f"source file {origin!r} is not in {folder}: put the file there as received, "
            "or remove its entry from sources.yml"
        )


class UnknownFileType(SourceError):
    """The file's suffix is not one the loader reads."""

    def __init__(self, origin: str, suffix: str, known: tuple[str, ...]) -> None:
        super().__init__(
            f"source file {origin!r} has file type {suffix or 'none'!r}, known are {', '.join(known)}: "
            "export the document as plain text in UTF-8"
        )


class ChecksumMismatch(SourceError):
    """The bytes are not the ones that were catalogued."""

    def __init__(self, origin: str, expected: str, actual: str) -> None:
        super().__init__(
            f"source file {origin!r} has sha256 {actual}, sources.yml says {expected}: restore the file "
            "as received, or, if the new version is wanted, put its sha256 into sources.yml"
        )


class WrongEncoding(SourceError):
    """The bytes are not UTF-8; ``guess`` names the encoding they do decode as, if any."""

    def __init__(self, origin: str, position: int, guess: str) -> None:
        shown = guess or "an encoding that could not be recognised"
        command = f"iconv -f {guess or 'ENCODING'} -t UTF-8 {origin} > converted.txt"
        super().__init__(
            f"source file {origin!r} is not UTF-8 (byte {position}); it looks like {shown}: "
            f"convert it to UTF-8, e.g. `{command}`, and put the new sha256 into sources.yml"
        )


class EmptyDocument(SourceError):
    """The file holds no readable character."""

    def __init__(self, origin: str) -> None:
        super().__init__(
            f"source file {origin!r} has no text: receive the document again, or remove its entry "
            "from sources.yml"
        )

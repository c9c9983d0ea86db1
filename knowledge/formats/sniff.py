"""What a file is, by its name and by its first bytes; both have to agree."""

from __future__ import annotations

from pathlib import PurePosixPath

from knowledge.formats.refusal import FileRefused, limits

SUFFIXES = {"docx": "docx", "xlsx": "xlsx", "pdf": "pdf", "html": "html", "htm": "html", "txt": "txt"}
_MACROS = ("docm", "xlsm", "dotm", "xltm", "xlsb")
_OLD = ("doc", "xls", "ppt", "wps", "et")
_OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_ZIP = b"PK\x03\x04"
_BINARY = (
    b"MZ", b"\x7fELF", b"\x89PNG", b"\xff\xd8\xff", b"GIF8", b"Rar!", b"7z\xbc\xaf", b"\x1f\x8b", b"BZh", b"\xfd7zXZ",
    b"%PDF", _ZIP, b"PK\x05\x06", _OLE, b"SQLite format 3",
)  # fmt: skip


def format_of(name: str, data: bytes) -> str:
    """``docx``, ``xlsx``, ``pdf``, ``html`` or ``txt``.

    :raises FileRefused: for a name that cannot be used, another type, or contents that are something else.
    """
    suffix = _suffix(name)
    if suffix in _MACROS:
        raise FileRefused("macros")
    if suffix in _OLD:
        raise FileRefused("old_format")
    if suffix not in SUFFIXES:
        raise FileRefused("type", suffix or name)
    if not data.strip(b"\0 \t\r\n"):
        raise FileRefused("empty")
    found = SUFFIXES[suffix]
    _compare(found, data)
    return found


def _suffix(name: str) -> str:
    most = limits()["name_chars"]
    odd = [char for char in name if not char.isprintable() or char in '/\\:*?"<>|']
    if not name.strip() or len(name) > most or odd or name.startswith("."):
        raise FileRefused("name", name, most)
    return PurePosixPath(name).suffix.lstrip(".").lower()


def _compare(wanted: str, data: bytes) -> None:
    if wanted in ("docx", "xlsx"):
        if data.startswith(_OLE):  # an office file under a password is wrapped into the old container
            raise FileRefused("encrypted" if "EncryptedPackage".encode("utf-16-le") in data else "old_format")
        if not data.startswith(_ZIP):
            raise FileRefused("magic", wanted)
    elif wanted == "pdf":
        if b"%PDF-" not in data[:1024]:
            raise FileRefused("magic", wanted)
    elif data.startswith(_BINARY):
        raise FileRefused("magic", wanted)

"""Office files are zip files: looked through before anything in them is unpacked."""

from __future__ import annotations

import io
import re
import stat
import zipfile
from collections.abc import Iterator
from xml.etree.ElementTree import Element, ParseError

from defusedxml import ElementTree
from defusedxml.common import DefusedXmlException

from knowledge.formats.refusal import FileRefused, limits

_RATIO_FROM = 1_000_000
_ARCHIVES = re.compile(
    r"\.(zip|rar|7z|gz|bz2|xz|tar|docx|xlsx|pptx|docm|xlsm|jar|exe|dll|bat|js|vbs|ps1)$", re.I
)
_DECLARES = re.compile(rb"<!\s*(DOCTYPE|ENTITY)", re.I)
_FETCHES = ("attachedTemplate", "oleObject", "frame", "subDocument", "externalLinkPath", "package")


class Package:
    """The parts of one office file. Refused at once if anything about it is wrong."""

    def __init__(self, data: bytes, content: str) -> None:
        """``content``: the part that says what it is (``word/document.xml``)."""
        try:
            self._zip = zipfile.ZipFile(io.BytesIO(data))
            self._members = self._zip.infolist()
        except (zipfile.BadZipFile, ValueError, OSError, RecursionError) as error:
            raise FileRefused("broken", type(error).__name__) from None
        self._look_through()
        if content not in self.names:
            raise FileRefused("magic", content.partition("/")[0])
        self._relations()

    @property
    def names(self) -> tuple[str, ...]:
        """All parts."""
        return tuple(member.filename for member in self._members)

    def part(self, name: str) -> Element:
        """The root of an XML part. Raises FileRefused for one that declares entities or is broken."""
        data = self._bytes(name)
        if _DECLARES.search(data) or _DECLARES.search(data.replace(b"\0", b"")):
            raise FileRefused("entities", name)
        try:
            root: Element = ElementTree.fromstring(data, forbid_dtd=True)
        except DefusedXmlException:
            raise FileRefused("entities", name) from None
        except (ParseError, ValueError, LookupError) as error:
            raise FileRefused("broken", f"{name} {type(error).__name__}") from None
        return root

    def _bytes(self, name: str) -> bytes:
        most = limits()["package"]["part"]
        try:
            with self._zip.open(name) as stream:
                data = stream.read(most + 1)
        except (
            zipfile.BadZipFile,
            NotImplementedError,
            RuntimeError,
            OSError,
            EOFError,
            ValueError,
        ) as error:
            raise FileRefused("broken", f"{name} {type(error).__name__}") from None
        except Exception as error:  # noqa: BLE001 - zlib.error and others: the decompressors have no common base
            raise FileRefused("broken", f"{name} {type(error).__name__}") from None
        if len(data) > most:
            raise FileRefused("bomb", name, most)
        return data

    def _look_through(self) -> None:
        most = limits()["package"]
        if len(self._members) > most["members"]:
            raise FileRefused("members", len(self._members), most["members"])
        seen: set[str] = set()
        for member in self._members:
            _check_member(member, most["ratio"])
            if member.filename in seen:
                raise FileRefused("duplicate", member.filename)
            seen.add(member.filename)
        total = sum(member.file_size for member in self._members)
        if total > most["unpacked"]:
            raise FileRefused("bomb", total, most["unpacked"])

    def _relations(self) -> None:
        if any(b"macroEnabled" in self._bytes(name) for name in self.names if name == "[Content_Types].xml"):
            raise FileRefused("macros")
        for name in self.names:
            if name.endswith(".rels"):
                for relation in self.part(name):
                    kind = relation.get("Type", "").rpartition("/")[2]
                    if relation.get("TargetMode") == "External" and kind in _FETCHES:
                        raise FileRefused("external", kind)


def _check_member(member: zipfile.ZipInfo, ratio: int) -> None:
    name = member.filename
    if name.startswith(("/", "\\")) or "\\" in name or ":" in name or ".." in name.split("/"):
        raise FileRefused("path", name)
    if stat.S_ISLNK(member.external_attr >> 16):
        raise FileRefused("symlink", name)
    if member.flag_bits & 1:
        raise FileRefused("encrypted")
    if "vbaproject" in name.lower() or "macrosheets" in name.lower():
        raise FileRefused("macros")
    if _ARCHIVES.search(name) or "/embeddings/" in name or "/activeX/" in name:
        raise FileRefused("nested", name)
    if member.file_size > _RATIO_FROM and member.file_size > ratio * max(1, member.compress_size):
        raise FileRefused("bomb", f"{name} {member.file_size}", f"{ratio} 倍")


def local(element: Element) -> str:
    """The tag without its namespace."""
    return str(element.tag).rpartition("}")[2]


def attribute(element: Element, name: str) -> str:
    """An attribute whatever its namespace."""
    return next((value for key, value in element.attrib.items() if key.rpartition("}")[2] == name), "")


def children(element: Element, name: str) -> Iterator[Element]:
    """Direct children of that tag."""
    return (child for child in element if local(child) == name)

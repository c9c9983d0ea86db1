"""PDF files with a text layer."""

from __future__ import annotations

import io
import logging
import re
from collections import Counter
from typing import Any

from pypdf import PdfReader

from knowledge.formats.lines import Lines, joined
from knowledge.formats.refusal import FileRefused, limits

_ACTIVE = {
    b"/JavaScript": "脚本", b"/JS": "脚本", b"/Launch": "启动程序", b"/EmbeddedFile": "附件", b"/RichMedia": "多媒体",
    b"/XFA": "动态表单", b"/SubmitForm": "提交表单",
}  # fmt: skip
_NAME_ESCAPE = re.compile(rb"#([0-9A-Fa-f]{2})")
_NAME_END = re.compile(rb"[\s/<>\[\]()]")
_PAGE_NUMBER = re.compile(r"[—\-– ]*(?:第 ?)?\d{1,4}(?: ?页)?[—\-– ]*")
_REPEATED = 3  # a line at the head or foot of that many pages is no part of the text


def read(data: bytes) -> Lines:
    """The text of all pages, page heads and numbers left out. Raises FileRefused."""
    _refuse_active(data)
    logging.getLogger("pypdf").setLevel(logging.CRITICAL)
    try:
        reader = PdfReader(io.BytesIO(data))
        if reader.is_encrypted:
            raise FileRefused("encrypted")
        _refuse_catalogue(reader)
        count = len(reader.pages)
        if count > limits()["pages"]:
            raise FileRefused("too_long", f"{count} 页", f"{limits()['pages']} 页")
        pages = [_lines(page.extract_text()) for page in reader.pages]
    except (FileRefused, MemoryError):
        raise
    except Exception as error:  # noqa: BLE001 - pypdf raises whatever a broken file leads it into
        raise FileRefused("broken", type(error).__name__) from None
    lines = Lines()
    for paragraph in joined(line for page in _without_heads(pages) for line in page):
        lines.paragraph(paragraph)
    return lines


def _refuse_active(data: bytes) -> None:
    plain = _NAME_ESCAPE.sub(lambda m: bytes([int(m.group(1), 16)]), data)
    for name, told in _ACTIVE.items():
        if re.search(re.escape(name) + _NAME_END.pattern, plain):
            raise FileRefused("active", told)


def _refuse_catalogue(reader: PdfReader) -> None:
    """The same in what stands compressed: the catalogue's own entries."""
    root: Any = reader.trailer["/Root"].get_object()
    names: Any = root.get("/Names", {}).get_object() if "/Names" in root else {}
    action: Any = root["/OpenAction"].get_object() if "/OpenAction" in root else None
    if "/JavaScript" in names or (
        isinstance(action, dict) and action.get("/S") in ("/JavaScript", "/Launch")
    ):
        raise FileRefused("active", "脚本")
    if "/EmbeddedFiles" in names:
        raise FileRefused("active", "附件")


def _lines(text: str) -> list[str]:
    return [line.strip() for line in text.splitlines() if not _PAGE_NUMBER.fullmatch(line.strip() or "1")]


def _without_heads(pages: list[list[str]]) -> list[list[str]]:
    ends = Counter(line for page in pages for line in {*page[:1], *page[-1:]})
    return [[line for line in page if ends[line] < _REPEATED] for page in pages]

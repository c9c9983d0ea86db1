"""Word files. Only the body's own text: headers, comments and deleted text are not what was published."""

from __future__ import annotations

import re
from collections.abc import Iterator
from xml.etree.ElementTree import Element

from knowledge.formats.lines import Lines
from knowledge.formats.package import Package, attribute, children, local
from knowledge.formats.refusal import FileRefused, limits

_DOCUMENT, _STYLES = "word/document.xml", "word/styles.xml"
_HEADING = re.compile(r"(?:heading|标题)\s*(\d)", re.I)
_WRAPPERS = ("sdt", "sdtContent", "smartTag", "ins", "hyperlink", "r", "fldSimple")


def read(data: bytes) -> Lines:
    """The document's headings, paragraphs and tables in order. Raises FileRefused."""
    package = Package(data, _DOCUMENT)
    styles = _heading_styles(package)
    lines = Lines()
    body = next(children(package.part(_DOCUMENT), "body"), None)
    if body is None:
        raise FileRefused("broken", _DOCUMENT)
    for block in _blocks(body):
        if local(block) == "p":
            level = styles.get(_style(block), 0)
            text = _text(block, lines)
            if level:
                lines.heading(text, level)
            else:
                lines.paragraph(text)
        else:
            lines.table(_rows(block, lines))
    return lines


def _blocks(body: Element) -> Iterator[Element]:
    for child in body:
        if local(child) in ("p", "tbl"):
            yield child
        elif local(child) in ("sdt", "sdtContent"):
            yield from _blocks(child)


def _style(paragraph: Element) -> str:
    for properties in children(paragraph, "pPr"):
        for style in children(properties, "pStyle"):
            return attribute(style, "val")
    return ""


def _heading_styles(package: Package) -> dict[str, int]:
    """Style id → level: by the name that the file gives the style, whatever its id is."""
    if _STYLES not in package.names:
        return {}
    found: dict[str, int] = {}
    for style in children(package.part(_STYLES), "style"):
        name = next((attribute(n, "val") for n in children(style, "name")), "")
        if name.lower() == "title":
            found[attribute(style, "styleId")] = 1
        elif match := _HEADING.match(name):
            found[attribute(style, "styleId")] = int(match.group(1))
    return found


def _text(paragraph: Element, lines: Lines) -> str:
    parts: list[str] = []
    for element in paragraph:
        if local(element) == "r" and _hidden(element):
            lines.note("hidden", _run(element))
        elif local(element) == "r":
            parts.append(_run(element))
        elif local(element) in _WRAPPERS:
            parts.append(_text(element, lines))
    return "".join(parts)


def _run(run: Element) -> str:
    told = {"tab": " ", "br": " ", "noBreakHyphen": "-"}
    return "".join((e.text or "") if local(e) == "t" else told.get(local(e), "") for e in run)


def _hidden(run: Element) -> bool:
    for properties in children(run, "rPr"):
        if any(local(e) in ("vanish", "webHidden") and attribute(e, "val") != "0" for e in properties):
            return True
        if any(local(e) == "color" and attribute(e, "val").upper() == "FFFFFF" for e in properties):
            return True
        if any(local(e) == "sz" and attribute(e, "val") in ("1", "2", "3", "4") for e in properties):
            return True
    return False


def _rows(table: Element, lines: Lines) -> list[list[str]]:
    rows = [
        [" ".join(_text(p, lines) for p in children(cell, "p")) for cell in children(row, "tc")]
        for row in children(table, "tr")
    ]
    if (count := sum(map(len, rows))) > limits()["cells"]:
        raise FileRefused("too_long", f"{count} 个单元格", limits()["cells"])
    return rows

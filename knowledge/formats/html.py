"""Web pages: what a reader sees of them."""

from __future__ import annotations

import re
from collections.abc import Iterator

from bs4 import BeautifulSoup, Tag
from bs4.element import Comment, NavigableString

from knowledge.formats.lines import Lines
from knowledge.formats.plain import decoded
from knowledge.formats.refusal import FileRefused

_DROPPED = (
    "script",
    "style",
    "noscript",
    "template",
    "iframe",
    "object",
    "embed",
    "svg",
    "nav",
    "footer",
    "form",
)
_HIDDEN = re.compile(
    r"display\s*:\s*none|visibility\s*:\s*hidden|font-size\s*:\s*0|opacity\s*:\s*0(?![.\d])", re.I
)
_BLOCKS = (
    "p",
    "div",
    "section",
    "article",
    "main",
    "body",
    "li",
    "td",
    "blockquote",
    "ul",
    "ol",
    "table",
    "tr",
)
_ENTITY = re.compile(r"<!\s*ENTITY|<\?xml-stylesheet", re.I)
_DEPTH = 400


def read(data: bytes) -> Lines:
    """Headings, paragraphs and tables in order. Raises FileRefused."""
    lines = Lines()
    text = decoded(data, lines)
    if _ENTITY.search(text):
        raise FileRefused("entities", "ENTITY")
    try:
        soup = BeautifulSoup(text, "html.parser")
        for tag in soup.find_all(_DROPPED):
            tag.decompose()
        for tag in [tag for tag in soup.find_all(True) if _is_hidden(tag)]:
            if not tag.decomposed:
                lines.note("hidden", tag.get_text(" ", strip=True))
                tag.decompose()
        _walk(soup.body or soup, lines, 0)
    except RecursionError:
        raise FileRefused("broken", "嵌套太深") from None
    return lines


def _is_hidden(tag: Tag) -> bool:
    attributes = tag.attrs or {}
    return bool("hidden" in attributes or _HIDDEN.search(str(attributes.get("style", ""))))


def _walk(tag: Tag, lines: Lines, depth: int) -> None:
    if depth > _DEPTH:
        raise FileRefused("broken", "嵌套太深")
    words: list[str] = []
    for child in tag.children:
        if isinstance(child, Tag) and (child.name in _BLOCKS or re.fullmatch(r"h[1-6]", child.name)):
            _flush(words, lines)
            _block(child, lines, depth)
        elif isinstance(child, Tag):
            if child.find(_BLOCKS):
                _flush(words, lines)
                _walk(child, lines, depth + 1)
            else:
                words.append("\n" if child.name == "br" else child.get_text())
        elif isinstance(child, NavigableString) and not isinstance(child, Comment):
            words.append(re.sub(r"\s+", " ", str(child)))
    _flush(words, lines)


def _block(tag: Tag, lines: Lines, depth: int) -> None:
    if tag.name == "table":
        rows = [
            [cell.get_text(" ", strip=True) for cell in row.find_all(("td", "th"))]
            for row in tag.find_all("tr")
        ]
        lines.table([row for row in rows if row])
    elif re.fullmatch(r"h[1-6]", tag.name):
        lines.heading(tag.get_text(" ", strip=True), int(tag.name[1]))
    else:
        _walk(tag, lines, depth + 1)


def _flush(words: list[str], lines: Lines) -> None:
    for line in _split("".join(words)):
        lines.paragraph(line)
    words.clear()


def _split(text: str) -> Iterator[str]:
    return (line for line in text.split("\n") if line.strip())

"""Text files in UTF-8, UTF-16 with its mark, or GB18030."""

from __future__ import annotations

import re

from knowledge.formats.lines import Lines
from knowledge.formats.refusal import FileRefused

_MARKS = {b"\xff\xfe": "utf-16", b"\xfe\xff": "utf-16", b"\xef\xbb\xbf": "utf-8-sig"}
_COMMON = re.compile("[的一是不了在有和人区市为年，。]")
_CONTROL = re.compile("[\x00-\x08\x0e-\x1f\x7f]")
_READS_SENSIBLY = 0.02  # share of the commonest characters; chance bytes read as GB18030 have almost none


def read(data: bytes) -> Lines:
    """The paragraphs. Raises FileRefused."""
    lines = Lines()
    for line in decoded(data, lines).splitlines():
        heading = re.match(r"(#+) ", line)
        if heading:
            lines.heading(line[heading.end() :], len(heading.group(1)))
        else:
            lines.paragraph(line)
    return lines


def decoded(data: bytes, lines: Lines) -> str:
    """The text, whatever of the known encodings it is in; another one than UTF-8 is noted."""
    mark = next((name for sign, name in _MARKS.items() if data.startswith(sign)), "")
    try:
        text = data.decode(mark or "utf-8")
    except UnicodeDecodeError as error:
        text = _from_gb18030(data, error.start)
        lines.note("encoding", "GB18030")
    if len(_CONTROL.findall(text)) > max(2, len(text) // 1000):
        raise FileRefused("magic", "文本")
    return text


def _from_gb18030(data: bytes, at: int) -> str:
    try:
        text = data.decode("gb18030")
    except UnicodeDecodeError:
        raise FileRefused("encoding", at) from None
    if len(_COMMON.findall(text)) < _READS_SENSIBLY * len(text):
        raise FileRefused("encoding", at)
    return text

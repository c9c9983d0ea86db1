"""Where a sentence ends. Used for cutting passages and, later, for picking the answering sentence."""

from __future__ import annotations

_ENDS = "。！？!?"
_CLOSERS = "”’）)》】」』"


def sentence_ends(text: str) -> tuple[int, ...]:
    """Offsets just behind each sentence of ``text``; the last one is ``len(text)``.

    A full stop inside quotation marks ends nothing, because the sentence around the quotation goes on.

    >>> sentence_ends("甲。“乙。丙。”丁说。")
    (2, 11)
    """
    quoted = text.count("“") == text.count("”")  # unbalanced marks cannot be trusted to close
    ends: list[int] = []
    depth = 0
    for at, char in enumerate(text):
        depth += quoted * ((char == "“") - (char == "”"))
        if char in _ENDS and depth == 0:
            end = at + 1
            while end < len(text) and text[end] in _ENDS + _CLOSERS:
                end += 1
            if not ends or ends[-1] != end:
                ends.append(end)
    if text and (not ends or ends[-1] != len(text)):
        ends.append(len(text))
    return tuple(ends)


def sentences(text: str) -> tuple[str, ...]:
    """``text`` cut into sentences; joined they give ``text`` again.

    >>> sentences("又是一年春暖花开。去年，海曙……")
    ('又是一年春暖花开。', '去年，海曙……')
    """
    ends = sentence_ends(text)
    return tuple(text[start:end] for start, end in zip((0, *ends), ends, strict=False))

"""What the readers hand on: headings, paragraphs and table rows as lines that ``structure`` understands."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

from knowledge.formats.refusal import FileRefused, limits

_INVISIBLE = re.compile(
    "[\u00ad\u200b-\u200f\u202a-\u202e\u2060-\u2064\u2066-\u206f\ufeff\U000e0000-\U000e007f]"
)
_CONTROL = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f]")
_MAJOR = re.compile(r"[一二三四五六七八九十]+、[^。；！？]{2,40}$")
_MINOR = re.compile(r"（[一二三四五六七八九十]+）[^。；！？]{2,40}$")
_LAYOUT = re.compile(r"^(表\d+|专栏\d+)[：:]")  # layouts that only the plan's own tables and boxes have
_MARKDOWN = re.compile(r"^[#>\-*|\s]+")


@dataclass
class Lines:
    """Collects a document. ``notes`` names what an approver should know of."""

    lines: list[str] = field(default_factory=list)
    notes: dict[str, str] = field(default_factory=dict)  # name -> example
    _chars: int = 0

    def heading(self, text: str, level: int = 1) -> None:
        """A heading; level 1 is the highest."""
        if words := self._words(text):
            self._add(f"{'#' * min(max(level, 1), 2)} {words}")

    def paragraph(self, text: str) -> None:
        """Running text, or a heading that only its numbering shows."""
        words = self._words(text)
        if _MAJOR.match(words):
            self._add(f"# {words}")
        elif _MINOR.match(words):
            self._add(f"## {words}")
        elif words:
            self._add(words)

    def table(self, rows: Sequence[Sequence[str]]) -> None:
        """Each row read out: «助餐点：2023年 151个；2024年 187个。»"""
        cleaned = [[self._words(cell) for cell in row] for row in rows]
        filled = [row for row in cleaned if any(row)]
        if len(filled) < 2 or max(len(row) for row in filled) < 2:
            for row in filled:
                self.paragraph(" ".join(cell for cell in row if cell))
            return
        head, *body = filled
        for row in body:
            told = [f"{name} {cell}".strip() for name, cell in zip(head[1:], row[1:], strict=False) if cell]
            if row[0] and told:
                self._add(f"{row[0]}：{'；'.join(told)}。")

    def note(self, name: str, example: str = "") -> None:
        """Something an approver should know of."""
        self.notes.setdefault(name, example[:60])

    def text(self) -> str:
        """The whole document. Raises FileRefused when there is nothing in it."""
        if not any(re.search(r"\w", line) for line in self.lines):
            raise FileRefused("empty")
        return "\n\n".join(self.lines) + "\n"

    def _words(self, text: str) -> str:
        if hidden := _INVISIBLE.findall(text):
            self.note("invisible", f"{len(hidden)} 个看不见的字符")
        plain = _CONTROL.sub("", _INVISIBLE.sub("", text))
        words = re.sub(r"\s+", " ", _MARKDOWN.sub("", plain)).strip()
        return _LAYOUT.sub(r"\1 ", words)

    def _add(self, line: str) -> None:
        most = limits()
        if len(line) > most["paragraph_chars"]:
            raise FileRefused("too_long", f"一段 {len(line)} 字", f"{most['paragraph_chars']} 字")
        self._chars += len(line)
        if self._chars > most["text_chars"]:
            raise FileRefused("too_long", f"{self._chars} 字", f"{most['text_chars']} 字")
        self.lines.append(line)


def joined(lines: Iterable[str]) -> list[str]:
    """Lines of a fixed width (PDF) put together to paragraphs.

    >>> joined(["全区建成老年助餐点一百八十七个，服务", "老人五十二万人次。", "二、医疗"])
    ['全区建成老年助餐点一百八十七个，服务老人五十二万人次。', '二、医疗']
    """
    made: list[str] = []
    stripped = [line.strip() for line in lines]
    width = max((len(line) for line in stripped), default=0)
    open_ = False
    for line in stripped:
        if not line:
            open_ = False
            continue
        if (
            open_
            and made
            and not re.match(r"[一二三四五六七八九十]+、|（[一二三四五六七八九十]+）|第.{1,3}[章节]", line)
        ):
            made[-1] += line
        else:
            made.append(line)
        open_ = len(line) >= 0.75 * width and not re.search(r"[。！？；：]$", line)
    return made

"""专栏 and whole lists: «十大重点开发区块是哪些» gets every item, in order."""

from __future__ import annotations

import re

from actions.answering.state import Draft, Reading, State
from embeddings.retriever import Evidence
from knowledge.normalise import normalise
from knowledge.records import Box
from knowledge.statements import Statement

_WHOLE = re.compile(
    r"哪些|哪几|哪[四五六七八九十]|有什么|有啥|列|全部|名单|清单|几条|几项|几个|几大?类|哪十|分别|都有|都叫|各叫|报一下|报一遍|都报|名字.{0,3}报|念一|说全|which|list|what are"
)
_NOISE = re.compile(
    r"[一二三四五六七八九十]+大|专栏\d*|重大|重点|项目|专项|行动|建设|任务|工程|体系|[的和与、“”]"
)
_NUMBERED = re.compile(r"专栏(\d{1,2})(?!\d)")
_ORDINAL = re.compile(r"第([一二三四五六七八九1-9])(?:个|项|条|类)")
_DIGITS = str.maketrans("一二三四五六七八九", "123456789")
# 哪十个, 十大…有哪些: so many things, neither more nor fewer
_SO_MANY = re.compile(
    r"(?:哪|这|那)([四五六七八九十]{1,2})(?:个|大|项|条|类|样)|(?<!第)([四五六七八九十]{1,2})大"
)
_NUMERALS = {c: i for i, c in enumerate("一二三四五六七八九十", 1)}
_THIS_YEAR = re.compile("今年|去年|前年|明年|当年")  # a count in a year, not a list of the plan
MAX_WHOLE = 320  # a box this short is shown with the text of its items, not only their names
SHORTEST = 3  # characters of an item's name that names it
NAME_SHARE = 0.75
COUNTED_SHARE = 0.5  # the same where question and title name the same number of things


class BoxList:
    """Lists the items of a box that the question names by its title."""

    def __init__(self, boxes: tuple[Box, ...], statements: tuple[Statement, ...]):
        self._boxes = boxes
        self._statement = {s.passage.id: s for s in reversed(statements) if s.passage.kind == "box"}

    def __call__(self, state: State) -> None:
        reading = state.reading
        assert reading is not None
        asked = _WHOLE.search(reading.asked) or reading.followup
        dated = bool(reading.years) or _THIS_YEAR.search(reading.asked) is not None
        how_many = "numeric" in reading.asks and "list" not in reading.asks and dated
        if reading.districts != ("海曙",) or not asked or how_many:
            return
        box = self.find(reading)
        if box is None or len(box.items) < 2 or not _as_many(box, reading):
            return
        evidence = [Evidence(self._statement[p.id], 8.0, 1.0, 1.0, ()) for p in box.passages]
        nth = self._item(box, reading)
        if nth is not None:
            one = [e for e in evidence if e.statement.passage.text.startswith(box.items[nth][0])]
            state.draft = Draft("answered", ["：".join(box.items[nth])], one)
            return
        whole = ["：".join(item) for item in box.items]
        if not _WHOLE.search(reading.asked):
            return
        short = sum(map(len, whole)) > MAX_WHOLE
        names = [name for name, _ in box.items] if short else whole
        lead = f"《专栏{box.number}：{box.title}》共{len(names)}项："
        # A long list is leafed through: its names first, and each item one tap away.
        pages = tuple(f"专栏{box.number}的{name}有什么" for name, text in box.items if text) if short else ()
        state.draft = Draft("answered_list", [numbered(names)], evidence, lead=lead, suggestions=pages)

    def _item(self, box: Box, reading: Reading) -> int | None:
        """The one item that the question is about: named, or counted out (第二个) after a list was given."""
        ordinal = _ORDINAL.search(reading.asked)
        if ordinal and reading.followup:
            nth = int(ordinal.group(1).translate(_DIGITS)) - 1
            return nth if nth < len(box.items) else None
        names = [normalise(name) for name, _ in box.items]
        if reading.followup or _NUMBERED.search(reading.asked):
            said = [i for i, name in enumerate(names) if len(name) >= SHORTEST and name in reading.asked]
            if said:
                return max(said, key=lambda i: len(names[i]))
        alike = [_pairs(name, [reading.asked]) if len(name) > SHORTEST else 0.0 for name in names]
        best = max(range(len(names)), key=alike.__getitem__)
        return best if alike[best] >= NAME_SHARE else None

    def find(self, reading: Reading) -> Box | None:
        """The box whose title the question names nearly whole."""
        if number := _NUMBERED.search(reading.asked):
            return next((box for box in self._boxes if box.number == int(number[1])), None)
        titled = [box for box in self._boxes if normalise(box.title) in reading.text]
        if titled:  # asked by its very title: the longest, since one title may hold another
            return max(titled, key=lambda box: len(box.title))
        scored = [(self._share(box, reading), box) for box in self._boxes]
        share, box = max(scored, key=lambda pair: pair[0])
        if share >= NAME_SHARE and self._holds(box, reading):
            return box
        if share >= COUNTED_SHARE and _count_named(box, reading):
            return box
        return next((box for box in self._boxes if _of_kind(box, reading)), None)

    def _holds(self, box: Box, reading: Reading) -> bool:
        """Nothing known is asked for that the box doesn't speak of."""
        text = normalise(box.title + box.intro + "".join(name + item for name, item in box.items))
        return all(any(w in text for w in (c.surface, *c.words)) for c in reading.strong if c.known)

    def _share(self, box: Box, reading: Reading) -> float:
        title = _NOISE.sub("", normalise(box.title))
        title = title if len(title) > 1 else re.sub("建设|任务", "", normalise(box.title))
        return _pairs(title, [w for c in reading.concepts for w in (c.surface, *c.words)] + [reading.text])


def _pairs(name: str, words: list[str]) -> float:
    """Share of a name's character pairs that stand in any of the words."""
    marked = [any(name[i : i + 2] in w for w in words) for i in range(len(name) - 1)]
    return sum(marked) / len(marked) if marked else 0.0


def numbered(names: list[str]) -> str:
    """1. … 2. … one a line."""
    return "\n".join(f"{i}. {name}" for i, name in enumerate(names, 1))


def _of_kind(box: Box, reading: Reading) -> bool:
    """All the box's items are what the question asks a list of (七大历史文化街区有哪些)."""
    kinds = [c.surface for c in reading.strong if len(c.surface) >= 4]
    names = [normalise(name) for name, _ in box.items]
    return len(names) >= 3 and any(all(name.endswith(kind) for name in names) for kind in kinds)


def _as_many(box: Box, reading: Reading) -> bool:
    """Whether the box has as many items as the question says there are, if it says so."""
    said = [a or b for a, b in _SO_MANY.findall(reading.asked)]
    counts = {_NUMERALS[word] for word in said if word in _NUMERALS}
    title = normalise(box.title)
    return not counts or len(box.items) in counts or any(f"{word}大" in title for word in said)


def _count_named(box: Box, reading: Reading) -> bool:
    """Whether the title has the number that the question asks for (十个区块: 十大重点开发区块)."""
    said = re.findall(r"([四五六七八九十])[个大项条类]", reading.asked)
    return any(f"{word}大" in normalise(box.title) for word in said)

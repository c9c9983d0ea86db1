"""专栏 and whole lists: «十大重点开发区块是哪些» gets every item, in order."""

from __future__ import annotations

import re

from actions.answering.state import Draft, Reading, State
from embeddings.retriever import Evidence
from knowledge.normalise import normalise
from knowledge.records import Box
from knowledge.statements import Statement

_WHOLE = re.compile(
    r"哪些|哪几|哪[四五六七八九十]|有什么|有啥|列|全部|名单|清单|几条|几项|几个|几类|哪十|分别|都有|which|list|what are"
)
_NOISE = re.compile(r"[一二三四五六七八九十]+大|专栏\d*|重大|重点|项目|专项|行动|建设|任务|工程|体系|[的和与、“”]")
NAME_SHARE = 0.75


class BoxList:
    """Lists the items of a box that the question names by its title."""

    def __init__(self, boxes: tuple[Box, ...], statements: tuple[Statement, ...]):
        self._boxes = boxes
        self._statement = {s.passage.id: s for s in reversed(statements) if s.passage.kind == "box"}

    def __call__(self, state: State) -> None:
        reading = state.reading
        assert reading is not None
        if reading.districts != ("海曙",) or not _WHOLE.search(reading.asked):
            return
        box = self.find(reading)
        if box is None or len(box.items) < 2:
            return
        names = [name for name, _ in box.items]
        evidence = [Evidence(self._statement[p.id], 8.0, 1.0, 1.0, ()) for p in box.passages]
        state.draft = Draft(
            "answered_list",
            [numbered(names)],
            evidence,
            lead=f"《专栏{box.number}：{box.title}》共{len(names)}项：",
        )

    def find(self, reading: Reading) -> Box | None:
        """The box whose title the question names nearly whole."""
        scored = [(self._share(box, reading), box) for box in self._boxes]
        share, box = max(scored, key=lambda pair: pair[0])
        return box if share >= NAME_SHARE else None

    def _share(self, box: Box, reading: Reading) -> float:
        title = _NOISE.sub("", normalise(box.title))
        words = [w for c in reading.concepts for w in (c.surface, *c.words)] + [reading.text]
        marked = [any(title[i : i + 2] in w for w in words) for i in range(len(title) - 1)]
        return sum(marked) / len(marked) if marked else 0.0


def numbered(names: list[str]) -> str:
    """1. … 2. … one a line."""
    return "\n".join(f"{i}. {name}" for i, name in enumerate(names, 1))

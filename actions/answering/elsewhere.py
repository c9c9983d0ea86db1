"""Messages that are nearer to what no document answers than to anything the documents say: medicine, verses, other people."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from actions.answering.guard import refusal
from actions.answering.retrieve import written
from actions.answering.state import Reading, State
from knowledge.normalise import normalise

# by how much an example must be nearer than the nearest statement or way of asking for it: less where the documents
# name next to nothing of what the message names
NEARER, NEARER_UNNAMED = 0.02, 0.005
UNNAMED = 0.3
# in English an example is told by its own words: what the dictionary finds of them in the documents names little
NEARER_ENGLISH, ALIKE_ENGLISH = 0.01, 0.86
ACCUSING = 0.915  # likeness from which a message is told that it is misuse
# what the district does is no everyday matter, however much it sounds like one; other people and misuse stay what they are
_EVERYDAY = ("other_service", "medical")
_DISTRICTS_OWN = re.compile(r"区里(?!人)|区政府|规划里|政府(?:工作)?报告")
_SOMEBODY = re.compile(
    r"[我你他她某咱侬伊]|(?<!找)谁(?!来?[管修])|阿拉|邻居|老[公婆]|先生|女士|名单|人家|家属|电话|手机|住址|地址|户主|业主|[爸妈爷奶]|\b(?:my|his|her|who|whose|name|phone)\b"
)  # what is nobody's in particular is no personal data
CLEAR = 0.7  # coverage from which the documents do speak of all that is named
_DECEIT = re.compile(
    r"(?<![婚产病年放请休寒暑])假|[骗偷瞒藏塞刷套黑编毒刀枪炸赌串混躲改洗仿买卖调破查]|挂靠|糊弄|红包|好处|私下|脚本|提示|系统|规[矩定]|fake|cheat|hack|weed|slip"
)
_REFUSALS = {
    "medical": ("refused_other_service", "medical"),
    "other_service": ("refused_other_service", "way_out"),
    "personal": ("refused_personal_data", "way_out"),
    "unsafe": ("refused_unsafe", "way_out"),
}
Vectors = NDArray[np.float32]


class Encoder(Protocol):
    """The part of an encoder that this step needs."""

    def encode_queries(self, texts: Sequence[str]) -> Vectors: ...
    def encode_question(self, text: str) -> tuple[Vectors, Vectors]: ...


class Elsewhere:
    """Refuses with the reason of the nearest example; of ordinary business with an office it only leaves a note.

    :param examples: messages by the group that names the reason (``elsewhere.yml``)
    """

    def __init__(self, examples: Mapping[str, Sequence[str]], encoder: Encoder) -> None:
        self._encoder = encoder
        self._groups = [group for group, texts in examples.items() for _ in texts]
        self._vectors = encoder.encode_queries([normalise(t) for texts in examples.values() for t in texts])

    def __call__(self, state: State) -> None:
        reading = state.reading
        found = [e for e in state.evidence if not e.rejected]
        if state.draft is not None or state.quick or reading is None or reading.followup or not found:
            return
        named = max(e.coverage for e in found)
        if named >= CLEAR and not reading.english:
            return
        nearer = NEARER_UNNAMED if named < UNNAMED else NEARER
        text = reading.text if reading.english else written(reading) or reading.text
        likeness = self._vectors @ self._encoder.encode_question(text)[0]
        nearest, least = int(likeness.argmax()), 0.0
        if reading.english:
            nearer, least = NEARER_ENGLISH, ALIKE_ENGLISH
        if likeness[nearest] >= max(least, max(e.similarity for e in state.evidence) + nearer):
            group = self._groups[nearest]
            if group == "unsafe" and (likeness[nearest] < ACCUSING or _innocent(reading)):
                return
            if group == "personal" and not _SOMEBODY.search(reading.text):
                return
            if group == "unpublished":  # the steps behind this one may have a better reason; see the gate
                state.notes["unpublished"] = True
                return
            if group in _EVERYDAY and _DISTRICTS_OWN.search(reading.text):
                return
            status, way_out = _REFUSALS[group]
            state.draft = refusal(status, way_out, english=reading.english)


def _innocent(reading: Reading) -> bool:
    """A plain question without a word of deceit: 低保标准是多少 only sounds like 怎么骗到低保."""
    return bool(reading.asks & {"numeric", "yesno"}) and not _DECEIT.search(reading.text)

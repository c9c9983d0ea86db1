"""Where something is: the part of a message that names a place.

Out of a first message only what is surely a place is taken; an answer to "where" is taken as it stands.
"""

from __future__ import annotations

import re

from actions.dialogue.told import find_since, plain, without_verb
from knowledge.places import SPOTS, TOWNS

_NUMBER = r"(?:\d{1,4}|[一二三四五六七八九十]{1,3})"
_UNIT = rf"{_NUMBER}(?:[-－—]\d{{1,4}}){{0,2}}(?:号楼|号线|号(?!码|晚|早|上午|下午|开始|那天)|幢|栋|弄|单元|室|楼(?!上|下|道|顶|梯)|层|组)"
# Some endings of names are also the beginning of other words: 路灯, 村里, 街上.
_ENDING = (
    r"(?:街道|镇|乡(?!下)|社区|新村|小区|花园|家园|公寓|苑|佳苑|名邸|华庭|大厦|广场|菜场|菜市场|市场|公园|小学|中学|学校|"
    r"幼儿园|医院|卫生院|车站|公交站|地铁站|工业区|路口|大道|高架|隧道|"
    r"(?<!村)村(?!里|民|干)|路(?!灯|面|上|边|很|不|太|被|坏|中|堵|政|过|人)|街(?!上|边|坊|面)|巷(?!子)|桥(?!上|下|面))"
)
_NEAR = r"(?:的)?(?:村口|村头|正?门口|大门口?|[东南西北]门|旁边|旁|边上|附近|对面|路口|楼下|楼上|后面|前面|入口|出口|地下车库|车库|那边|这边|那里|这里|一带)"
_SHORT = r"[一-鿿A-Za-z]"
# A name of one's own before the ending: no 我们小区, and nothing that belongs to the sentence around it.
_NAME = rf"(?:(?![我咱你他她它这那本哪某该在是的了到把被从和有就去往说要])[一-鿿A-Za-z]){{2,6}}?{_ENDING}"
_START = rf"(?:(?:{'|'.join(TOWNS)})(?:街道|镇|乡)?|(?:{'|'.join(SPOTS)}))"
_MORE = rf"(?:{_SHORT}{{0,5}}?{_ENDING}|{_SHORT}{{0,6}}?{_UNIT}|{_NEAR})"
_BEFORE = r"(?:^|(?<=[，,。；;：: 在是到从住]))"
_PLACE = re.compile(rf"(?:{_START}|{_BEFORE}(?:{_NAME}|{_SHORT}{{2,6}}?(?=\d+[弄号幢栋]){_UNIT})){_MORE}*")
_PLACE_EN = re.compile(
    r"\b(?:in|at|near|on|outside|behind|opposite)\s+((?:the\s+)?(?:No\.?\s*\d+\s+)?[A-Z0-9][\w'-]*(?:[ ,]+(?:[A-Z0-9][\w'-]*|of|the|and))*)"
)
_TAIL = re.compile(r"(?:这边|那边|那里|这里|一带)?(?:的|吧|啊|呢|呀)?$")
_LEAD = re.compile(
    r"^(?:(?:就)?(?:是|在)|地址(?:是|在)?|地点(?:是|在)?|位置(?:是|在)?|我(?:们)?(?:家)?(?:住)?在|哦|嗯|额|好的?)[，,:： ]*|^(?:it'?s|it is|at|in|near)\s+(?=\S)",
    re.IGNORECASE,
)
_SHARED = 3  # characters that a more exact place repeats of the old one
_EDGES = " ，,。.!！?？~、;；:："
_UNIT_ONLY = re.compile(rf"(?:{_UNIT})+(?:{_NEAR})?")
_TOWN_ONLY = re.compile(rf"(?:海曙区?)?(?:{'|'.join(TOWNS)})(?:街道|镇|乡)?")


def find_place(text: str) -> str:
    """The place that a message surely names; empty when there is none.

    >>> find_place("洞桥镇沙港村3组的水管爆了"), find_place("我们小区路灯坏了"), find_place("沙港村村口的灯不亮")
    ('洞桥镇沙港村3组', '', '沙港村村口')
    """
    found = _PLACE.search(without_verb(plain(text))) or _PLACE_EN.search(text)
    return as_place(found.group(found.lastindex or 0)) if found else ""


def since_beside_place(text: str) -> str:
    """The words that say since when, outside the place: the 3号 of a house is no day.

    >>> since_beside_place("永寿街3号"), since_beside_place("永寿街3号从昨天开始停水")
    ('', '从昨天开始')
    """
    return find_since(plain(text).replace(find_place(text) or "\0", "，"))


def as_place(text: str) -> str:
    """An answer to "where", without the words around it.

    >>> as_place("就是古林那边的")
    '古林'
    """
    answer = plain(text).strip(_EDGES)
    for _ in range(2):
        answer = _LEAD.sub("", answer).strip(_EDGES)
    return _TAIL.sub("", answer).strip(_EDGES) or answer


def is_town_only(place: str) -> bool:
    """Whether a place is a whole town or street and so too wide to send somebody to."""
    return bool(_TOWN_ONLY.fullmatch(place))


def joined(place: str, more: str) -> str:
    """A wide place made narrower by a second answer that may repeat the first."""
    return more if place in more else f"{place}{' ' if place.isascii() else ''}{more}"


def corrected_place(old: str, new: str) -> str:
    """``old`` with what ``new`` says otherwise: only the number where ``new`` is only a number.

    >>> corrected_place("白云街道安丰小区7幢旁边", "9幢")
    '白云街道安丰小区9幢旁边'
    >>> corrected_place("古林镇薛家村", "薛家村西头")
    '古林镇薛家村西头'
    """
    if not _UNIT_ONLY.fullmatch(new):
        shared = next(
            (n for n in range(min(len(old), len(new)), _SHARED - 1, -1) if old.endswith(new[:n])), 0
        )
        return old[: len(old) - shared] + new if shared else new
    kinds = {"号楼": "幢栋", "幢": "号楼栋", "栋": "幢号楼"}
    kind = "号楼" if "号楼" in new else new.rstrip("旁边对面门口附近")[-1:]
    same = [
        match
        for match in re.finditer(_UNIT, old)
        if re.search(rf"[{kind}{kinds.get(kind, '')}]", match.group())
    ]
    if same:
        return old[: same[-1].start()] + new + old[same[-1].end() :]
    return f"{old}{new}"

"""What a resident tells in one message: the matters, in what mood, and since when.

told = tell("我要投诉，小区垃圾三天没人收，还有门口的灯也不亮")
told.matters   # ("小区垃圾三天没人收", "门口的灯也不亮")
told.since     # "三天"
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from actions.dialogue.phrases import has, within
from knowledge.normalise import simplified

MAX_MATTERS = 3
_NARROW = {ord("０") + i: str(i) for i in range(10)}
_EDGES = " ，,。.!！?？~、;；:："
_COUNT = r"(?:\d{1,3}|[一二两三四五六七八九十]{1,3}|好几|好多|几|半)"
_SPAN = rf"{_COUNT}(?:多)?(?:个)?(?:多)?(?:小时|钟头|天|日|周|星期|礼拜|月|年)(?:多)?"
_DAY = (
    r"(?:\d{1,2}|[一二三四五六七八九十]{1,3})月(?:\d{1,2}|[一二三四五六七八九十]{1,3})?[号日]?|"
    r"(?:上|这|本)(?:个)?(?:周|星期|礼拜|月)(?:[一二三四五六日天初底末])?|(?:前|昨|今|当)[天日晚早](?:早上|上午|中午|下午|晚上|夜里|凌晨)?|"
    r"\d{1,2}[号日](?!楼|线|码|门|\d)(?:早上|上午|中午|下午|晚上|夜里|凌晨)?|(?:早上|上午|中午|下午|傍晚|晚上|凌晨|半夜|夜里)(?:[一二两三四五六七八九十\d]{1,3}点(?:半|多|钟)?)?(?=开始|起|以后)|国庆|中秋|春节|元旦|五一|去年|年初|月初"
)
_SINCE = re.compile(
    rf"(?:从|自从|打)?(?:{_DAY})(?:\d{{1,2}}[号日])?(?:开始|起|以后|以来|到现在|就)?|(?:快|都|已经|有|大概|差不多)*({_SPAN})(?:了|没|都|不|一直|还)|({_SPAN})(?:前|以前|以来)?(?:$|[，,。 ])|"
    r"\bfor (?:about |over |more than )?((?:a|an|one|two|three|four|five|six|several|\d+) (?:hours?|days?|weeks?|months?|years?))|"
    r"\b(?:since [A-Za-z0-9 ]{2,20}|yesterday|last (?:night|week|month|monday|tuesday|wednesday|thursday|friday|saturday|sunday))\b",
    re.IGNORECASE,
)
_GREETING = (
    r"(?:你好|您好|喂|嗨|hi|hello|等等|等一下|等下|那个|请问|麻烦(?:你|您)?|不好意思|在吗|师傅|同志|客服)"
)
_OPENING = re.compile(
    rf"^(?:{_GREETING}[啊呀，,。!！ ]*)*(?:(?:我|我们|俺|阿拉)?(?:想|要|想要|得|来|必须)?(?:再)?(?:投诉|举报|反映|报修|申报|上报|登记|报个?修|说|报|提)(?:一下|下|个|一个|你们)?(?:问题|事情|事|情况|故障|意见|建议)?|"
    r"(?:请|帮我|给我|麻烦)(?:帮我)?(?:登记|报修|反映|投诉|处理)(?:一下|下)?|i (?:want|would like|wish|need) to (?:report|complain about|complain|file)(?: (?:that|a complaint|an issue|a problem|something|about))*)(?:[，,。：:；! ]+|$)",
    re.IGNORECASE,
)
_VERB_BEFORE = re.compile(
    r"^(?:(?:我|我们)?(?:想|要|想要)(?:投诉|举报|反映)(?:一下|下)?|i (?:want|would like) to (?:report|complain about)(?: that)?)(?=.{4,})\s*",
    re.IGNORECASE,
)
_ASKING = re.compile(
    r"[，,。；;!！ ]*(?:(?:这个?|这种?事|请问)?(?:跟谁|找谁|向谁|谁(?:来)?管|归谁管|哪个部门管|能不能|能|可以|可不可以|怎么|如何|去哪里?|在哪里?)(?:说|讲|反映|投诉|举报|报修|管|处理|解决|办)?(?:一下)?(?:吗|么|呢|啊|呀)?|怎么办(?:啊|呀|呢)?|你们管不管|有没有人管|我?(?:要|想)(?:投诉|举报|反映|报修)|请(?:尽快)?处理(?:一下)?|麻烦处理(?:一下)?|(?:can|where can|how can|who can) i (?:report|complain|tell)[a-z ]*|谢谢)[?？!！。~]*$",
    re.IGNORECASE,
)
_CONTACT = re.compile(
    r"[，,。；; ]*(?:(?:我的?|联系|请打|可以打|打)?(?:联系)?(?:电话|手机|手机号|号码|联系方式|phone|number)?(?:号码?)?(?:就?是|：|:|is)?[ ]*)?[〔](?:手机号|电话)[〕][，,。；; ]*",
    re.IGNORECASE,
)
# «器材坏了，路面也塌了»: two things; «…，物业也不管» is still the first.
_ALSO = re.compile(
    r"[，,；;](?=(?!物业|居委|社区|村里|城管|你们|他们|政府|部门|大家|我|谁|没人|一直)[^，,。；;]{1,8}也[^，,。；;]+$)"
)
_NUMBERED = re.compile(r"(?:^|[，,。；; ])(?:[1-3][、.．)）]|[一二三]是|第[一二三][，,、是]?|[①②③])\s*")


@dataclass(frozen=True)
class Told:
    """What a message says about matters, and how."""

    matters: tuple[str, ...] = ()
    angry: bool = False
    repeated: bool = False


def plain(text: str) -> str:
    """Simplified characters and narrow digits; punctuation and case stay as typed."""
    return simplified(text).translate(_NARROW)


def tell(text: str) -> Told:
    """Read a message as a report."""
    return Told(matters(text), has("angry", text), has("repeated", text))


def find_since(text: str) -> str:
    """The words that say since when; empty when there are none.

    >>> find_since("灯不亮都五天了"), find_since("下水道从上个月20号开始堵")
    ('五天', '从上个月20号开始')
    """
    found = _SINCE.search(plain(text))
    if not found:
        return ""
    return next((part for part in found.groups() if part), found.group()).strip(_EDGES)


def matters(text: str) -> tuple[str, ...]:
    """The matters of a message in the resident's words; none when it only announces one.

    >>> matters("您好，我要反映个问题")
    ()
    """
    parts = _split(without_contact(plain(text)))
    if sum(has("trouble", part) for part in parts) < 2 or not all(has("trouble", part) for part in parts):
        parts = [without_contact(plain(text))]
    cleaned = (_clean(part) for part in parts)
    return tuple(part for part in cleaned if part)[:MAX_MATTERS]


def announces(text: str) -> bool:
    """Whether a message opens as a report does.

    >>> announces("我要投诉，路灯坏了"), announces("路灯坏了的那个路口")
    (True, False)
    """
    return bool(_OPENING.match(plain(text)))


def without_contact(text: str) -> str:
    """The message without the masked number and the words that introduce it."""
    return _CONTACT.sub("，", text).strip(_EDGES)


def _split(text: str) -> list[str]:
    numbered = [part for part in _NUMBERED.split(text) if part.strip(_EDGES)]
    parts = numbered if len(numbered) > 1 else within("more").split(text)
    if len(parts) == 1:
        parts = _ALSO.split(text)
    return [part for part in parts if len(part.strip(_EDGES)) > 1]


def _clean(part: str) -> str:
    """Without greeting, announcement, closing question, and what was said about help on its way."""
    clauses = re.split(r"(?<=[。；;！!？?])", part)
    part = "".join(clause for clause in clauses if not has("calm", clause) or has("who_to_tell", clause))
    previous = ""
    while part != previous:
        previous = part
        part = _OPENING.sub("", part).strip(_EDGES)
        part = _ASKING.sub("", part).strip(_EDGES)
    part = without_verb(part)
    return part if len(part) > 1 else ""


def without_verb(text: str) -> str:
    """The message without a leading "I want to report"."""
    return _VERB_BEFORE.sub("", text).strip(_EDGES)

"""One spelling for what people type, so that the classifier needs fewer examples of each."""

from __future__ import annotations

import re
import unicodedata

# Masked by the gateway, or raw in training data: what kind of number it is says more than its digits.
_TICKET = re.compile(r"(?<![a-z])[a-z]{1,4}\d{6,}")
_PHONE = re.compile(r"(?<!\d)(?:1[3-9]\d[ -]?\d{4}[ -]?\d{4}|0\d{2,3}-?\d{7,8})(?!\d)|〔手机号〕|〔电话〕")
_BARE_TICKET = re.compile(r"\d{6,}(?:-\d+)?")
_REPEATED = re.compile(r"(.)\1{2,}")

# Ningbo words and the standard ones. Order matters: the longer before its part.
_SPOKEN = tuple(
    (re.compile(pattern), standard)
    for pattern, standard in (
        (r"(?<![步砍杀讨])伐", "吗"),
        (r"[勿弗]要|覅", "不要"),
        (r"[勿弗]", "不"),
        (r"阿拉", "我们"),
        (r"侬", "你"),
        (r"您", "你"),
        (r"伊拉", "他们"),
        (r"啥辰光|啥时候|几时", "什么时候"),
        (r"辰光", "时间"),
        (r"为啥", "为什么"),
        (r"啥人", "谁"),
        (r"啥", "什么"),
        (r"咋样", "怎么样"),
        (r"咋|哪能", "怎么"),
        (r"几钿", "多少钱"),
        (r"钞票", "钱"),
        (r"几多", "多少"),
        (r"交关", "非常"),
        (r"介许多", "这么多"),
        (r"屋里厢|屋里", "家里"),
        (r"晓得", "知道"),
        (r"事体", "事情"),
        (r"呒没|呒", "没有"),
        (r"哉(?=$|[,。!])", "了"),
        (r"一眼也", "一点也"),
        (r"快眼", "快点"),
        (r"葛末", "那么"),
        (r"([上下这每])趟", r"\1次"),
        (r"明朝", "明天"),
        (r"今朝", "今天"),
        (r"夜到", "晚上"),
        (r"阿姆", "妈妈"),
        (r"阿爸", "爸爸"),
        (r"闲话", "话"),
        (r"木佬佬", "很多"),
    )
)


def canonical(text: str) -> str:
    """``text`` as the classifier sees it; never shown.

    >>> canonical("侬晓得助餐点有几多伐？？？？")
    '你知道助餐点有多少吗??'
    """
    text = unicodedata.normalize("NFKC", text).lower().strip()
    text = _PHONE.sub(
        "手机号码", _TICKET.sub("工单号", text)
    )  # a ticket's digits may look like a telephone's
    text = _BARE_TICKET.sub("工单号", text)
    for pattern, standard in _SPOKEN:
        text = pattern.sub(standard, text)
    return _REPEATED.sub(r"\1\1", text)

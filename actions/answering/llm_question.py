"""What is taken out of a text before a language model reads it: numbers of persons, names, house numbers, links."""

from __future__ import annotations

import re

import rjieba

from actions.privacy import mask
from knowledge.places import SPOTS, TOWNS

_LINK = re.compile(
    r"(?:https?://|www\.)[^\s，。；）]+|\b[\w-]+\.(?:com|cn|net|org|gov)\b[^\s，。；）]*|\S+@\S+", re.I
)
_HOME = re.compile(r"\d+\s*(?:号楼|号|弄|室|栋|幢|单元|组)")
# A surname's usual length is no proof of a name, the words before it are.
_SAID = re.compile(
    r"(?:我叫|我名字|姓名|名字|名叫|本人)(?:是|叫|[:：])?\s*(?P<name>[一-鿿]{2,4}?)(?=[，,。；;、！!？?\s]|$)"
)
_BYLINE = re.compile(r"(?P<kept>记者|通讯员|书记|区长|市长|镇长)[ \u3000]+[一-鿿]{2,3}(?=[\s，。、]|$)")
_KNOWN = re.compile("|".join((*TOWNS, *SPOTS, "海曙", "镇海", "宁波", "[镇乡村街道路桥港区]$")))
_SURNAME = re.compile(
    "[王李张刘陈杨黄赵吴周徐孙马朱胡郭何林罗郑梁谢宋唐许韩冯邓曹彭曾肖田董袁潘蒋蔡余杜叶程苏魏吕丁任沈姚卢姜崔钟谭陆汪范"
    "金石廖贾夏韦付傅方白邹孟熊秦邱江尹薛闫段雷侯龙史陶黎贺顾毛郝龚邵万钱严武戴莫孔向汤应俞]|欧阳|司马|上官|诸葛"
)
NAME, HOME, LINK = "〔姓名〕", "〔门牌〕", "〔网址〕"


def anonymous(question: str) -> str:
    """A resident's message without anything that tells who they are; too much goes rather than too little.

    >>> anonymous("我叫王小明，电话13800001234，住月湖街道3号楼，助餐点有几个")
    '我叫〔姓名〕，电话〔手机号〕，住月湖街道〔门牌〕，助餐点有几个'
    """
    text = _HOME.sub(HOME, without_contacts(question))
    text = _SAID.sub(lambda found: found.group().replace(found.group("name"), NAME), text)
    return "".join(NAME if _is_name(word, sort) else word for word, sort in rjieba.tag(text))


def without_contacts(text: str) -> str:
    """A published sentence without links, numbers of persons, and the names in bylines."""
    return _BYLINE.sub(rf"\g<kept>{NAME}", mask(_LINK.sub(LINK, text)))


def _is_name(word: str, sort: str) -> bool:
    return sort.startswith("nr") and len(word) > 1 and bool(_SURNAME.match(word)) and not _KNOWN.search(word)

"""Takes phone, identity card and bank card numbers out of a text before it reaches Rasa, a log or a model.

Works on what people really type: full-width digits, spaces and hyphens between groups, zero-width
characters, and numbers spelled 一三八…. Public short numbers (81890, 119, 12345), years and amounts stay.
"""

from __future__ import annotations

import datetime as dt
import re
import unicodedata
from collections.abc import Callable
from dataclasses import dataclass, field

# Between groups; never a line break: table cells stand one per line.
_MARKS = r"[ \t\u3000.·,，、;；:：/／|｜~～+()（）\[\]【】<>《》\-‐-―－ー−_*]{1,3}"
_JOINTS = r"[ ，,、]?(?:然后|接着|再|后面|中间|前面|最后|加上?|空格|杠|点)(?:是|又是|来|接)?[ ，,：:]?"
_GAP = rf"(?:{_MARKS}|{_JOINTS})"
_SPOKEN = str.maketrans("〇零幺一二三四五六七八九壹贰叁肆伍陆柒捌玖", "001123456789123456789")
_WIDE = str.maketrans("Ｘｘ＋", "Xx+")
_SPOKEN_WIDE = _SPOKEN | _WIDE
_CARD_WORDS = ("身份证", "证件号", "身份号")
_BANK_WORDS = ("银行卡", "卡号", "账号", "账户")
_PHONE_WORDS = ("电话", "手机", "座机", "号码", "联系", "打我", "致电", "tel")
_UNITS = r"(?!\s*(?:元|亿|万元|平方|公顷|%))"
_LISTED = re.compile(r"[、，,;；(（]")
_DIGIT = re.compile(r"\d")
_SHORTEST = 8  # digits that a number has at least before any rule looks at it
_COUNTED = re.compile(r"\s*[年元亿万平公%个家人户件张条次处亩米吨名座所辆例项]")


@dataclass(frozen=True)
class _Rule:
    pattern: re.Pattern[str]
    token: str
    check: Callable[[re.Match[str]], bool]


def _digits(match: re.Match[str]) -> str:
    return re.sub(r"[^0-9Xx]", "", match.group("n"))


def _always(_: re.Match[str]) -> bool:
    return True


def _no_list(match: re.Match[str]) -> bool:
    """137、1235、1460家 are three amounts; 138 0013 8000家里 is a number and a home."""
    return not (_LISTED.search(match.group("n")) and _COUNTED.match(match.string, match.end()))


def _near(match: re.Match[str], words: tuple[str, ...]) -> bool:
    before = match.string[max(0, match.start() - 10) : match.start()].lower()
    return any(word in before for word in words)


def _is_date(year: int, month: int, day: int) -> bool:
    try:
        return dt.date(1880, 1, 1) <= dt.date(year, month, day) <= dt.date.today()
    except ValueError:
        return False


def _is_identity_card(match: re.Match[str]) -> bool:
    """GB 11643: province, birth date and the mod 11-2 check digit; a slip in the last digit is caught
    when the text itself says that an identity number follows."""
    number = _digits(match).upper()
    if not 11 <= int(number[:2]) <= 83:
        return False
    if len(number) == 15:
        birth = (1900 + int(number[6:8]), int(number[8:10]), int(number[10:12]))
        return _is_date(*birth) and _near(match, _CARD_WORDS)
    if not _is_date(int(number[6:10]), int(number[10:12]), int(number[12:14])):
        return False
    remainder = sum(int(d) << (17 - i) for i, d in enumerate(number[:17])) % 11
    return "10X98765432"[remainder] == number[17] or _near(match, _CARD_WORDS)


def _is_bank_card(match: re.Match[str]) -> bool:
    """Luhn's check digit, unless the text itself says that a card number follows."""
    total = 0
    for i, digit in enumerate(reversed(_digits(match))):
        value = int(digit) * (1 + i % 2)
        total += value - 9 if value > 9 else value
    return total % 10 == 0 or _near(match, _BANK_WORDS)


def _rule(body: str, token: str, check: Callable[[re.Match[str]], bool] = _always) -> _Rule:
    return _Rule(re.compile(rf"(?<!\d)(?<!\d\.)(?P<n>{body})(?!\d)"), token, check)


def _spaced(count: int) -> str:
    return rf"(?:{_GAP}\d){{{count}}}"


_SKIP = rf"(?:{_GAP})?"
_COUNTRY = rf"(?:(?:\+|00)?86{_SKIP})?"
_IDENTITY, _BANK, _MOBILE, _PHONE = "〔身份证号〕", "〔银行卡号〕", "〔手机号〕", "〔电话〕"
_RULES = (
    _rule(rf"[1-9]\d{{5}}{_SKIP}\d{{4}}{_SKIP}\d{{4}}{_SKIP}\d{{3}}[\dXx]", _IDENTITY, _is_identity_card),
    _rule(rf"[1-9]{_spaced(16)}{_GAP}[\dXx]", _IDENTITY, _is_identity_card),
    _rule(r"[1-9]\d{14}", _IDENTITY, _is_identity_card),
    _rule(rf"(?:62|4\d|5[1-5])\d{{2}}(?:{_SKIP}\d{{4}}){{3}}(?:{_SKIP}\d{{1,3}})?", _BANK, _is_bank_card),
    _rule(rf"[4-6]{_GAP}\d(?:{_GAP}\d){{14,17}}", _BANK, _is_bank_card),
    _rule(rf"{_COUNTRY}1[3-9]\d{{9}}{_UNITS}", _MOBILE),
    _rule(rf"{_COUNTRY}1[3-9]\d{_GAP}\d{{4}}{_SKIP}\d{{4}}", _MOBILE, _no_list),
    _rule(rf"{_COUNTRY}1[3-9]\d{{5}}{_GAP}\d{{4}}", _MOBILE, _no_list),
    _rule(rf"{_COUNTRY}1[3-9]\d{{2}}{_GAP}\d{{3}}{_GAP}\d{{4}}", _MOBILE, _no_list),
    _rule(rf"{_COUNTRY}1{_GAP}[3-9]{_spaced(9)}", _MOBILE),
    _rule(rf"[(（]?0\d{{2,3}}[)）]?{_SKIP}[2-8]\d{{2,3}}{_SKIP}\d{{4}}{_UNITS}", _PHONE),
    _rule(rf"[2-8]\d{{3}}{_SKIP}\d{{4}}{_UNITS}", _PHONE, lambda match: _near(match, _PHONE_WORDS)),
)


def _fold(text: str, spoken: bool) -> tuple[str, list[int]]:
    """Plain digits without invisible characters, and where each character stood in ``text``."""
    chars: list[str] = []
    places: list[int] = []
    table = _SPOKEN_WIDE if spoken else _WIDE
    for place, char in enumerate(text):
        if unicodedata.category(char) in ("Cf", "Mn", "Me"):
            continue
        chars.append(str(unicodedata.decimal(char)) if char.isdecimal() else char.translate(table))
        places.append(place)
    return "".join(chars), places


@dataclass
class Masked:
    """A text without personal numbers, and the phone numbers that were in it (digits only)."""

    text: str
    phones: list[str] = field(default_factory=list)


def _mask_once(masked: Masked, rule: _Rule, folded: str, places: list[int]) -> bool:
    """Whether anything was taken out."""
    found = [match for match in rule.pattern.finditer(folded) if rule.check(match)]
    for match in reversed(found):
        start, end = places[match.start("n")], places[match.end("n") - 1] + 1
        masked.text = masked.text[:start] + rule.token + masked.text[end:]
    if rule.token in (_MOBILE, _PHONE):
        masked.phones += [re.sub(r"\D", "", match.group("n")) for match in found]
    return bool(found)


def take(text: str) -> Masked:
    """Like ``mask``, and gives the phone numbers to who may seal them.

    >>> take("打我138-0000-1234")
    Masked(text='打我〔手机号〕', phones=['13800001234'])
    """
    masked = Masked(text)
    # Spoken digits in a second round: 「唯一13800001234」 must not turn into a twelve-digit number.
    for spoken in (False, True):
        folded, places = _fold(masked.text, spoken)
        if len(_DIGIT.findall(folded)) < _SHORTEST:  # as in nearly all messages
            continue
        for rule in _RULES:
            if _mask_once(masked, rule, folded, places):
                folded, places = _fold(masked.text, spoken)
    return masked


def mask(text: str) -> str:
    """Replace personal numbers by what they are.

    >>> mask("我电话138 0000 1234，打81890没人接")
    '我电话〔手机号〕，打81890没人接'
    """
    return take(text).text

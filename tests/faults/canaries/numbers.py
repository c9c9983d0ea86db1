"""Invented personal data, and the ways in which people write it down when they want it to be seen and not found.

    canaries(2000, seed)[0]      # Canary(kind="phone", form="spoken", digits="13800001234", written="幺三八零…")

Every one is made up: the check digits are right, so that a rule that looks at them has no way out.
"""

from __future__ import annotations

import random
from collections.abc import Callable
from dataclasses import dataclass

AREAS = ("330203", "330212", "110105", "440106", "320102")
BANKS = (("62", 19), ("62", 16), ("4", 16), ("51", 16))
STREETS = ("望春街道春城花园", "白云街道安丰小区", "洞桥镇沙港村", "集士港镇丰成村")
HIDDEN = ("\u200b", "\u200d", "\u2060", "\ufeff", "\u00ad")
WORDS = ("然后", "再", "接着", "后面是", "，中间是", "、")
WIDE = str.maketrans("0123456789Xx", "０１２３４５６７８９Ｘｘ")
MATHS = str.maketrans({str(digit): chr(0x1D7CE + digit) for digit in range(10)})
SPOKEN = str.maketrans("0123456789", "零一二三四五六七八九")
CALLED = str.maketrans("0123456789", "〇幺二三四五六七八九")
FORMAL = str.maketrans("0123456789", "零壹贰叁肆伍陆柒捌玖")
Write = Callable[[str, tuple[str, ...], random.Random], str]


@dataclass(frozen=True)
class Canary:
    """One of them.

    :param kind: "phone", "identity", "bank" or "address"
    :param form: "plain", or how it is disguised
    :param digits: what must never be found; of an address its words
    :param written: as it is typed
    """

    kind: str
    form: str
    digits: str
    written: str

    @property
    def plain(self) -> bool:
        """Whether it is written as everybody would."""
        return self.form == "plain"


FORMS: dict[str, Write] = {
    "wide": lambda text, _, __: text.translate(WIDE),
    "mathematical": lambda text, _, __: text.translate(MATHS),
    "grouped": lambda _, groups, __: " ".join(groups),
    "spaced": lambda text, _, __: " ".join(text),
    "hidden": lambda text, _, chance: chance.choice(HIDDEN).join(text),
    "hyphens": lambda _, groups, chance: chance.choice("-－–—_").join(groups),
    "dots": lambda _, groups, chance: chance.choice((".", "·", "/", "~", " - ", "、", "|")).join(groups),
    "brackets": lambda _, groups, __: f"{groups[0]}（{groups[1]}）{''.join(groups[2:])}",
    "spoken": lambda text, _, __: text.translate(SPOKEN),
    "called": lambda text, _, __: text.translate(CALLED),
    "formal": lambda text, _, __: text.translate(FORMAL),
    "mixed": lambda text, _, chance: "".join(
        digit.translate(chance.choice((SPOKEN, WIDE, {}))) for digit in text
    ),
    "keycaps": lambda text, _, __: "".join(
        f"{digit}\ufe0f\u20e3" if digit.isdigit() else digit for digit in text
    ),
    "words": lambda _, groups, chance: chance.choice(WORDS).join(groups),
    "spoken groups": lambda _, groups, __: "，".join(group.translate(SPOKEN) for group in groups),
}


def canaries(count: int, seed: int) -> tuple[Canary, ...]:
    """``count`` different ones, a third of them plain; the same for a seed."""
    chance, found = random.Random(seed), dict[str, Canary]()
    while len(found) < count:
        canary = _canary(len(found), chance)
        found.setdefault(canary.digits, canary)
    return tuple(found.values())


def phone(chance: random.Random) -> str:
    """A mobile number."""
    return f"1{chance.choice('3456789')}{chance.randrange(10**9):09d}"


def identity(chance: random.Random) -> str:
    """An identity card number, GB 11643."""
    born = f"{chance.randrange(1940, 2019)}{chance.randrange(1, 13):02d}{chance.randrange(1, 29):02d}"
    body = f"{chance.choice(AREAS)}{born}{chance.randrange(1000):03d}"
    total = sum(int(digit) * pow(2, 17 - place, 11) for place, digit in enumerate(body))
    return body + "10X98765432"[total % 11]


def bank(chance: random.Random) -> str:
    """A bank card number with Luhn's check digit."""
    head, length = chance.choice(BANKS)
    body = head + "".join(chance.choices("0123456789", k=length - len(head) - 1))
    doubled = [int(digit) * (2 - place % 2) for place, digit in enumerate(reversed(body))]
    return body + str(-sum(value // 10 + value % 10 for value in doubled) % 10)


def _canary(number: int, chance: random.Random) -> Canary:
    kind = chance.choices(("phone", "identity", "bank", "address"), (45, 30, 15, 10))[0]
    if kind == "address":
        home = (
            f"{chance.choice(STREETS)}{number}幢{chance.randrange(1, 5)}单元{chance.randrange(101, 3300)}室"
        )
        return Canary(kind, "plain", home, home)
    digits = {"phone": phone, "identity": identity, "bank": bank}[kind](chance)
    if chance.random() < 1 / 3:
        return Canary(kind, "plain", digits, digits)
    form = chance.choice(list(FORMS))
    return Canary(kind, form, digits, FORMS[form](digits, _groups(kind, digits), chance))


def _groups(kind: str, digits: str) -> tuple[str, ...]:
    if kind == "identity":
        return digits[:6], digits[6:14], digits[14:]
    if kind == "phone":
        return digits[:3], digits[3:7], digits[7:]
    return tuple(digits[at : at + 4] for at in range(0, len(digits), 4))

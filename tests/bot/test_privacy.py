"""Masking: what must go, in the ways people write it, and what must stay."""

import random
from pathlib import Path

import pytest

from actions.privacy import mask

SOURCES = sorted(Path("knowledge/sources").glob("*.txt"))
WIDE = str.maketrans("0123456789", "０１２３４５６７８９")
SPOKEN = str.maketrans("0123456789", "零一二三四五六七八九")


def mobile(rng):
    return "1" + rng.choice("3456789") + "".join(rng.choice("0123456789") for _ in range(9))


def identity(rng):
    number = f"{rng.choice(['330203', '110105', '440106'])}{rng.randrange(1940, 2019)}{rng.randrange(1, 13):02}{rng.randrange(1, 29):02}{rng.randrange(1000):03}"
    total = sum(int(d) * (2 ** (17 - i) % 11) for i, d in enumerate(number))
    return number + "10X98765432"[total % 11]


def test_two_thousand_numbers_plain_and_disguised():
    rng = random.Random(81890)
    leaked = []
    for _ in range(500):
        phone, card = mobile(rng), identity(rng)
        forms = [
            phone,
            phone.translate(WIDE),
            f"{phone[:3]} {phone[3:7]} {phone[7:]}",
            f"+86-{phone[:3]}-{phone[3:7]}-{phone[7:]}",
            "\u200b".join(phone),
            " ".join(phone),
            phone.translate(SPOKEN),
            f"0574-{rng.randrange(20000000, 89999999)}",
            card,
            card.lower().translate(WIDE),
            f"{card[:6]} {card[6:14]} {card[14:]}",
        ]
        for form in forms:
            masked = mask(f"我叫张三，{form}，请回电")
            if (
                "〔" not in masked
                or any(char.isdigit() for char in masked)
                or not masked.endswith("，请回电")
            ):
                leaked.append(form)
    assert leaked == []


@pytest.mark.parametrize(
    ("text", "masked"),
    [
        ("打13800001234或者13900001234找我", "打〔手机号〕或者〔手机号〕找我"),
        ("唯一13800001234", "唯一〔手机号〕"),
        ("身份证是11010519491231002X。", "身份证是〔身份证号〕。"),
        ("身份证110105491231002", "身份证〔身份证号〕"),
        ("座机(0574)8712-3456", "座机〔电话〕"),
        ("电话87123456", "电话〔电话〕"),
        ("卡号 6222021234567890123", "卡号 〔银行卡号〕"),
        ("4111 1111 1111 1111", "〔银行卡号〕"),
    ],
)
def test_written_forms(text, masked):
    assert mask(text) == masked


@pytest.mark.parametrize(
    "text",
    [
        "打81890没人接，119、120、110、12345、96345也试过",
        "2020年实现地区生产总值1235亿元",
        "13800001234元的项目",
        "甬政发〔2020〕18号，编号330203201",
        "从2015年到2025年，2020-2025",
        "15 16 17 18 19 20 21",
        "一二三四五六七",
        "273个，73万人次，95%以上，5.79人",
        "20201231100000123",
        "北纬29.87，东经121.55",
    ],
)
def test_what_is_not_personal_stays(text):
    assert mask(text) == text


@pytest.mark.parametrize("path", SOURCES, ids=lambda path: path.name[:3])
def test_the_published_documents_hold_nothing_to_mask(path):
    text = path.read_text("utf-8")
    assert mask(text) == text
    flat = " ".join(text.split())
    assert mask(flat) == flat


def test_masking_twice_changes_nothing():
    once = mask("13800001234 11010519491231002X 0574-87123456")
    assert mask(once) == once

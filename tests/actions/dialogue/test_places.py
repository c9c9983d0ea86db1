"""Places in messages, and places as answers."""

from __future__ import annotations

import pytest

from actions.dialogue.places import as_place, corrected_place, find_place, is_town_only, joined


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("白云街道安丰小区7幢电梯老是坏", "白云街道安丰小区7幢"),
        ("在新典路66弄5号门口有人占道", "新典路66弄5号门口"),
        ("洞桥镇沙港村3组的水管爆了", "洞桥镇沙港村3组"),
        ("横街镇菜场门口污水横流", "横街镇菜场门口"),
        ("古林路灯坏了", "古林"),
        ("我要投诉文昌小区的物业", "文昌小区"),
        ("石碶街道东方苑小区3号楼二单元", "石碶街道东方苑小区3号楼二单元"),
        ("street light out near Liuting Street", "Liuting Street"),
    ],
)
def test_a_place_is_found_whole_and_alone(text: str, expected: str) -> None:
    assert find_place(text) == expected


@pytest.mark.parametrize(
    "text", ["我们小区路灯坏了", "楼道的灯不亮", "这条路太窄", "邻居太吵", "物业不管", "the lift is broken"]
)
def test_no_place_is_no_place(text: str) -> None:
    assert find_place(text) == ""


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("就是古林那边的", "古林"),
        ("地址是蓝天路口", "蓝天路口"),
        ("我家住在永寿街。", "永寿街"),
        ("在村口的桥边", "村口的桥边"),
    ],
)
def test_an_answer_loses_only_the_words_around_it(text: str, expected: str) -> None:
    assert as_place(text) == expected


def test_a_town_alone_is_too_wide() -> None:
    assert is_town_only("集士港镇")
    assert is_town_only("石碶街道")
    assert not is_town_only("集士港镇翁家桥村")
    assert joined("集士港镇", "翁家桥村") == "集士港镇翁家桥村"
    assert joined("集士港", "集士港翁家桥村") == "集士港翁家桥村"


@pytest.mark.parametrize(
    ("old", "new", "expected"),
    [
        ("安丰小区7幢旁边", "9幢", "安丰小区9幢旁边"),
        ("安丰小区7幢", "9号楼", "安丰小区9号楼"),
        ("安丰小区", "9幢", "安丰小区9幢"),
        ("联丰路88弄5号", "66弄", "联丰路66弄5号"),
        ("古林镇", "高桥镇", "高桥镇"),
    ],
)
def test_a_corrected_number_changes_only_the_number(old: str, new: str, expected: str) -> None:
    assert corrected_place(old, new) == expected

"""Boxes: the whole list in order, one item when one is named, and nothing from a box nobody asked for."""

from __future__ import annotations

import re

import pytest

from actions.answering.boxes import BoxList, numbered
from actions.answering.pipeline import check
from actions.answering.resolve import Resolve
from actions.answering.state import Draft
from knowledge.library import Library
from knowledge.records import Box
from knowledge.statements import Statement
from tests.actions.answering.making import asked

LISTS = (
    "十大重点开发区块是哪些",
    "重大项目建设任务有哪些",
)
OVERSHADOWED = (5, 14, 15)  # the numbers of boxes that another one is taken for; see the test below


@pytest.fixture(scope="module")
def boxes(documents: Library, cut: tuple[Statement, ...]) -> BoxList:
    return BoxList(documents.boxes, cut)


def draft(boxes: BoxList, resolve: Resolve, text: str, *history: str) -> Draft | None:
    state = asked(resolve, text, *history)
    boxes(state)
    return state.draft


def listed(boxes: BoxList, resolve: Resolve, box: Box) -> bool:
    """Whether the box's title brings all of its items in order."""
    answer = draft(boxes, resolve, f"{box.title}包括哪些")
    if answer is None or answer.status != "answered_list":
        return False
    places = [answer.claims[0].find(name) for name, _ in box.items]
    return -1 not in places and places == sorted(places)


def test_every_box_is_listed_by_its_title_whole_and_in_order(
    boxes: BoxList, resolve: Resolve, documents: Library
) -> None:
    several = [box for box in documents.boxes if len(box.items) > 1 and box.number not in OVERSHADOWED]
    assert len(several) >= 12
    assert [box.title for box in several if not listed(boxes, resolve, box)] == []


@pytest.mark.parametrize("number", OVERSHADOWED)
def test_a_box_is_not_overshadowed_by_one_with_a_commoner_title(
    boxes: BoxList, resolve: Resolve, documents: Library, number: int
) -> None:
    assert listed(boxes, resolve, next(box for box in documents.boxes if box.number == number))


@pytest.mark.parametrize("text", LISTS)
def test_a_list_says_how_many_and_numbers_them(boxes: BoxList, resolve: Resolve, text: str) -> None:
    answer = draft(boxes, resolve, text)
    assert answer is not None
    count = re.search(r"共(\d+)项：$", answer.lead)
    assert count is not None
    assert answer.claims[0].count("\n") + 1 == int(count[1]) > 2
    assert answer.claims[0].startswith("1. ")


def test_a_list_passes_the_verifier_and_rests_on_the_box(boxes: BoxList, resolve: Resolve) -> None:
    for text in LISTS:
        answer = draft(boxes, resolve, text)
        assert answer is not None
        assert check(answer) == []
        assert {e.statement.passage.kind for e in answer.evidence} == {"box"}


@pytest.mark.parametrize(
    "text",
    ["养老机构有多少家", "十大重点开发区块", "镇海十大重点开发区块是哪些", "名单在哪里看", "六稳是哪六稳"],
)
def test_no_list_where_none_is_asked_for_or_named(boxes: BoxList, resolve: Resolve, text: str) -> None:
    assert draft(boxes, resolve, text) is None


def test_after_a_list_one_item_can_be_asked_for_by_its_number(
    boxes: BoxList, resolve: Resolve, documents: Library
) -> None:
    box = next(b for b in documents.boxes if "重点开发区块" in b.title)
    answer = draft(boxes, resolve, "第二个是什么", "十大重点开发区块是哪些")
    assert answer is not None
    assert answer.status == "answered"
    assert answer.claims == ["：".join(box.items[1])]
    assert answer.evidence[0].statement.passage.text.startswith(box.items[1][0])


def test_numbering() -> None:
    assert numbered(["甲", "乙"]) == "1. 甲\n2. 乙"
    assert numbered([]) == ""


def test_a_long_list_is_leafed_through_item_by_item(
    boxes: BoxList, resolve: Resolve, documents: Library
) -> None:
    leafed = 0
    for box in documents.boxes:
        whole = draft(boxes, resolve, f"专栏{box.number}有哪些") if len(box.items) > 1 else None
        for suggestion in whole.suggestions if whole else ():
            name = suggestion.removeprefix(f"专栏{box.number}的").removesuffix("有什么")
            for history in ((), (f"专栏{box.number}有哪些",)):
                page = draft(boxes, resolve, suggestion, *history)
                assert page is not None, suggestion
                assert page.status == "answered", suggestion
                assert page.claims == ["：".join(next(item for item in box.items if item[0] == name))]
            leafed += 1
    assert leafed >= 30

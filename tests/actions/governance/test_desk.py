"""A document's way: handed in, described, approved by somebody else, published; taken back, withdrawn."""

from __future__ import annotations

import pytest

from actions.answering.answer import Question
from actions.governance.described import described
from actions.governance.errors import NotAllowed, NotFound, Unusable
from knowledge.formats.refusal import FileRefused
from tests.actions.governance.conftest import HE, LIN, SAID, Editing
from tests.actions.governance.making import REPORT
from tests.faults.documents.hostile import ORDERS, ZHENHAI


def handed(editing: Editing, text: str = REPORT, **said: object) -> int:
    number = editing.desk.hand_in(LIN, "通报.txt", text.encode())
    editing.desk.documents.describe(LIN, number, {**SAID, **said})
    return number


def says(editing: Editing, word: str) -> str:
    return editing.current.answer(Question(word)).text


def test_a_document_is_published_by_a_second_person_and_can_be_taken_back(editing: Editing) -> None:
    number = handed(editing)
    with pytest.raises(NotAllowed, match="另一位知识编辑"):
        editing.desk.approve(LIN, number, seen=True)
    made = editing.ended(editing.desk.approve(HE, number, seen=False))
    assert (made["step"], made["message"]) == ("done", "1 个核对问题都答对了")
    assert "187" in says(editing, "助餐点")
    found = editing.desk.documents.get(number)
    assert (found.state, found.decided_name, found.source) == ("published", "何管", f"upload-{number}")
    editing.desk.rollback(HE)
    assert "187" not in says(editing, "助餐点")
    assert editing.desk.documents.get(number).state == "withdrawn"
    editing.desk.rollback(HE)
    assert editing.desk.documents.get(number).state == "published"
    ended = editing.ended(editing.desk.withdraw(HE, number, "数字有误"))
    assert ended["step"] == "done"
    assert "187" not in says(editing, "助餐点")
    assert editing.desk.documents.get(number).reason == "数字有误"
    kinds = editing.kinds()
    assert kinds[:4] == [
        "document_handed_in",
        "document_described",
        "knowledge_publish",
        "document_published",
    ]
    assert {"knowledge_rollback", "document_withdrawn", "knowledge_withdraw"} <= set(kinds)
    assert not editing.acts.verify().findings


def test_the_quarantine_is_empty_afterwards_also_after_a_refusal(editing: Editing) -> None:
    handed(editing)
    with pytest.raises(FileRefused, match="不是 pdf"):
        editing.desk.hand_in(LIN, "a.pdf", b"PK\x03\x04")
    assert list((editing.folder / "quarantine").iterdir()) == []
    assert len(editing.desk.documents.newest()) == 1


def test_a_preview_shows_passages_numbers_and_contradictions(editing: Editing) -> None:
    text = "2020年海曙区通报\n\n# 一、养老\n\n2020年累计建成居家养老服务机构280个。\n"
    number = handed(editing, text, published="2021-02-01", period=["2020", "2020"])
    found = editing.desk.preview(number)
    assert found.passages[-1]["heading"] == ["一、养老"]
    assert [(c["known_value"], c["value"], c["source"]) for c in found.conflicts] == [
        ("273个", "280个", "page")
    ]


def test_another_districts_document_can_only_be_used_as_such(editing: Editing) -> None:
    number = editing.desk.hand_in(LIN, "镇海.txt", ZHENHAI.encode())
    with pytest.raises(Unusable, match="只能标明镇海"):
        editing.desk.documents.describe(LIN, number, SAID)
    editing.desk.documents.describe(LIN, number, {**SAID, "district": "镇海", "checks": []})
    editing.ended(editing.desk.approve(HE, number, seen=False))
    assert editing.current.served.library.documents[f"upload-{number}"].source.district == "镇海"


def test_orders_to_the_machine_have_to_be_seen_by_who_approves(editing: Editing) -> None:
    number = handed(editing, f"{REPORT}\n{ORDERS}\n")
    with pytest.raises(NotAllowed, match="instructions"):
        editing.desk.approve(HE, number, seen=False)
    assert editing.ended(editing.desk.approve(HE, number, seen=True))["step"] == "done"


def test_a_wrong_check_question_publishes_nothing_and_can_be_mended(editing: Editing) -> None:
    number = handed(editing, checks=[{"question": "助餐点", "holds": ["188"]}])
    ended = editing.ended(editing.desk.approve(HE, number, seen=False))
    assert ended["step"] == "failed"
    assert "188" in ended["message"]
    assert editing.desk.documents.get(number).state == "described"
    editing.desk.documents.describe(LIN, number, SAID)
    assert editing.ended(editing.desk.approve(HE, number, seen=False))["step"] == "done"


def test_who_describes_a_document_stands_for_it(editing: Editing) -> None:
    number = handed(editing)
    editing.desk.documents.describe(HE, number, SAID)
    with pytest.raises(NotAllowed, match="另一位知识编辑"):
        editing.desk.approve(HE, number, seen=True)


def test_what_is_not_allowed_says_why(editing: Editing) -> None:
    number = editing.desk.hand_in(LIN, "通报.txt", REPORT.encode())
    with pytest.raises(NotAllowed, match="先写明"):
        editing.desk.preview(number)
    with pytest.raises(NotAllowed, match="现在是 draft"):
        editing.desk.approve(HE, number, seen=True)
    with pytest.raises(NotAllowed, match="没有发布"):
        editing.desk.withdraw(HE, number, "")
    with pytest.raises(NotFound):
        editing.desk.documents.get(99)
    editing.desk.documents.refuse(HE, number, "重复")
    with pytest.raises(NotAllowed, match="现在是 refused"):
        editing.desk.documents.describe(LIN, number, SAID)


def test_personal_numbers_are_flagged(editing: Editing) -> None:
    number = editing.desk.hand_in(LIN, "通报.txt", f"{REPORT}\n联系人手机 13800138000。\n".encode())
    assert "personal" in [flag["name"] for flag in editing.desk.documents.get(number).flags]


@pytest.mark.parametrize(
    ("change", "match"),
    [
        ({"title": ""}, "title"),
        ({"publisher": "局" * 50}, "publisher"),
        ({"district": "鄞州"}, "只收 海曙、镇海"),
        ({"published": "去年"}, "published"),
        ({"published": "1024-01-01"}, "2000"),
        ({"period": ["2024"]}, "period"),
        ({"period": ["2025", "2024"]}, "period"),
        ({"checks": [{"question": "问", "holds": []}]}, "核对问题"),
        ({"checks": [{}] * 6}, "checks"),
    ],
)
def test_what_an_editor_says_is_checked(change: dict, match: str) -> None:
    with pytest.raises(Unusable, match=match):
        described({**SAID, **change}, [], "海曙")


def test_a_publication_that_was_cut_off_says_so(editing: Editing) -> None:
    began = editing.desk.publications.begin(HE, "publish", "upload-1")
    editing.desk.publications.interrupted()
    assert editing.desk.publications.get(began)["step"] == "failed"


def test_channels_are_switched_off_with_a_reason_and_on_again(editing: Editing) -> None:
    with pytest.raises(Unusable, match="写明原因"):
        editing.switches.turn(HE, "web", True, "")
    with pytest.raises(Unusable, match="没有渠道"):
        editing.switches.turn(HE, "fax", True, "演练")
    editing.switches.turn(HE, "web", True, "演练")
    editing.switches.turn(HE, "*", True, "演练")
    assert editing.switches.off() == ("*", "web")
    editing.switches.turn(HE, "*", False, "")
    assert editing.switches.off() == ("web",)
    assert editing.kinds() == ["bot_off", "bot_off", "bot_on"]

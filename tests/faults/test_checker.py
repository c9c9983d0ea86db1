"""The judge itself: a clean run passes, and every single thing that may go wrong is found."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import pytest

from actions.dialogue.heard import Heard
from actions.dialogue.steps import begin
from actions.settings import Settings
from tests.faults.checker import Entry, check, counted
from tests.faults.conditions import FROZEN_SECONDS
from tests.faults.history import Call, Matter
from tests.faults.killer import PROCESSES, moments
from tests.faults.run import wanted

LAMP = Matter(1, "第1盏路灯不亮", "春城花园1幢", "13800000001", place_first=False)
BIN = Matter(2, "第2个垃圾桶满了没人收", "安丰小区2幢", "", place_first=True)
FIRST = Entry("HS-261122-00001", "111111", LAMP.problem, LAMP.place, LAMP.phone, 100.0)
SECOND = Entry("HS-261122-00002", "222222", BIN.problem, BIN.place, "", 100.0)


def said(matter: Matter, text: str, aim: str = "file") -> Call:
    return Call("c0", matter.number, aim, "c0-1", "对", "ok", 200, text, 101.0, 102.0)


def receipt(matter: Matter, entry: Entry) -> Call:
    return said(matter, f"登记好了。工单号 {entry.number}，查询码 {entry.code}。由城管办理。")


def read(matter: Matter, entry: Entry) -> Call:
    return said(matter, f"工单 {entry.number}「{entry.problem}」：已派单", aim="read")


CALLS = (receipt(LAMP, FIRST), receipt(BIN, SECOND), read(LAMP, FIRST), read(BIN, SECOND))


def kinds(calls: tuple[Call, ...] = CALLS, ledger: tuple[Entry, ...] = (FIRST, SECOND)) -> set[str]:
    return {finding.kind for finding in check((LAMP, BIN), calls, ledger)}


def test_a_clean_run_has_no_findings() -> None:
    assert kinds() == set()
    assert counted([]).startswith("lost 0, duplicated 0, false confirmation 0")


def test_a_ticket_that_is_gone_was_lost_and_falsely_confirmed() -> None:
    assert kinds(ledger=(FIRST,)) == {"lost", "false confirmation", "unreadable"}


def test_a_second_ticket_for_one_matter() -> None:
    assert kinds(ledger=(FIRST, SECOND, replace(FIRST, number="HS-261122-00003"))) == {"duplicated"}


def test_a_ticket_of_which_nobody_was_told() -> None:
    assert kinds(calls=CALLS[1:]) == {"lost"}


@pytest.mark.parametrize(
    "doctor",
    [
        lambda entry: replace(entry, problem="路灯"),
        lambda entry: replace(entry, phone="13800000002"),
        lambda entry: replace(entry, phone=""),
        lambda entry: replace(entry, code="999999"),
    ],
)
def test_a_doctored_ticket(doctor: Callable[[Entry], Entry]) -> None:
    assert "wrong" in kinds(ledger=(doctor(FIRST), SECOND))


def test_a_ticket_at_a_place_that_nobody_named() -> None:
    assert {"stray", "lost", "wrong"} <= kinds(ledger=(replace(FIRST, place="别处"), SECOND))


def test_a_claim_without_a_number() -> None:
    assert kinds((*CALLS, said(LAMP, "好的，登记好了。"))) == {"false confirmation"}


def test_a_number_that_another_resident_should_hear() -> None:
    assert kinds((*CALLS, receipt(LAMP, SECOND))) == {"wrong"}


def test_not_filed_said_of_a_ticket_that_was_filed() -> None:
    assert kinds((*CALLS, said(LAMP, "您的消息没有登记成任何诉求。"))) == {"false denial"}


def test_not_knowing_is_no_denial() -> None:
    unsure = "抱歉，刚才那句话我没能得到回复，也没法确定有没有登记成。请过一会儿发「查工单」看看"
    assert kinds((*CALLS, said(LAMP, unsure))) == set()


def test_a_read_back_of_something_else() -> None:
    right = f"我记下的是：\n事情：{LAMP.problem}\n地点：{LAMP.place}\n电话：138****0001\n这样登记，对吗？"
    assert kinds((*CALLS, said(LAMP, right))) == set()
    assert kinds((*CALLS, said(LAMP, right.replace(LAMP.place, LAMP.opening)))) == {"misheard"}
    assert kinds((*CALLS, said(LAMP, right.replace("0001", "0002")))) == {"misheard"}


def test_a_failed_attempt_that_asks_for_another_yes_claims_nothing() -> None:
    failed = "抱歉，刚才没能确认登记成功。请过一会儿再回一次「对」，不会重复登记"
    assert kinds((*CALLS, said(LAMP, failed))) == set()


def test_a_ticket_that_cannot_be_read() -> None:
    assert kinds(calls=CALLS[:3]) == {"unreadable"}


def test_a_reply_that_never_arrived_claims_nothing() -> None:
    unheard = replace(said(LAMP, "ReadTimeout"), outcome="unknown", status=0)
    assert kinds((*CALLS, unheard)) == set()


def test_the_matters_differ_and_are_taken_down_to_the_letter() -> None:
    matters = wanted(200, 5)
    assert len({m.place for m in matters}) == len({m.problem for m in matters}) == 200
    for matter in matters:
        draft = begin(Heard(matter.opening), "d").draft
        assert draft.place == (matter.place if matter.place_first else "")
        assert draft.problem == matter.problem


def test_a_freeze_outlasts_the_lock_on_a_dialogue() -> None:
    assert Settings(_env_file=None).lock_lifetime < FROZEN_SECONDS


def test_the_moments_are_the_same_for_a_seed_and_all_come_before_the_end() -> None:
    plan = moments(7, 5, 700)
    assert plan == moments(7, 5, 700) != moments(8, 5, 700)
    assert [m.answered for m in plan] == sorted(m.answered for m in plan)
    assert plan[-1].answered < 700 * 0.9
    assert {name: sum(m.process == name for m in plan) for name in PROCESSES} == dict.fromkeys(PROCESSES, 5)

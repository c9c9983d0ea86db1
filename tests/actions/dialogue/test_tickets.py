"""Status, urging, withdrawing and rating in the dialogue, on the real ledger."""

from __future__ import annotations

import pytest

from actions.dialogue.ticket_words import added, number_and_code, score_of
from actions.tickets.office import Office
from actions.tickets.records import Actor, Receipt, Report
from tests.actions.dialogue.conftest import SESSION, Conversation

LI = Actor("李岚", "operator")


def file(office: Office, problem: str = "路灯不亮", session: str = SESSION) -> Receipt:
    return office.reception.file(
        Report(problem=problem, place="村口", session=session), key=f"k/{problem}/{session}"
    )


def finish(office: Office, number: str) -> None:
    started = office.casework.start(number, office.register.get(number).version, LI)
    office.casework.close(number, started.version, LI, "灯泡已换")


async def ask(talk: Conversation, text: str, intent: str = "check_ticket", **more: str) -> list[str]:
    return await talk.says("action_ticket", text, intent=intent, **more)


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("查 HS-261122-48371，查询码 002718", ("HS-261122-48371", "002718")),
        ("hs261122 48371 002718", ("HS-261122-48371", "002718")),
        ("查询码002718 单号261122-48371", ("HS-261122-48371", "002718")),
        ("我上个月报的那件事", ("", "")),
        ("2025年的目标", ("", "")),
    ],
)
def test_numbers_and_codes_are_found(text: str, found: tuple[str, str]) -> None:
    assert number_and_code(text) == found


async def test_the_own_tickets_are_shown_without_a_code(talk: Conversation, office: Office) -> None:
    file(office, "路灯不亮")
    file(office, "垃圾没人收")
    messages = await talk.run("action_ticket", "我的工单怎么样了", intent="check_ticket")
    assert [m["matter"] for m in messages] == ["垃圾没人收", "路灯不亮"]
    assert [m["response"] for m in messages] == ["utter_ticket_state_unassigned", "utter_ticket_state"]


async def test_without_tickets_the_number_is_asked_for_and_then_taken(
    talk: Conversation, office: Office
) -> None:
    receipt = file(office, session="another")
    assert await ask(talk, "催一下我的工单", "urge_ticket") == ["utter_ticket_number_needed"]
    assert await talk.says("action_answer", f"{receipt.number} {receipt.code}", intent="inform") == [
        "utter_urged"
    ]
    assert office.register.get(receipt.number).urged == 1


@pytest.mark.parametrize("text", ["{number} 查询码 {wrong}", "HS-261122-00000 查询码 {code}"])
async def test_a_wrong_number_or_code_reveals_nothing(talk: Conversation, office: Office, text: str) -> None:
    receipt = file(office, session="another")
    wrong = "111111" if receipt.code != "111111" else "222222"
    words = text.format(number=receipt.number, code=receipt.code, wrong=wrong)
    (message,) = await talk.run("action_ticket", words, intent="check_ticket")
    assert message["response"] == "utter_ticket_not_found"
    assert "matter" not in message


async def test_guessing_codes_is_stopped(talk: Conversation, office: Office) -> None:
    receipt = file(office, session="another")
    said = [
        (await ask(talk, f"{receipt.number} 查询码 {code:06d}"))[0]
        for code in range(20)
        if f"{code:06d}" != receipt.code
    ]
    assert said[-1] == "utter_ticket_closed_for_now"


async def test_urging_counts_each_message_once(talk: Conversation, office: Office) -> None:
    receipt = file(office)
    for id_ in ("m1", "m1", "m2"):
        assert await ask(talk, "快点催一下", "urge_ticket", id_=id_) == ["utter_urged"]
    assert office.register.get(receipt.number).urged == 2


async def test_with_several_tickets_it_asks_which(talk: Conversation, office: Office) -> None:
    first = file(office, "路灯不亮")
    file(office, "垃圾没人收")
    assert (await ask(talk, "催办", "urge_ticket"))[-1] == "utter_ticket_which"
    assert await talk.says("action_answer", first.number, intent="inform") == ["utter_urged"]
    assert office.register.get(first.number).urged == 1


async def test_withdrawing_wants_a_yes(talk: Conversation, office: Office) -> None:
    receipt = file(office)
    assert await ask(talk, "撤回我的投诉", "withdraw_ticket") == ["utter_withdraw_sure"]
    assert office.register.get(receipt.number).state == "已派单"
    assert await talk.says("action_yes", "撤回我的投诉", "对", intent="affirm") == ["utter_withdrawn"]
    assert office.register.get(receipt.number).state == "已撤回"


async def test_a_no_keeps_the_ticket(talk: Conversation, office: Office) -> None:
    receipt = file(office)
    await ask(talk, "撤回我的投诉", "withdraw_ticket")
    assert await talk.says("action_answer", "撤回我的投诉", "不", intent="inform") == ["utter_withdraw_kept"]
    (message,) = await talk.run("action_yes", "撤回我的投诉", "不要", "对", intent="affirm")
    assert "answer" in message["custom"]
    assert office.register.get(receipt.number).state == "已派单"


async def test_a_finished_ticket_can_be_rated(talk: Conversation, office: Office) -> None:
    receipt = file(office)
    finish(office, receipt.number)
    said = await ask(talk, "我的工单", "check_ticket")
    assert said == ["utter_ticket_state_ended", "utter_ticket_reply", "utter_ticket_rate"]
    assert await talk.says("action_feedback", "不满意，还是不亮", intent="give_feedback_bad") == [
        "utter_rated_reopened"
    ]
    assert office.register.get(receipt.number).state == "重新办理"


async def test_a_card_rates_the_ticket_it_shows(talk: Conversation, office: Office) -> None:
    first, second = file(office), file(office, "路灯又不亮")
    for receipt in (first, second):
        finish(office, receipt.number)
    assert await ask(talk, f"{first.number} 满意") == ["utter_rated"]
    states = {ticket.number: ticket.state for ticket in office.reception.of_session(SESSION)}
    assert states == {first.number: "已回访", second.number: "已办结"}


async def test_satisfied_settles_it(talk: Conversation, office: Office) -> None:
    receipt = file(office)
    finish(office, receipt.number)
    assert await talk.says("action_feedback", "基本满意", intent="give_feedback_good") == ["utter_rated"]
    assert office.register.get(receipt.number).state == "已回访"


async def test_satisfaction_without_a_finished_ticket_is_about_the_answer(
    talk: Conversation, office: Office
) -> None:
    file(office)
    assert await talk.says("action_feedback", "很满意", intent="give_feedback_good") == [
        "utter_feedback_good"
    ]


async def test_a_closed_ticket_is_not_urged_or_withdrawn(talk: Conversation, office: Office) -> None:
    receipt = file(office)
    finish(office, receipt.number)
    assert await ask(talk, "催办", "urge_ticket") == ["utter_urge_refused"]
    assert await ask(talk, "撤回工单", "withdraw_ticket") == ["utter_withdraw_sure"]
    assert await talk.says("action_yes", "撤回工单", "对", intent="affirm") == ["utter_withdraw_refused"]


@pytest.mark.parametrize(
    ("text", "score"),
    [
        ("满意", "满意"),
        ("还行，基本满意", "基本满意"),
        ("不太满意", "不满意"),
        ("没用", ""),
        ("satisfied", "满意"),
        ("I am not satisfied", "不满意"),
    ],
)
def test_scores_are_understood(text: str, score: str) -> None:
    assert score_of(text) == score


def told_of(office: Office, number: str) -> str:
    """The history of a ticket as text."""
    return str(office.register.events(office.register.get(number)))


def wait_for_more(office: Office, number: str) -> None:
    office.casework.ask_back(number, office.register.get(number).version, LI, "是哪一盏灯？")


@pytest.mark.parametrize(
    ("action", "intent"),
    [("action_answer", "inform"), ("action_ticket", "check_ticket"), ("action_open_intake", "report_issue")],
)
async def test_what_a_department_asked_for_is_added_whatever_the_classifier_says(
    talk: Conversation, office: Office, action: str, intent: str
) -> None:
    number = file(office).number
    before = office.register.get(number).state
    wait_for_more(office, number)
    assert await talk.says(action, "补充：灯杆编号是A12", intent=intent) == ["utter_supplied"]
    assert office.register.get(number).state == before
    assert "A12" in told_of(office, number)


async def test_an_addition_that_nobody_waits_for_changes_nothing(talk: Conversation, office: Office) -> None:
    receipt = file(office)
    said = await talk.says("action_answer", f"补充：{receipt.number} 灯杆编号是A12", intent="inform")
    assert said == ["utter_supply_refused"]
    assert "A12" not in told_of(office, receipt.number)


async def test_strangers_add_nothing(talk: Conversation, office: Office) -> None:
    receipt = file(office, session="another")
    wait_for_more(office, receipt.number)
    said = await talk.says("action_answer", f"补充：{receipt.number} 灯杆编号是A12", intent="inform")
    assert said == ["utter_ticket_not_found"]
    assert office.register.get(receipt.number).state == "待补充"


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("补充一下灯杆编号是A12", "灯杆编号是A12"),
        ("补充材料：灯杆编号是A12", "灯杆编号是A12"),
        ("More information: the pole is A12", "the pole is A12"),
        ("补充医疗保险有多少人参加", ""),
        ("补充材料要带什么", ""),
    ],
)
def test_only_what_says_so_is_an_addition(text: str, words: str) -> None:
    assert added(text) == words

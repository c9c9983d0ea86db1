"""The actions on trackers as Rasa sends them, on the real ledger."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from actions.answering.answer import Answer
from actions.dialogue.conversation import question_of
from actions.dialogue.draft import NO_CONTACT, Draft
from actions.dialogue.front import FrontDesk
from actions.tickets.errors import LedgerBusy
from actions.tickets.office import Office
from actions.tickets.records import Actor, Receipt, Report
from actions.tickets.register import Wanted
from actions.tickets.reports import LIMITS
from tests.actions.dialogue.conftest import SESSION, Conversation, Told, sealed, tracker

FILLED = Draft(draft="d1", problem="路灯不亮", place="安丰小区7幢", contact=NO_CONTACT)
CHIEF = Actor("周江", "supervisor")


def slots(draft: Draft, **more: Any) -> dict[str, Any]:
    return {**draft.slots(), **more}


def filed(office: Office) -> list[str]:
    return [ticket.problem for ticket in office.register.list(Wanted())]


def test_history_is_the_six_turns_before_oldest_first() -> None:
    question = question_of(tracker(*"abcdefgh"))
    assert (question.text, question.history) == ("h", tuple("bcdefg"))


def test_button_payloads_are_no_turns() -> None:
    assert question_of(tracker("养老", "/greet", "那2025年呢")).history == ("养老",)


@pytest.mark.parametrize("kind", ["restart", "session_started"])
def test_a_new_session_forgets_the_old_one(kind: str) -> None:
    assert question_of(tracker("养老", "那2025年呢", between=({"event": kind},))).history == ()


def test_what_was_said_to_the_form_is_no_subject_of_a_question() -> None:
    answer = {"event": "bot", "data": {"custom": {"answer": {}}}}
    form = (
        {"event": "user", "text": "路灯坏了"},
        {"event": "active_loop", "name": "intake_form"},
        {"event": "user", "text": "南塘老街"},
        {"event": "user", "text": "2025年GDP目标多少"},
        answer,
    )
    assert question_of(tracker("养老", "那2020年呢", between=form)).history == ("养老", "2025年GDP目标多少")
    after = (*form, {"event": "active_loop", "name": None}, {"event": "user", "text": "谢谢"})
    assert question_of(tracker("养老", "几家", between=after)).history[-1] == "谢谢"


async def test_an_answer_is_one_custom_message_without_text(talk: Conversation, told: Told) -> None:
    (message,) = await talk.run("action_answer", "养老", "那2025年呢")
    assert Answer.from_payload(message["custom"]["answer"]).status == "refused_not_in_sources"
    assert not message.get("text")
    assert talk.events == []
    assert told.asked[0].history == ("养老",)


async def test_the_fallback_answers_and_takes_the_message_back(talk: Conversation) -> None:
    (message,) = await talk.run("action_default_fallback", "？")
    assert "answer" in message["custom"]
    assert [event["event"] for event in talk.events] == ["rewind"]


async def test_a_failing_pipeline_is_not_hidden(talk: Conversation, told: Told) -> None:
    told.broken = True
    with pytest.raises(RuntimeError):
        await talk.run("action_answer", "养老")


async def test_a_session_starts_empty(talk: Conversation) -> None:
    assert await talk.run("action_session_start", "你好") == []
    assert [event["event"] for event in talk.events] == ["session_started", "action"]


@pytest.mark.parametrize("verdict", ["good", "bad"])
async def test_feedback_gets_the_wording_of_its_kind(talk: Conversation, verdict: str) -> None:
    assert await talk.says("action_feedback", "嗯", intent=f"give_feedback_{verdict}") == [
        f"utter_feedback_{verdict}"
    ]


async def test_a_complaint_opens_the_form(talk: Conversation) -> None:
    assert await talk.run("action_open_intake", "楼道的灯不亮", intent="report_issue") == []
    assert talk.slots["opening"] == "report"
    assert (talk.events[-1]["event"], talk.events[-1]["name"]) == ("followup", "intake_form")


async def test_a_question_in_a_complaints_words_is_answered(talk: Conversation, told: Told) -> None:
    told.questions = {"投诉几天办结", "食堂的饭是冷的，能投诉吗"}
    (message,) = await talk.run("action_open_intake", "投诉几天办结", intent="report_issue")
    assert "answer" in message["custom"]
    assert await talk.run("action_open_intake", "食堂的饭是冷的，能投诉吗", intent="report_issue") == []


async def test_a_complaint_taken_for_a_question_still_opens_the_form(talk: Conversation, told: Told) -> None:
    assert await talk.run("action_answer", "垃圾站太臭，这事跟谁说", intent="ask_followup") == []
    assert (talk.slots["opening"], told.asked) == ("report", [])


@pytest.mark.parametrize(
    "text", ["水管漏水好几天了", "小区门禁坏了谁都能进", "怎么路灯又坏了", "我建议多装几个路灯"]
)
async def test_a_complaint_with_a_question_word_is_still_a_complaint(
    talk: Conversation, told: Told, text: str
) -> None:
    told.questions = {text}
    assert await talk.run("action_open_intake", text, intent="report_issue") == []
    assert talk.slots["opening"] == "report"


async def test_news_of_a_broken_thing_is_a_complaint_even_as_bare_information(talk: Conversation) -> None:
    assert await talk.run("action_answer", "楼道灯坏了，在安丰小区7幢", intent="inform") == []
    assert talk.slots["opening"] == "report"


@pytest.mark.parametrize("text", ["生产总值突破了一千亿", "不断推进的改革", "诈骗案件数", "垃圾焚烧厂"])
async def test_what_only_sounds_like_trouble_is_looked_up(talk: Conversation, text: str) -> None:
    (message,) = await talk.run("action_answer", text, intent="inform")
    assert "answer" in message["custom"]


async def test_a_number_alone_is_an_offer_to_be_called(talk: Conversation) -> None:
    assert await talk.run("action_answer", "〔手机号〕", intent="inform", phone="13800001234") == []
    assert talk.slots["opening"] == "callback"


async def test_danger_that_only_the_pipeline_noticed_is_remembered(talk: Conversation, told: Told) -> None:
    told.dangers = {"屋里全是烟"}
    await talk.run("action_answer", "屋里全是烟")
    assert talk.slots["danger"] is True
    assert await talk.says("action_answer", "119打过了") == ["utter_after_danger"]


@pytest.mark.parametrize("text", ["打过了，救护车在路上", "消防来了，人都没事", "already called 119"])
async def test_help_on_its_way_is_no_complaint(talk: Conversation, text: str) -> None:
    talk.slots["danger"] = True
    for action in ("action_answer", "action_open_intake"):
        assert await talk.says(action, text, intent="report_issue") == ["utter_after_danger"]


async def test_a_complaint_after_danger_starts_the_form(talk: Conversation) -> None:
    talk.slots["danger"] = True
    assert await talk.run("action_open_intake", "火扑灭了。消火栓没水打不开，要投诉") == []
    assert talk.slots["opening"] == "report"
    await talk.run("validate_intake_form", "火扑灭了。消火栓没水打不开，要投诉")
    assert (talk.slots["problem"], talk.slots["danger"]) == ("消火栓没水打不开", None)


async def test_without_danger_nobody_is_told_to_stay_safe(talk: Conversation) -> None:
    (message,) = await talk.run("action_answer", "打过了")
    assert "answer" in message["custom"]


async def test_danger_inside_the_form_ends_it(talk: Conversation, office: Office) -> None:
    talk.slots = slots(FILLED, requested_slot="confirmed")
    assert await talk.says("validate_intake_form", "着火了快来", intent="inform") == ["utter_emergency"]
    assert (talk.slots["requested_slot"], talk.slots["problem"], talk.slots["danger"]) == (None, None, True)
    assert await talk.run("action_file_ticket", "着火了快来") == []
    assert filed(office) == []


async def test_what_is_read_back_hides_the_number(talk: Conversation) -> None:
    draft = Draft(
        problem="路灯不亮", others=("垃圾没人收",), place="村口", contact=sealed("13800001234"), consent="yes"
    )
    talk.slots = slots(draft)
    (message,) = await talk.run("action_ask_intake_form_confirmed", "对")
    assert message["number"] == "138****1234"
    assert message["matters"] == "（1）路灯不亮 （2）垃圾没人收"
    assert "13800001234" not in str(message)


async def test_a_number_that_came_unasked_is_read_back_with_what_it_is_for(talk: Conversation) -> None:
    talk.slots = slots(Draft(problem="路灯不亮", place="村口", contact=sealed("13800001234")))
    assert await talk.says("action_ask_intake_form_confirmed", "对") == ["utter_read_back_and_consent"]


async def test_only_a_confirmed_draft_is_filed(talk: Conversation, office: Office) -> None:
    talk.slots = slots(FILLED)
    assert await talk.run("action_file_ticket", "对") == []
    assert filed(office) == []


async def test_a_filed_ticket_is_told_with_number_code_department_and_date(
    talk: Conversation, office: Office
) -> None:
    talk.slots = slots(FILLED, confirmed=True)
    told, how = await talk.run("action_file_ticket", "对", intent="affirm")
    (ticket,) = office.register.list(Wanted())
    assert (told["response"], how["response"]) == ("utter_filed", "utter_how_to_check")
    assert (told["number"], told["department"]) == (ticket.number, "区综合行政执法局")
    assert office.reception.look_up(told["number"], code=told["code"]).place == "安丰小区7幢"
    assert (ticket.session, talk.slots["problem"], talk.slots["confirmed"]) == (SESSION, None, None)


async def test_without_a_department_the_hotline_assigns_one(talk: Conversation) -> None:
    talk.slots = slots(
        Draft(draft="d2", problem="说不清的事", place="村口", contact=NO_CONTACT), confirmed=True
    )
    assert (await talk.says("action_file_ticket", "对"))[0] == "utter_filed_unassigned"


async def test_the_number_reaches_the_ledger_only_with_consent(talk: Conversation, office: Office) -> None:
    for name, consent in (("a", "yes"), ("b", "")):
        draft = Draft(
            draft=name, problem="路灯不亮", place="村口", contact=sealed("13800001234"), consent=consent
        )
        talk.slots = slots(draft, confirmed=True)
        await talk.run("action_file_ticket", "对")
    newest, first = office.register.list(Wanted())
    assert office.contacts.reveal(first.number, CHIEF, "测试") == "13800001234"
    assert office.contacts.reveal(newest.number, CHIEF, "测试") == ""


async def test_two_matters_become_two_tickets(talk: Conversation, office: Office) -> None:
    draft = Draft(draft="d3", problem="路灯不亮", others=("垃圾没人收",), place="村口", contact=NO_CONTACT)
    talk.slots = slots(draft, confirmed=True)
    assert (await talk.says("action_file_ticket", "对"))[1:] == [
        "utter_filed_unassigned",
        "utter_how_to_check",
    ]
    assert sorted(filed(office)) == ["垃圾没人收", "路灯不亮"]
    assert {ticket.place for ticket in office.register.list(Wanted())} == {"村口"}


async def test_mood_and_language_stand_on_the_ticket(talk: Conversation, office: Office) -> None:
    draft = Draft(draft="d4", problem="lamp broken", place="x", contact=NO_CONTACT, mood="angry repeated")
    talk.slots = slots(draft, confirmed=True, language="en")
    told, _ = await talk.run("action_file_ticket", "yes")
    (ticket,) = office.register.list(Wanted())
    assert (ticket.mood, ticket.language) == ("angry repeated", "en")
    assert told["due"].split()[1].isalpha()


async def test_a_yes_that_is_sent_again_repeats_the_receipt(talk: Conversation, office: Office) -> None:
    talk.slots = slots(FILLED, confirmed=True)
    first = await talk.run("action_file_ticket", "对", intent="affirm")
    assert await talk.run("action_yes", "对", intent="affirm") == first
    assert len(filed(office)) == 1


async def test_a_yes_much_later_is_about_something_else(talk: Conversation, office: Office) -> None:
    talk.slots = slots(FILLED, confirmed=True)
    await talk.run("action_file_ticket", "对", intent="affirm")
    (message,) = await talk.run("action_yes", *"一二三", "对", intent="affirm")
    assert "answer" in message["custom"]


class Unsteady:
    """The ledger, whose first answers get lost after the commit."""

    def __init__(self, front: FrontDesk, lost: int) -> None:
        self._real = front.reception
        self._lost = lost

    def file_or_amend(self, report: Report, key: str) -> Receipt:
        receipt = self._real.file_or_amend(report, key)
        self._lost -= 1
        if self._lost >= 0:
            raise LedgerBusy("账本正忙")
        return receipt


async def test_a_failed_filing_claims_nothing_and_a_second_yes_makes_one_ticket(
    front: FrontDesk, office: Office
) -> None:
    talk = Conversation(replace(front, reception=Unsteady(front, 1)))  # type: ignore[arg-type]
    talk.slots = slots(FILLED, confirmed=True)
    assert await talk.says("action_file_ticket", "对", intent="affirm") == ["utter_filing_failed"]
    assert (await talk.says("action_yes", "对", intent="affirm"))[0] == "utter_filed"
    assert filed(office) == ["路灯不亮"]


async def test_what_is_put_right_after_a_lost_receipt_stands_on_the_ticket_and_is_said(
    front: FrontDesk, office: Office
) -> None:
    talk = Conversation(replace(front, reception=Unsteady(front, 1)))  # type: ignore[arg-type]
    talk.slots = slots(FILLED, confirmed=True)
    assert await talk.says("action_file_ticket", "对", intent="affirm") == ["utter_filing_failed"]
    changed = replace(FILLED, place="安丰小区9幢", contact=sealed("13800001234"), consent="yes")
    talk.slots = slots(changed, confirmed=True)
    told, _ = await talk.run("action_file_ticket", "对", intent="affirm")
    assert told["response"] == "utter_amended"
    (ticket,) = office.register.list(Wanted())
    assert (ticket.number, ticket.place) == (told["number"], "安丰小区9幢")
    last = office.register.events(ticket)[-1]
    assert (last.move, last.actor) == ("amend", "resident")
    assert last.details == {"changed": ["place", "contact"], "before": {"place": "安丰小区7幢"}}
    assert office.contacts.reveal(ticket.number, CHIEF, "核实") == "13800001234"
    talk.slots = slots(changed, confirmed=True)
    assert (await talk.says("action_file_ticket", "对"))[0] == "utter_filed"  # nothing more to put right
    assert office.register.get(ticket.number).version == ticket.version + 1  # the look at the number
    assert office.audit.verify().findings == ()


async def test_a_ticket_that_has_ended_is_not_changed_and_that_is_said(
    talk: Conversation, office: Office
) -> None:
    talk.slots = slots(FILLED, confirmed=True)
    told, _ = await talk.run("action_file_ticket", "对")
    office.casework.close(told["number"], 2, CHIEF, "灯已换")
    talk.slots = slots(replace(FILLED, place="安丰小区9幢"), confirmed=True)
    assert await talk.says("action_file_ticket", "对") == ["utter_amend_refused"]
    assert office.register.get(told["number"]).place == "安丰小区7幢"


async def test_a_first_message_sent_twice_makes_one_ticket(talk: Conversation, office: Office) -> None:
    for _ in range(2):
        talk.slots = {}
        await talk.run("validate_intake_form", "安丰小区7幢路灯不亮", id_="m1")
        talk.slots |= {"contact": NO_CONTACT, "confirmed": True}
        await talk.run("action_file_ticket", "对")
    assert filed(office) == ["安丰小区7幢路灯不亮"]


async def test_a_report_the_ledger_refuses_says_so(talk: Conversation, office: Office) -> None:
    talk.slots = slots(
        Draft(draft="d", problem="坏" * (LIMITS["problem"] + 1), place="村口", contact=NO_CONTACT),
        confirmed=True,
    )
    assert await talk.says("action_file_ticket", "对") == ["utter_report_refused"]
    assert (filed(office), talk.slots["confirmed"]) == ([], None)


@pytest.mark.parametrize(
    ("hour", "day", "expected"),
    [(22, 23, "closed"), (10, 23, "open"), (10, 22, "closed"), (17, 27, "open")],
)
async def test_the_desks_hours_are_told_as_they_are(
    talk: Conversation, hands: Any, hour: int, day: int, expected: str
) -> None:
    hands.at = hands.at.replace(day=day, hour=hour, minute=20)
    (message,) = await talk.run("action_handoff", "转人工", intent="request_human")
    assert message["response"] == f"utter_handoff_{expected}"
    assert message["hours"] == "工作日08:30-17:30"
    assert talk.slots["opening"] == "callback"


async def test_on_a_holiday_it_says_so(talk: Conversation, hands: Any) -> None:
    hands.at = hands.at.replace(month=10, day=1, hour=10)
    assert await talk.says("action_handoff", "转人工", intent="request_human") == ["utter_handoff_holiday"]


async def test_with_somebody_there_it_asks_for_them_instead_of_a_number(front: FrontDesk) -> None:
    talk = Conversation(replace(front, opening=lambda: "open"))
    said, event = await talk.run("action_handoff", "转人工", intent="request_human")
    assert said["response"] == "utter_handoff_queued"
    assert event["custom"] == {"handoff": {"state": "queued"}}
    assert talk.events == []


async def test_a_call_back_is_filed_with_its_number(talk: Conversation, office: Office) -> None:
    await talk.run("action_handoff", "转人工", intent="request_human")
    await talk.run("validate_intake_form", "转人工", intent="request_human")
    await talk.run("validate_intake_form", "明天上午打我〔手机号〕", phone="13800001234")
    (told, _) = await talk.run("action_file_ticket", "明天上午打我〔手机号〕")
    (ticket,) = office.register.list(Wanted())
    assert ticket.callback
    assert "明天上午" in ticket.problem
    assert office.contacts.reveal(told["number"], CHIEF, "回电") == "13800001234"

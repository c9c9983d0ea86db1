"""Every kind of message to every question of the form."""

from __future__ import annotations

from dataclasses import replace

import pytest

from actions.dialogue.draft import NO_CONTACT, Draft
from actions.dialogue.heard import Heard, Turn
from actions.dialogue.steps import begin, begin_callback, listen

LIGHT = Draft(draft="d", problem="楼道的灯不亮", since="五天")
PLACED = replace(LIGHT, place="安丰小区7幢")
DONE = replace(PLACED, contact=NO_CONTACT)
NUMBERED = replace(PLACED, contact="sealed", consent="yes")


def hear(text: str, intent: str = "inform", *phones: str) -> Heard:
    return Heard(text, intent, phones)


def test_a_first_message_fills_what_it_says() -> None:
    turn = begin(hear("我要投诉，古林菜场门口的垃圾三天没人收", "report_issue"), "d")
    assert turn.draft.problem == "古林菜场门口的垃圾三天没人收"
    assert (turn.draft.place, turn.draft.since, turn.ask) == ("古林菜场门口", "三天", "contact")


def test_an_announcement_alone_is_asked_what_it_is_about() -> None:
    turn = begin(hear("我要投诉", "report_issue"), "d")
    assert (turn.draft.problem, turn.ask) == ("", "problem")
    turn = listen(turn.draft, hear("物业乱停车位收费", "report_issue"), "problem")
    assert (turn.draft.problem, turn.ask) == ("物业乱停车位收费", "place")


def test_a_report_told_once_more_is_no_place() -> None:
    turn = listen(LIGHT, hear("我要投诉，楼道的灯不亮", "report_issue"), "place")
    assert (turn.draft, turn.ask, turn.says) == (LIGHT, "place", ("utter_unclear_place",))
    told = listen(LIGHT, hear("我要投诉，安丰小区7幢楼道的灯不亮", "report_issue"), "place")
    assert (told.draft.place, told.ask) == ("安丰小区7幢", "contact")


@pytest.mark.parametrize(
    ("text", "place", "ask"),
    [
        ("古林那边的", "古林", "spot"),
        ("望春街道永寿街3号旁边", "望春街道永寿街3号旁边", "contact"),
        ("就在我家楼下", "我家楼下", "contact"),
        ("我們村口", "我们村口", "contact"),
    ],
)
def test_an_answer_to_where_is_taken(text: str, place: str, ask: str) -> None:
    turn = listen(LIGHT, hear(text), "place")
    assert (turn.draft.place, turn.ask) == (place, ask)


def test_the_number_of_a_house_is_no_day() -> None:
    turn = listen(replace(LIGHT, since=""), hear("永寿街3号"), "place")
    assert (turn.draft.place, turn.draft.since) == ("永寿街3号", "")


def test_a_town_is_asked_for_more_once() -> None:
    town = replace(LIGHT, place="古林")
    assert listen(town, hear("薛家村"), "spot").draft.place == "古林薛家村"
    skipped = listen(town, hear("跳过"), "spot")
    assert (skipped.draft.place, skipped.ask) == ("古林", "contact")


def test_who_cannot_say_where_is_helped_once_and_then_believed() -> None:
    first = listen(LIGHT, hear("我也说不清"), "place")
    assert (first.ask, first.says) == ("place", ("utter_unclear_place",))
    second = listen(first.draft, hear("不知道"), "place")
    assert (second.draft.place, second.ask) == ("未说明", "contact")


@pytest.mark.parametrize(
    ("text", "intent"),
    [
        ("等一下，投诉真的几天就能办好吗", "urge_ticket"),
        ("你们海曙有多少养老院", "ask_info"),
        ("什么叫医联体", "ask_glossary"),
    ],
)
@pytest.mark.parametrize("asked", ["place", "spot", "contact", "confirmed"])
def test_a_question_in_between_is_answered_and_fills_nothing(text: str, intent: str, asked: str) -> None:
    turn = listen(DONE, hear(text, intent), asked)
    assert turn == Turn(DONE, asked, aside="answer")


@pytest.mark.parametrize(
    "text",
    [
        "号码会不会被泄露",
        "为什么要留电话",
        "电话你们拿去干嘛",
        "一定要留电话吗",
        "do I have to give my number",
    ],
)
@pytest.mark.parametrize("asked", ["contact", "confirmed"])
def test_worries_about_the_number_get_one_line(text: str, asked: str) -> None:
    turn = listen(PLACED, hear(text, "ask_info"), asked)
    assert turn == Turn(PLACED, asked, ("utter_contact_privacy",))


@pytest.mark.parametrize(
    "text",
    [
        "不留",
        "那就不留了",
        "跳过",
        "没有电话",
        "不方便留",
        "匿名吧",
        "无",
        "算了不留了",
        "no phone",
        "不想留电话",
    ],
)
def test_no_number_is_fine(text: str) -> None:
    turn = listen(PLACED, hear(text), "contact")
    assert (turn.draft.contact, turn.ask, turn.end) == (NO_CONTACT, "confirmed", "")


def test_a_number_that_was_asked_for_is_agreed_to() -> None:
    turn = listen(PLACED, hear("〔手机号〕", "inform", "sealed"), "contact")
    assert (turn.draft.contact, turn.draft.consent, turn.ask) == ("sealed", "yes", "confirmed")


def test_a_number_nobody_asked_for_is_agreed_to_with_what_is_read_back() -> None:
    turn = begin(hear("蓝天路口井盖缺了，我电话〔手机号〕", "report_issue", "sealed"), "d")
    assert (turn.draft.contact, turn.draft.consent, turn.ask) == ("sealed", "", "confirmed")
    confirmed = listen(turn.draft, hear("对", "affirm"), "confirmed")
    assert (confirmed.end, confirmed.draft.consent) == ("confirmed", "yes")
    assert listen(turn.draft, hear("不留", "deny"), "confirmed").draft.contact == NO_CONTACT


def test_a_number_instead_of_more_about_the_place_goes_on() -> None:
    turn = listen(replace(LIGHT, place="古林"), hear("〔手机号〕", "inform", "sealed"), "spot")
    assert (turn.draft.place, turn.draft.contact, turn.ask) == ("古林", "sealed", "confirmed")


def test_a_number_before_its_turn_does_not_skip_the_place() -> None:
    turn = listen(LIGHT, hear("先记我电话〔手机号〕", "inform", "sealed"), "place")
    assert (turn.draft.contact, turn.draft.place, turn.ask) == ("sealed", "", "place")


@pytest.mark.parametrize(
    "text",
    ["对", "对的", "是的，就这样", "嗯嗯，没错", "可以，提交吧", "確認", "yes", "好的", "要", "行，登记吧"],
)
def test_only_a_plain_yes_confirms(text: str) -> None:
    assert listen(DONE, hear(text, "inform"), "confirmed").end == "confirmed"


@pytest.mark.parametrize(
    "text", ["对面", "好像不对", "是7幢吗", "可以改吗", "对了还有", "不", "嗯？", "yesterday"]
)
def test_nothing_else_confirms(text: str) -> None:
    assert listen(DONE, hear(text, "affirm"), "confirmed").end != "confirmed"


@pytest.mark.parametrize("asked", ["problem", "place", "spot", "contact", "confirmed", "which"])
@pytest.mark.parametrize(
    "text", ["算了不报了", "不登记了", "取消", "我不投诉了", "cancel", "算了算了，不报了"]
)
def test_stopping_clears_everything(text: str, asked: str) -> None:
    turn = listen(NUMBERED, hear(text, "inform"), asked)
    assert (turn.draft, turn.end, turn.ask) == (Draft(), "cancelled", "")


def test_a_bare_never_mind_at_the_number_is_asked_back() -> None:
    turn = listen(PLACED, hear("算了", "cancel"), "contact")
    assert (turn.ask, turn.says, turn.draft) == ("contact", ("utter_which_stop",), PLACED)
    assert listen(DONE, hear("算了", "cancel"), "confirmed").end == "cancelled"


@pytest.mark.parametrize(
    "text", ["太吵了受不了", "停电了", "他们算了半天账", "不报修就没人管", "停车场的灯也不亮"]
)
def test_words_that_sound_like_stopping_do_not_stop(text: str) -> None:
    assert listen(Draft(draft="d"), hear(text, "cancel"), "problem").end == ""


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("不对，是9幢不是7幢", replace(DONE, place="安丰小区9幢")),
        ("不是7幢，是9幢", replace(DONE, place="安丰小区9幢")),
        ("地址错了，是9号楼", replace(DONE, place="安丰小区9号楼")),
        ("错了，在文昌小区", replace(DONE, place="文昌小区")),
        ("不对，是三天不是五天", replace(DONE, since="三天")),
        ("说错了，楼道改成车库", replace(DONE, problem="车库的灯不亮")),
    ],
)
@pytest.mark.parametrize("asked", ["confirmed", "which"])
def test_a_correction_changes_just_that(text: str, expected: Draft, asked: str) -> None:
    turn = listen(DONE, hear(text, "inform"), asked)
    assert (turn.draft, turn.ask) == (expected, "confirmed")


def test_a_correction_holds_while_something_else_is_asked() -> None:
    turn = listen(PLACED, hear("不对，是9幢不是7幢"), "contact")
    assert (turn.draft.place, turn.ask, turn.says) == ("安丰小区9幢", "contact", ("utter_corrected",))


def test_a_corrected_duration_is_corrected_in_the_matter_too() -> None:
    draft = replace(DONE, problem="灯五天不亮", since="五天")
    assert listen(draft, hear("不对，是三天不是五天"), "confirmed").draft.problem == "灯三天不亮"


def test_a_plain_no_asks_what_is_wrong() -> None:
    assert listen(DONE, hear("不对", "deny"), "confirmed").ask == "which"
    assert listen(DONE, hear("地址", "inform"), "which").ask == "place"
    assert listen(NUMBERED, hear("电话写错了", "inform"), "which").ask == "contact"


def test_a_new_number_replaces_the_old_one() -> None:
    turn = listen(NUMBERED, hear("电话改成〔手机号〕", "inform", "other"), "confirmed")
    assert (turn.draft, turn.ask) == (replace(NUMBERED, contact="other", consent=""), "confirmed")


def test_a_second_matter_shares_place_and_number() -> None:
    turn = listen(NUMBERED, hear("还有一件事，垃圾也没人收", "report_issue"), "confirmed")
    assert turn.draft == replace(NUMBERED, others=("垃圾也没人收",))
    assert (turn.ask, turn.says) == ("confirmed", ("utter_another_matter",))


def test_anger_is_noted_once() -> None:
    first = listen(LIGHT, hear("气死人了，文昌小区", "inform"), "place")
    assert (first.draft.mood, first.says) == ("angry", ("utter_noted_angry",))
    again = listen(first.draft, hear("真是受不了"), "contact")
    assert "utter_noted_angry" not in again.says


def test_small_talk_does_not_fill_anything() -> None:
    assert listen(LIGHT, hear("谢谢你", "thanks"), "place") == Turn(LIGHT, "place", aside="talk")


def test_a_person_asked_for_in_the_form_is_answered_and_the_form_goes_on() -> None:
    assert listen(LIGHT, hear("转人工", "request_human"), "place") == Turn(LIGHT, "place", aside="desk")


def test_a_ticket_asked_for_in_the_form_is_shown_and_the_form_goes_on() -> None:
    turn = listen(LIGHT, hear("我上次的工单查一下进度", "check_ticket"), "place")
    assert turn == Turn(LIGHT, "place", aside="tickets")


CALL = Draft(draft="d", problem="转人工", callback="yes")


def test_a_call_back_needs_only_a_number() -> None:
    turn = listen(CALL, hear("明天上午打〔手机号〕", "inform", "sealed"), "callback")
    assert (turn.end, turn.draft.contact, turn.draft.consent) == ("confirmed", "sealed", "yes")
    assert "明天上午" in turn.draft.problem


def test_a_call_back_with_the_number_in_the_request_is_asked_about() -> None:
    turn = begin_callback(hear("找人打我〔手机号〕", "request_human", "sealed"), "d", "找人")
    assert turn.ask == "consent"
    assert listen(turn.draft, hear("对", "affirm"), "consent").end == "confirmed"


def test_asking_for_a_person_again_and_again_does_not_loop() -> None:
    first = listen(CALL, hear("我就要找人", "request_human"), "callback")
    assert (first.ask, first.says) == ("callback", ("utter_handoff_again",))
    second = listen(first.draft, hear("人工人工", "request_human"), "callback")
    assert (second.end, second.says) == ("left", ("utter_handoff_last",))


@pytest.mark.parametrize("text", ["不用", "不用了", "算了", "不要"])
def test_no_call_back_is_no_call_back(text: str) -> None:
    assert listen(CALL, hear(text, "deny"), "callback").end == "cancelled"


def test_another_question_leaves_the_call_back() -> None:
    turn = listen(CALL, hear("海曙有几所小学", "ask_info"), "callback")
    assert (turn.end, turn.aside) == ("left", "answer")


@pytest.mark.parametrize("intent", ["give_feedback_bad", "cancel", "goodbye", "thanks"])
def test_a_plain_word_means_what_it_says_whatever_the_classifier_thinks(intent: str) -> None:
    assert listen(DONE, hear("不对", intent), "confirmed").ask == "which"
    assert listen(DONE, hear("就这样吧", intent), "confirmed").end == "confirmed"
    assert listen(PLACED, hear("就这样登记吧", intent), "contact").draft.contact == NO_CONTACT


def test_a_farewell_leaves_nothing_half_done() -> None:
    turn = listen(LIGHT, hear("再见", "goodbye"), "place")
    assert (turn.draft, turn.end, turn.says) == (Draft(), "cancelled", ("utter_goodbye",))


def test_the_matter_can_be_told_anew() -> None:
    assert listen(DONE, hear("车库的水管漏水", "report_issue"), "which").draft.problem == "车库的水管漏水"


def test_a_corrected_hour_replaces_the_clause_that_held_it() -> None:
    draft = Draft(problem="广场舞，每天吵到十点，睡不着", place="村口", contact=NO_CONTACT)
    turn = listen(draft, hear("时间不对，是每天吵到十一点"), "confirmed")
    assert turn.draft.problem == "广场舞，每天吵到十一点，睡不着"


def test_a_part_that_is_named_is_set_without_a_no() -> None:
    draft = Draft(
        problem="装修太吵，从早上六点开始", place="村口", since="从早上六点开始", contact=NO_CONTACT
    )
    turn = listen(draft, hear("等一下，时间是早上五点开始"), "confirmed")
    assert (turn.draft.since, turn.draft.problem) == ("早上五点开始", "装修太吵，早上五点开始")
    assert listen(DONE, hear("地址是文昌小区"), "confirmed").draft.place == "文昌小区"


def test_who_is_there_is_answered_as_small_talk() -> None:
    assert listen(LIGHT, hear("你是机器人吗", "chitchat_bot"), "place").aside == "talk"


@pytest.mark.parametrize("text", ["快两个月了", "从国庆开始", "since Monday"])
def test_since_when_said_a_turn_late_is_kept(text: str) -> None:
    turn = listen(replace(PLACED, since=""), hear(text), "contact")
    assert turn.draft.since
    assert (turn.ask, turn.says) == ("contact", ())


def test_a_more_exact_place_keeps_the_town_it_stands_in() -> None:
    draft = replace(DONE, place="古林镇薛家村")
    assert listen(draft, hear("不对，是薛家村西头"), "confirmed").draft.place == "古林镇薛家村西头"

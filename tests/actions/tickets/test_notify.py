"""The reporter hears of every public change, over their channel, in their language; the department on the console."""

from __future__ import annotations

from collections.abc import Iterator
from string import Formatter

import pytest

from actions.tickets.deadline_rules import read_rules
from actions.tickets.errors import MoveRefused
from actions.tickets.moment import LOCAL
from actions.tickets.notify import Notices, wording
from actions.tickets.outbox import Outbox, Pace, Quiet
from actions.tickets.records import Report
from actions.tickets.states import load_states
from actions.tickets.ticket import Ticket
from tests.actions.tickets.hotline_parts import DESK, Hotline, make_hotline
from tests.actions.tickets.ledger_parts import LI, WANG, Hands, make_office

LAMP = Report(problem="路灯坏了", place="甲路", session="web-1")
ROAD = "区综合行政执法局"


@pytest.fixture
def hotline(ledger_url: str, hands: Hands) -> Iterator[Hotline]:
    hotline = make_hotline(ledger_url, hands)
    yield hotline
    hotline.office.close()


def filed(hotline: Hotline, report: Report, key: str = "k") -> Ticket:
    return hotline.office.register.get(hotline.office.reception.file(report, key).number)


def test_a_ticket_from_the_first_to_the_last_word(hotline: Hotline, hands: Hands) -> None:
    ticket = filed(hotline, LAMP)
    work, number = hotline.office.casework, ticket.number
    assert hotline.told("web-1") == []  # the receipt has told number, department and date
    work.start(number, 2, WANG)
    work.ask_back(number, 3, WANG, "是哪一根灯杆？")
    work.supply(number, 4, LI, "门口那根")
    work.note(number, 5, LI, "内部：联系施工队")
    work.close(number, 6, WANG, "已换新灯。")
    told = hotline.told("web-1")
    assert told == [
        f"您反映的事项（{number}）正在办理：{ROAD}。",
        f"办理 {number} 还需要您补充一下：是哪一根灯杆？（在这里回「补充：……」就行，也可以拨打 81890；补充之前暂停计时）",
        f"您反映的事项（{number}）已办结。{ROAD}答复：\n已换新灯。",
    ]
    assert "内部" not in "".join(told)
    hands.move(hours=2)
    (asked,) = [letter for letter in hotline.mailbox.fetch("web", "web-1") if letter.kind == "survey"]
    assert [button["message"] for button in asked.body["buttons"]] == ["满意", "基本满意", "不满意"]


def test_who_has_answered_is_not_asked_and_a_reopened_ticket_is_asked_again(
    hotline: Hotline, hands: Hands
) -> None:
    ticket = filed(hotline, LAMP)
    hotline.office.casework.close(ticket.number, 2, WANG, "已换。")
    after = hotline.office.reception.rate(ticket.number, "不满意", "还是不亮", "r", session="web-1")
    hands.move(hours=3)
    assert after.state == "重新办理"
    news = hotline.told("web-1")
    assert len(news) == 2
    assert "重新办理" in news[1]
    assert f"{after.due.astimezone(LOCAL).day}日17:30" in news[1]
    hotline.office.casework.close(ticket.number, 4, WANG, "这次换好了。")
    hands.move(hours=2)
    letters = hotline.mailbox.fetch("web", "web-1")
    assert [letter.kind for letter in letters][-2:] == ["close", "survey"]


def test_buttons_of_the_survey_are_scores_the_ledger_takes() -> None:
    life = load_states()
    for score in wording()["survey"]["scores"]:
        assert life.score(score["zh"])
    with pytest.raises(MoveRefused):
        life.score("凑合")


def test_in_english(hotline: Hotline) -> None:
    report = Report(problem="the 路灯 is broken", session="web-1", language="en")
    ticket = filed(hotline, report)
    hotline.office.casework.start(ticket.number, 2, WANG)
    assert hotline.told("web-1") == [f"{ROAD} is now working on your report {ticket.number}."]


def test_who_was_merged_hears_the_news_and_is_not_asked_for_another(hotline: Hotline) -> None:
    leader = filed(hotline, LAMP, "a")
    other = filed(hotline, Report(problem="路灯不亮", session="web-2"), "b")
    work = hotline.office.casework
    work.merge(other.number, 2, LI, into=leader.number)
    version = hotline.office.register.get(leader.number).version
    work.ask_back(leader.number, version, LI, "哪一根？")
    work.supply(leader.number, version + 1, LI, "第一根")
    work.close(leader.number, version + 2, LI, "已修好。")
    told = hotline.told("web-2")
    assert [other.number in text for text in told] == [True, True]
    assert "同一件事" in told[0]
    assert "已修好" in told[1]


def test_nobody_is_told_where_nobody_can_be_reached(hotline: Hotline) -> None:
    ticket = filed(hotline, Report(problem="路灯坏了", channel="open311"))
    hotline.office.casework.start(ticket.number, 2, WANG)
    assert hotline.mailbox.fetch("open311", "") == ()


def test_a_department_reads_of_its_tickets_on_the_console(hotline: Hotline) -> None:
    ticket = filed(hotline, LAMP)
    hotline.office.reception.urge(ticket.number, "u1", session="web-1")
    assert hotline.console(ROAD) == [("assign", ticket.number), ("urge", ticket.number)]
    assert hotline.console(DESK) == []
    puzzle = filed(hotline, Report(problem="说不清", session="web-1"), "p")
    hotline.office.reception.urge(puzzle.number, "u2", session="web-1")
    assert hotline.console(DESK) == [("urge", puzzle.number)]


def test_a_listener_that_fails_undoes_the_change(ledger_url: str, hands: Hands) -> None:
    """Whatever announces a change is committed with it: without the announcement there is no change."""

    class Broken(Outbox):
        def put(self, *_: object) -> bool:
            raise RuntimeError("no room")

    office = make_office(ledger_url, hands, [Notices(Broken(hands, Quiet.parse(""), Pace.load()), DESK)])
    try:
        with pytest.raises(RuntimeError, match="no room"):
            office.reception.file(LAMP, "k")
        assert office.reception.of_session("web-1") == ()
    finally:
        office.close()


def test_every_move_that_tells_has_its_words_in_both_languages() -> None:
    life = load_states()
    telling = {name for name, move in life.moves.items() if move.tells}
    assert telling - set(wording()["moves"]) == {"file", "withdraw"}
    known = {"number", "state", "category", "department", "reply", "due", "question", "kind", "urged"}
    for entry in (*wording()["moves"].values(), wording()["survey"]):
        for language in ("zh", "en"):
            assert {name for _, name, _, _ in Formatter().parse(entry[language]) if name} <= known
    for text in wording()["department"].values():
        assert {name for _, name, _, _ in Formatter().parse(text) if name} <= known


def test_every_step_of_the_ladder_has_its_words() -> None:
    assert {step.name for step in read_rules().ladder} <= set(wording()["department"])


def test_a_date_that_stays_is_no_news(hotline: Hotline) -> None:
    ticket = filed(hotline, LAMP)
    assert hotline.office.casework.reschedule(ticket.number).version == ticket.version
    assert hotline.told("web-1") == []

"""What operators can do: moves, clocks, merging, and no change lost."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from sqlalchemy import select

from actions.tickets.casework import Casework
from actions.tickets.clocks import Clocks
from actions.tickets.deadlines import Deadlines
from actions.tickets.errors import Conflict, MoveRefused, NotFound, ReportInvalid
from actions.tickets.office import Office
from actions.tickets.records import Report
from actions.tickets.register import Wanted
from actions.tickets.tables import extensions, feedback, pauses
from actions.tickets.ticket import Ticket
from tests.actions.tickets.ledger_parts import CHIEF, LI, START, WANG, Hands

LAMP = Report(problem="路灯坏了", place="甲路", session="web-1")


@pytest.fixture
def lamp(office: Office) -> Ticket:
    return office.register.get(office.reception.file(LAMP, "lamp").number)


@pytest.fixture
def puzzle(office: Office) -> Ticket:
    return office.register.get(office.reception.file(Report(problem="说不清"), "puzzle").number)


def test_the_long_way_through(office: Office, puzzle: Ticket) -> None:
    work, number = office.casework, puzzle.number
    assert work.accept(number, 1, LI).state == "已受理"
    assigned = work.assign(number, 2, LI, "区住房和城市建设局", category="物业", kind="投诉")
    assert (assigned.state, assigned.category, assigned.kind) == ("已派单", "物业", "投诉")
    assert work.hand_back(number, 3, WANG, "不归我们").department == ""
    work.assign(number, 4, LI, "区综合行政执法局")
    assert work.start(number, 5, WANG).state == "办理中"
    assert work.close(number, 6, WANG, "已处理").reply == "已处理"
    assert work.reopen(number, 7, CHIEF, "抽查不合格").state == "重新办理"
    assert [e.version for e in office.register.events(office.register.get(number))] == list(range(1, 9))
    assert office.audit.verify().findings == ()


def test_who_comes_second_is_told_who_was_first_and_when(office: Office, lamp: Ticket) -> None:
    office.casework.start(lamp.number, 2, LI)
    with pytest.raises(Conflict, match=f"{lamp.number} 已由 李岚 在 2026-11-23 09:30:00 改过：现在是第 3 版"):
        office.casework.close(lamp.number, 2, WANG, "别的答复")
    assert office.register.get(lamp.number).reply == ""


def test_a_stale_reader_is_told_before_the_state_is_looked_at(office: Office, lamp: Ticket) -> None:
    office.casework.close(lamp.number, 2, LI, "好了")
    with pytest.raises(Conflict):
        office.casework.start(lamp.number, 2, WANG)
    with pytest.raises(MoveRefused, match="已办结"):
        office.casework.start(lamp.number, 3, WANG)


@pytest.mark.parametrize("move", ["grant", "deny", "reopen"])
def test_some_moves_are_the_supervisors(office: Office, lamp: Ticket, move: str) -> None:
    with pytest.raises(MoveRefused, match="只能由督办"):
        getattr(office.casework, move)(lamp.number, 2, LI, *([] if move == "grant" else ["因为"]))


def test_a_number_that_is_not_there(office: Office) -> None:
    for number in ("HS-261123-00000", "x"):
        with pytest.raises(NotFound):
            office.casework.start(number, 1, LI)
        with pytest.raises(NotFound):
            office.register.get(number)


def test_the_clock_stands_still_while_the_reporter_is_asked(
    office: Office, lamp: Ticket, hands: Hands
) -> None:
    office.casework.start(lamp.number, 2, WANG)
    asked = office.casework.ask_back(lamp.number, 3, WANG, "是哪一盏灯？")
    assert (asked.state, asked.state_before) == ("待补充", "办理中")
    hands.move(days=2)
    back = office.casework.supply(lamp.number, None, LI, "三幢门口那盏")
    assert (back.state, back.state_before) == ("办理中", "")
    assert back.due > lamp.due
    with office.store.reading() as connection:
        (pause,) = connection.execute(select(pauses)).all()
    assert (pause.started, pause.ended, pause.reason) == (START, hands(), "是哪一盏灯？")


def test_a_pause_ends_with_the_ticket(office: Office, lamp: Ticket, hands: Hands) -> None:
    office.casework.ask_back(lamp.number, 2, WANG, "是哪一盏灯？")
    hands.move(hours=3)
    office.reception.withdraw(lamp.number, "w", session="web-1")
    with office.store.reading() as connection:
        assert connection.scalar(select(pauses.c.ended)) == hands()


def test_more_time_is_asked_for_and_granted(office: Office, lamp: Ticket, hands: Hands) -> None:
    hands.move(hours=2)
    asked = office.casework.request_extension(lamp.number, 2, WANG, 2, "配件没到")
    assert (asked.state, asked.due) == ("延期申请", lamp.due)
    granted = office.casework.grant(lamp.number, 3, CHIEF)
    assert (granted.state, granted.extension_days) == ("办理中", 2)
    assert granted.due > lamp.due
    with office.store.reading() as connection:
        (row,) = connection.execute(select(extensions)).all()
    assert (row.days, row.granted, row.decided) == (2, True, hands())


def test_more_time_is_not_granted(office: Office, lamp: Ticket) -> None:
    office.casework.request_extension(lamp.number, 2, WANG, 2, "配件没到")
    denied = office.casework.deny(lamp.number, 3, CHIEF, "仓库里有")
    assert (denied.state, denied.due, denied.extension_days) == ("办理中", lamp.due, 0)


def test_more_time_is_not_asked_for_when_it_is_too_late(office: Office, lamp: Ticket, hands: Hands) -> None:
    hands.at = lamp.due
    with pytest.raises(MoveRefused, match="到期之前"):
        office.casework.request_extension(lamp.number, 2, WANG, 2, "配件没到")
    assert office.register.get(lamp.number).state == "已派单"


def test_another_category_has_another_term(office: Office, lamp: Ticket) -> None:
    sorted_ = office.casework.sort(lamp.number, 2, LI, "教育", "咨询")
    assert (sorted_.category, sorted_.kind, sorted_.state) == ("教育", "咨询", "已派单")
    assert sorted_.due != lamp.due
    with pytest.raises(ReportInvalid, match="kind"):
        office.casework.sort(lamp.number, 3, LI, "教育", "聊天")


def test_the_first_answer_of_a_person_is_noted_once(office: Office, lamp: Ticket, hands: Hands) -> None:
    assert lamp.responded is None
    office.casework.note(lamp.number, 2, LI, "看一下")
    assert office.register.get(lamp.number).responded is None
    hands.move(hours=1)
    first = office.casework.start(lamp.number, 3, WANG).responded
    assert first == hands()
    hands.move(hours=1)
    assert office.casework.close(lamp.number, 4, WANG, "好了").responded == first


def test_rescheduling_writes_only_what_moves(office: Office, lamp: Ticket) -> None:
    assert office.casework.reschedule(lamp.number).version == lamp.version


@pytest.mark.parametrize("words", ["", "  ", "字" * 2001])
def test_words_are_asked_for(office: Office, lamp: Ticket, words: str) -> None:
    for act in (
        office.casework.close,
        office.casework.refuse,
        office.casework.ask_back,
        office.casework.note,
    ):
        with pytest.raises(ReportInvalid):
            act(lamp.number, 2, LI, words)
    assert office.register.get(lamp.number).version == 2


def test_a_survey_by_telephone(office: Office, lamp: Ticket, hands: Hands) -> None:
    office.casework.close(lamp.number, 2, LI, "灯已换")
    hands.move(days=1)
    again = office.casework.survey(lamp.number, 3, CHIEF, "不满意", "还是不亮")
    assert (again.state, again.solved, again.clock_start) == ("重新办理", False, hands())
    office.casework.close(lamp.number, 4, LI, "又换了")
    assert office.casework.survey(lamp.number, 5, LI, "基本满意", "").state == "已回访"
    with office.store.reading() as connection:
        said = [(r.score, r.words) for r in connection.execute(select(feedback).order_by(feedback.c.id))]
    assert said == [("不满意", "还是不亮"), ("基本满意", "")]
    assert office.audit.verify().findings == ()


def test_what_is_urgent_stands_first_and_is_due_as_before(
    office: Office, lamp: Ticket, puzzle: Ticket
) -> None:
    urgent = office.casework.prioritise(puzzle.number, 1, LI, "加急")
    assert (urgent.priority, urgent.due) == ("加急", puzzle.due)

    def first() -> str:
        return office.register.list(Wanted(), urgent_first=True)[0].number

    assert first() == puzzle.number
    assert office.casework.prioritise(puzzle.number, 2, LI, "普通").priority is None
    assert first() == min((lamp, puzzle), key=lambda t: (t.due, t.id)).number
    with pytest.raises(ReportInvalid, match="「最急」不存在"):
        office.casework.prioritise(puzzle.number, 3, LI, "最急")


def test_under_a_key_a_move_is_made_once_and_a_conflict_uses_no_key_up(office: Office, lamp: Ticket) -> None:
    first = office.casework.under("k").note(lamp.number, 2, LI, "看过")
    assert office.casework.under("k").note(lamp.number, 2, LI, "看过") == first
    with pytest.raises(Conflict):
        office.casework.under("late").note(lamp.number, 2, WANG, "我也看过")
    assert office.casework.under("late").note(lamp.number, 3, WANG, "我也看过").version == 4
    follower = office.reception.file(LAMP, "other").number
    merged = office.casework.under("m").merge(follower, 2, LI, into=lamp.number)
    assert office.casework.under("m").merge(follower, 2, LI, into=lamp.number) == merged


def three(office: Office) -> list[str]:
    reports = (Report(problem=f"路灯坏了{i}", session=f"web-{i}") for i in range(3))
    return [office.reception.file(report, f"m{i}").number for i, report in enumerate(reports)]


def test_merged_reports_move_together_and_everyone_hears(open_desk: Callable[..., Office]) -> None:
    heard = []
    office = open_desk(lambda _, change: heard.append((change.move, change.ticket.number)))
    first, second, third = three(office)
    office.casework.merge(third, 2, LI, into=second)
    office.casework.merge(second, 3, LI, into=first)
    heard.clear()
    office.casework.close(first, 3, LI, "整条路都修好了")
    assert heard == [("close", first), ("close", second), ("close", third)]
    for i, number in enumerate((first, second, third)):
        seen = office.reception.look_up(number, session=f"web-{i}")
        assert (seen.state, seen.reply) == ("已办结", "整条路都修好了")
    assert office.audit.verify().findings == ()


def test_an_unhappy_follower_goes_its_own_way(office: Office) -> None:
    first, second, _ = three(office)
    office.casework.merge(second, 2, LI, into=first)
    office.casework.close(first, 3, LI, "好了")
    office.reception.rate(second, "不满意", "我家门口没修", "r", session="web-1")
    assert office.register.get(first).state == "已办结"
    own = office.register.get(second)
    assert (own.state, own.merged_into) == ("重新办理", None)


def test_when_the_leader_is_withdrawn_the_next_one_leads(office: Office) -> None:
    first, second, third = three(office)
    office.casework.merge(second, 2, LI, into=first)
    office.casework.merge(third, 2, LI, into=first)
    office.reception.withdraw(first, "w", session="web-0")
    leader, follower = office.register.get(second), office.register.get(third)
    assert (leader.state, leader.merged_into, follower.merged_into) == ("已派单", None, leader.id)
    office.casework.close(second, leader.version, LI, "好了")
    assert [office.register.get(n).state for n in (first, second, third)] == ["已撤回", "已办结", "已办结"]
    assert office.audit.verify().findings == ()


def test_what_cannot_be_merged(office: Office) -> None:
    first, second, third = three(office)
    with pytest.raises(MoveRefused, match="它自己"):
        office.casework.merge(first, 2, LI, into=first)
    office.casework.merge(second, 2, LI, into=first)
    for number, into in ((third, second), (second, third)):
        with pytest.raises(MoveRefused, match="已经并入"):
            office.casework.merge(number, office.register.get(number).version, LI, into=into)
    office.casework.close(first, 3, LI, "好了")
    with pytest.raises(MoveRefused, match="还在办"):
        office.casework.merge(third, 2, LI, into=first)


def test_lists(office: Office, lamp: Ticket, puzzle: Ticket, hands: Hands) -> None:
    def numbers(**wanted: object) -> list[str]:
        return [t.number for t in office.register.list(Wanted(**wanted))]  # type: ignore[arg-type]

    assert numbers() == [puzzle.number, lamp.number]
    assert numbers(departments=[""]) == [puzzle.number]
    assert numbers(states=["已派单"], categories=["路灯"]) == [lamp.number]
    assert numbers(since=hands(), until=hands()) == [puzzle.number, lamp.number]
    hands.move(days=60)
    assert numbers(overdue_at=hands()) == [puzzle.number, lamp.number]
    assert numbers(since=hands()) == []
    office.casework.close(lamp.number, 2, LI, "好了")
    assert numbers(overdue_at=hands()) == [puzzle.number]


def test_names_that_do_not_exist_are_refused(office: Office, puzzle: Ticket) -> None:
    work = Casework(
        office.book, Clocks(Deadlines.load(), office.book.clock), ["区民政局"], ["养老助餐", "其他"]
    )
    with pytest.raises(ReportInvalid, match="「区民政」不存在，可选：区民政局"):
        work.assign(puzzle.number, 1, LI, "区民政")
    with pytest.raises(ReportInvalid, match="「养老」不存在，可选：养老助餐、其他"):
        work.sort(puzzle.number, 1, LI, "养老")
    assert work.assign(puzzle.number, 1, LI, "区民政局", "养老助餐").category == "养老助餐"

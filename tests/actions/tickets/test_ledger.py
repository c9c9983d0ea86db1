"""What residents can do, on SQLite and on PostgreSQL."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import fields, replace

import pytest
from sqlalchemy import func, select

from actions.tickets.access import limits
from actions.tickets.deadlines import Deadlines
from actions.tickets.errors import MoveRefused, NotFound, ReportInvalid, TooManyGuesses
from actions.tickets.office import Office
from actions.tickets.records import PublicTicket, Report
from actions.tickets.tables import contacts, feedback, history, tickets
from tests.actions.tickets.ledger_parts import CHIEF, LI, START, Hands

MAX_WRONG = limits()[0].wrong
LAMP = Report(
    problem="小区门口路灯坏了三天",
    place="望春街道甲小区3幢",
    since="三天",
    contact="13800001234",
    consent=True,
    session="web-1",
)
OTHER = Report(problem="想问一件说不清的事", session="web-2")


def wrong(code: str, step: int = 1) -> str:
    return f"{(int(code) + step) % 1_000_000:06d}"


def rows(office: Office, table) -> int:
    with office.store.reading() as connection:
        return connection.scalar(select(func.count()).select_from(table)) or 0


def test_a_filed_report_is_all_there(office: Office) -> None:
    receipt = office.reception.file(LAMP, "k1")
    assert re.fullmatch(r"HS-261123-\d{5}", receipt.number)
    assert re.fullmatch(r"\d{6}", receipt.code)
    assert (receipt.state, receipt.category) == ("已派单", "路灯")
    assert receipt.department
    assert (receipt.created, receipt.again, receipt.provisional) == (START, False, False)
    assert receipt.due > START
    ticket = office.register.get(receipt.number)
    assert (ticket.problem, ticket.place, ticket.since) == (LAMP.problem, LAMP.place, LAMP.since)
    assert [(e.move, e.role) for e in office.register.events(ticket)] == [
        ("file", "resident"),
        ("assign", "system"),
    ]


def test_what_nobody_can_place_goes_to_the_queue(office: Office) -> None:
    receipt = office.reception.file(OTHER, "k1")
    assert (receipt.state, receipt.department) == ("待受理", "")


def test_the_kind_that_was_told_beats_the_classifier(office: Office) -> None:
    receipt = office.reception.file(replace(LAMP, kind="投诉"), "k1")
    assert office.register.get(receipt.number).kind == "投诉"


def test_the_reporter_sees_no_contact_and_no_internal_word(office: Office) -> None:
    receipt = office.reception.file(LAMP, "k1")
    office.casework.note(receipt.number, 2, LI, "此人上月投诉过四次")
    seen = office.reception.look_up(receipt.number, code=receipt.code)
    assert {f.name for f in fields(PublicTicket)} == set(seen.__dict__)
    assert "13800001234" not in repr(seen)
    assert "四次" not in repr(seen)


def test_the_phone_number_is_nowhere_in_clear(office: Office, ledger_url: str) -> None:
    talkative = replace(LAMP, problem="路灯坏了，打我13800001234", place="13800001234旁边")
    receipt = office.reception.file(talkative, "k1")
    with office.store.reading() as connection:
        for table in tickets.metadata.sorted_tables:
            kept = [tuple(row) for row in connection.execute(select(table))]
            assert "13800001234" not in repr(kept), table.name
        assert receipt.code not in repr(connection.execute(select(tickets.c.code)).all())
    assert office.contacts.reveal(receipt.number, LI, "回电核实") == "13800001234"
    last = office.register.events(office.register.get(receipt.number))[-1]
    assert (last.move, last.actor, last.details) == ("reveal", "李岚", {"reason": "回电核实"})
    with pytest.raises(ReportInvalid, match="理由"):
        office.contacts.reveal(receipt.number, LI, " ")


def test_the_same_key_gives_the_first_receipt(office: Office) -> None:
    first = office.reception.file(LAMP, "k1")
    assert office.reception.file(LAMP, "k1") == replace(first, again=True)
    with pytest.raises(ReportInvalid, match=r"登记过别的内容（problem 不同）"):
        office.reception.file(replace(LAMP, problem="另一件"), "k1")
    assert office.reception.file(LAMP, "k2").number != first.number
    assert rows(office, tickets) == 2
    assert rows(office, contacts) == 2


def test_its_session_and_its_code_open_a_ticket(office: Office) -> None:
    receipt = office.reception.file(LAMP, "k1")
    by_session = office.reception.look_up(receipt.number, session="web-1")
    by_code = office.reception.look_up(
        f" hs{receipt.number[3:]} ", code=f"{receipt.code[:3]} {receipt.code[3:]}"
    )
    assert by_session == by_code
    assert [t.number for t in office.reception.of_session("web-1")] == [receipt.number]
    assert office.reception.of_session("web-2") == ()
    assert office.reception.of_session("") == ()


def test_wrong_number_wrong_code_and_foreign_session_look_the_same(office: Office) -> None:
    receipt = office.reception.file(LAMP, "k1")
    unknown = f"HS-261123-{(int(receipt.number[-5:]) + 1) % 100_000:05d}"
    attempts: list[Callable[[], object]] = [
        lambda: office.reception.look_up(unknown, code=receipt.code),
        lambda: office.reception.look_up(receipt.number, code=wrong(receipt.code)),
        lambda: office.reception.look_up(receipt.number, code="' OR 1=1"),
        lambda: office.reception.look_up(receipt.number, session="web-2"),
        lambda: office.reception.look_up(receipt.number),
        lambda: office.reception.look_up("一张单子", code=receipt.code),
        lambda: office.reception.urge(unknown, "u", session="web-1"),
        lambda: office.reception.withdraw(receipt.number, "w", session="web-2"),
        lambda: office.reception.rate(receipt.number, "满意", "", "r", session="web-2"),
    ]
    told = set()
    for attempt in attempts:
        with pytest.raises(NotFound) as refused:
            attempt()
        told.add(str(refused.value))
    assert len(told) == 1


def test_a_ticket_without_a_session_is_not_opened_by_an_empty_one(office: Office) -> None:
    receipt = office.reception.file(replace(LAMP, session=""), "k1")
    with pytest.raises(NotFound):
        office.reception.look_up(receipt.number, session="")


@pytest.mark.parametrize("real", [True, False])
def test_guessing_is_stopped_whether_the_number_exists_or_not(
    office: Office, hands: Hands, real: bool
) -> None:
    receipt = office.reception.file(LAMP, "k1")
    number = receipt.number if real else f"HS-261123-{(int(receipt.number[-5:]) + 1) % 100_000:05d}"
    for step in range(MAX_WRONG):
        with pytest.raises(NotFound):
            office.reception.look_up(number, code=wrong(receipt.code, step + 1))
    for code in (receipt.code, wrong(receipt.code, 9)):
        with pytest.raises(TooManyGuesses, match="60 分钟"):
            office.reception.look_up(number, code=code)
    assert office.reception.look_up(receipt.number, session="web-1").number == receipt.number
    hands.move(minutes=61)
    if real:
        assert office.reception.look_up(number, code=receipt.code).number == number
    else:
        with pytest.raises(NotFound):
            office.reception.look_up(number, code=receipt.code)


def test_urging_counts_each_time_once(office: Office, hands: Hands) -> None:
    receipt = office.reception.file(LAMP, "k1")
    assert office.reception.urge(receipt.number, "u1", code=receipt.code).urged == 1
    assert office.reception.urge(receipt.number, "u1", session="web-1").urged == 1
    hands.move(hours=1)
    assert office.reception.urge(receipt.number, "u2", session="web-1").urged == 2


def test_withdrawing_ends_it(office: Office) -> None:
    receipt = office.reception.file(LAMP, "k1")
    assert office.reception.withdraw(receipt.number, "w1", session="web-1").state == "已撤回"
    assert office.reception.withdraw(receipt.number, "w1", session="web-1").state == "已撤回"
    for act in (
        lambda: office.reception.withdraw(receipt.number, "w2", session="web-1"),
        lambda: office.reception.urge(receipt.number, "u1", session="web-1"),
        lambda: office.reception.rate(receipt.number, "满意", "", "r1", session="web-1"),
    ):
        with pytest.raises(MoveRefused, match="已撤回"):
            act()


def test_a_happy_reporter_ends_the_loop(office: Office) -> None:
    receipt = office.reception.file(LAMP, "k1")
    office.casework.close(receipt.number, 2, LI, "灯已换")
    closed = office.reception.look_up(receipt.number, session="web-1")
    assert (closed.state, closed.reply, closed.solved) == ("已办结", "灯已换", None)
    rated = office.reception.rate(receipt.number, "基本满意", "慢了点", "r1", session="web-1")
    assert (rated.state, rated.solved) == ("已回访", True)
    assert office.reception.rate(receipt.number, "不满意", "", "r1", session="web-1").state == "已回访"
    assert rows(office, feedback) == 1


def test_an_unhappy_one_opens_it_again_with_less_time(office: Office, hands: Hands) -> None:
    receipt = office.reception.file(LAMP, "k1")
    hands.move(days=1)
    office.casework.close(receipt.number, 2, LI, "灯已换")
    hands.move(days=2)
    rated = office.reception.rate(receipt.number, "不满意", "还是不亮", "r1", session="web-1")
    assert (rated.state, rated.solved) == ("重新办理", False)
    assert rated.due < Deadlines.load(hands)(rated.category, rated.kind, hands()).at
    ticket = office.register.get(receipt.number)
    assert (ticket.reopened, ticket.closed, ticket.clock_start) == (1, None, hands())
    office.casework.close(receipt.number, ticket.version, LI, "灯和线都换了")
    assert office.reception.rate(receipt.number, "满意", "", "r2", session="web-1").solved


def test_rating_before_the_end_or_with_another_word_is_refused(office: Office) -> None:
    receipt = office.reception.file(LAMP, "k1")
    with pytest.raises(MoveRefused, match="已派单"):
        office.reception.rate(receipt.number, "满意", "", "r1", session="web-1")
    with pytest.raises(MoveRefused, match="五星"):
        office.reception.rate(receipt.number, "五星", "", "r1", session="web-1")
    office.casework.close(receipt.number, 2, LI, "好了")
    # The refused try has not used up its key.
    assert office.reception.rate(receipt.number, "满意", "", "r1", session="web-1").state == "已回访"


@pytest.mark.parametrize(
    ("change", "named"),
    [
        ({"problem": " \n"}, "problem 是空的"),
        ({"problem": "灯" * 4601}, "problem 有 4601 字"),
        ({"place": "路" * 301}, "place"),
        ({"consent": False}, "consent"),
        ({"contact": "打我家座机"}, "contact"),
        ({"session": "s" * 129}, "session"),
        ({"lat": 29.87}, "lat 和 long"),
        ({"lat": 91.0, "long": 121.5}, "lat 要在"),
        ({"lat": float("nan"), "long": 121.5}, "lat 要在"),
        ({"problem": 7}, "problem 应是文字"),
    ],
)
def test_a_report_that_cannot_be_taken_names_the_field(office: Office, change, named: str) -> None:
    with pytest.raises(ReportInvalid, match=named):
        office.reception.file(replace(LAMP, **change), "k1")
    assert rows(office, tickets) == 0


@pytest.mark.parametrize("key", ["", "k" * 201])
def test_a_key_must_be_usable(office: Office, key: str) -> None:
    with pytest.raises(ReportInvalid, match="key"):
        office.reception.file(LAMP, key)


def test_characters_that_no_database_takes_are_left_out(office: Office) -> None:
    receipt = office.reception.file(
        Report(problem="路灯\x00坏\ud800了\x07\n第二行", session="s\x00"), "k\x00\ud800"
    )
    assert office.register.get(receipt.number).problem == "路灯坏了\n第二行"


def test_a_listener_that_fails_undoes_the_change(open_desk: Callable[..., Office]) -> None:
    def refuses(_connection, change) -> None:
        if change.move == "file":
            raise RuntimeError("no room for the message")

    office = open_desk(refuses)
    with pytest.raises(RuntimeError):
        office.reception.file(LAMP, "k1")
    assert [rows(office, table) for table in (tickets, history, contacts)] == [0, 0, 0]


def test_listeners_hear_every_change_with_both_sides(open_desk: Callable[..., Office]) -> None:
    heard = []
    office = open_desk(lambda _, change: heard.append(change))
    receipt = office.reception.file(LAMP, "k1")
    office.casework.note(receipt.number, 2, LI, "内部")
    office.casework.close(receipt.number, 3, CHIEF, "好了")
    assert [(c.move, c.before.state, c.ticket.state, c.tells) for c in heard] == [
        ("file", "待受理", "待受理", True),
        ("assign", "待受理", "已派单", True),
        ("note", "已派单", "已派单", False),
        ("close", "已派单", "已办结", True),
    ]
    assert heard[-1].details == {"reply": "好了"}

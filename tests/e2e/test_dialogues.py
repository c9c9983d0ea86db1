"""Whole dialogues through gateway, Rasa and service; what they promise stands in the ledger, and only that."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

import httpx2
import pytest
import redis

from actions.bootstrap import build_office
from actions.settings import Settings
from actions.tickets.office import Office
from actions.tickets.records import Actor
from actions.tickets.register import Wanted
from actions.tickets.ticket import Ticket
from tests.stack import Stack

CHIEF = Actor("周江", "supervisor")
NUMBER = re.compile(r"HS-\d{6}-\d{5}")
HAISHU_2021 = "000_8ba5f1d3318d3eeb.txt"
PLAN = "003_03a603fd07baf89d.txt"
PHONE = "13800001234"


@pytest.fixture
def ledger(stack: Stack) -> Iterator[Office]:
    """The ledger that the stack writes, opened beside it."""
    settings = Settings(_env_file=stack.var_dir / "secrets.env", var_dir=stack.var_dir, database_url="")
    office = build_office(settings)
    yield office
    office.close()


class Resident:
    """A browser in one conversation, and what of it stands in the ledger."""

    def __init__(self, client: httpx2.Client, ledger: Office) -> None:
        self._client, self._ledger = client, ledger
        self._before = {ticket.number for ticket in self._all()}
        self.last: list[dict[str, Any]] = []

    def _all(self) -> tuple[Ticket, ...]:
        return self._ledger.register.list(Wanted(), most=1000)

    def says(self, message: str, id_: str = "") -> str:
        """All bubbles of the reply as one text."""
        response = self._client.post("/api/chat", json={"message": message, "id": id_})
        assert response.status_code == 200, response.text
        self.last = response.json()["replies"]
        assert "forms_unavailable" not in [reply.get("notice") for reply in self.last], "Rasa did not answer"
        return "\n".join(reply["text"] for reply in self.last)

    def origins(self) -> set[str]:
        """The documents that the last reply cites."""
        return {c["origin"] for reply in self.last for c in reply.get("answer", {}).get("citations", [])}

    def tickets(self) -> list[Ticket]:
        """What has been filed since this browser opened, oldest first."""
        return [t for t in reversed(self._all()) if t.number not in self._before]

    def contact(self, ticket: Ticket) -> str:
        """The number in the ledger."""
        return self._ledger.contacts.reveal(ticket.number, CHIEF, "核对")


@pytest.fixture
def resident(client: httpx2.Client, ledger: Office) -> Resident:
    return Resident(client, ledger)


def test_from_a_question_to_a_ticket(resident: Resident) -> None:
    first = resident.says("我妈八十二了一个人住，海曙有送饭的点吗")
    assert "70余个" in first
    assert "2021" in first or "2020" in first
    assert HAISHU_2021 in resident.origins()
    assert "95%" in resident.says("乡下也有？")
    assert "73万" in resident.says("那一年送多少人次")
    asked = resident.says("我们村那个点饭菜老是凉的，跟谁说")
    assert "哪里" in asked
    assert resident.origins() == set()
    asked = resident.says("集士港这边的")
    assert "集士港" in asked or "手机号" in asked
    assert resident.origins() == set()
    read_back = resident.says(PHONE)
    assert all(part in read_back for part in ("饭菜老是凉", "集士港", "138****1234", "对吗"))
    assert PHONE not in read_back
    assert resident.tickets() == []
    told = resident.says("对")
    (ticket,) = resident.tickets()
    assert NUMBER.findall(told) == [ticket.number]
    assert f"{ticket.due.month}月{ticket.due.day}日" in told
    assert "查进度" in told
    assert ("饭菜老是凉" in ticket.problem, ticket.place, resident.contact(ticket)) == (True, "集士港", PHONE)
    assert ticket.number in resident.says("查进度")


def test_a_form_with_questions_in_between(resident: Resident) -> None:
    assert "哪里" in resident.says("我要投诉，小区路灯坏了一个礼拜了")
    between = resident.says("等下，你们受理了真有时限的吗")
    assert all(part in between for part in ("统一受理", "分类处置", "限时办结", "过错问责"))
    assert HAISHU_2021 in resident.origins()
    assert "哪里" in resident.last[-1]["text"]
    assert "手机号" in resident.says("望春街道春城花园3幢旁边")
    worry = resident.says("留电话会不会泄露啊")
    assert "加密" in worry
    assert "不留" in worry
    assert "手机号" in resident.last[-1]["text"]
    read_back = resident.says("那不留了")
    assert all(part in read_back for part in ("路灯坏了一个礼拜", "望春街道春城花园3幢旁边", "不留"))
    assert resident.tickets() == []
    told = resident.says("确认")
    (ticket,) = resident.tickets()
    assert ticket.number in told
    assert (ticket.place, ticket.since) == ("望春街道春城花园3幢旁边", "一个礼拜")
    assert "受理" not in ticket.place
    assert resident.contact(ticket) == ""


def test_a_person_is_asked_for_and_a_call_back_filed(resident: Resident) -> None:
    first = resident.says("转人工")
    assert all(part in first for part in ("没有坐席在岗", "每天00:00-23:59", "81890"))
    assert "正在转接" not in first
    again = resident.says("我现在就要找人")
    assert "回电" in again
    assert "23:59" not in again
    told = resident.says(f"那明天打给我吧 {PHONE}")
    (ticket,) = resident.tickets()
    assert ticket.number in told
    assert ticket.callback
    assert "明天" in ticket.problem
    assert resident.contact(ticket) == PHONE
    farewell = resident.says("谢了")
    assert "\n" not in farewell
    assert "？" not in farewell


def test_danger_comes_before_everything(resident: Resident) -> None:
    target = resident.says("2025年GDP目标多少")
    assert "2000亿元" in target.replace(" ", "")
    assert "目标" in target
    assert PLAN in resident.origins()
    danger = resident.says("等等我家厨房着火了！！")
    assert danger.startswith("先拨119")
    assert "120" in danger
    assert "离开" in danger
    assert "？" not in danger
    calm = resident.says("打过了，消防在路上")
    assert "安全" in calm
    assert "登记" in calm
    assert "哪里" not in calm
    assert len(calm) < 80
    assert resident.tickets() == []
    assert "哪里" in resident.says("火灭了。物业的灭火器是坏的，能投诉吗")
    resident.says("文昌小区3幢")
    assert "灭火器是坏的" in resident.says("不留")
    resident.says("对")
    (ticket,) = resident.tickets()
    assert ticket.problem == "物业的灭火器是坏的"


def test_every_message_sent_twice_still_makes_one_ticket(resident: Resident) -> None:
    for number, message in enumerate(("文昌小区3幢的电梯坏了三天", PHONE, "对的", "对的")):
        first = resident.says(message, f"m-{number}")
        assert resident.says(message, f"m-{number}") == first
    (ticket,) = resident.tickets()
    assert ticket.number in resident.says("对", "m-9")
    assert len(resident.tickets()) == 1


def test_another_browser_learns_nothing_without_the_code(
    resident: Resident, stack: Stack, ledger: Office
) -> None:
    resident.says("文昌小区3幢的路灯坏了")
    resident.says("不留")
    told = resident.says("对")
    (ticket,) = resident.tickets()
    code = next(code for code in re.findall(r"查询码 (\d{6})", told))
    headers = {"Authorization": f"Bearer {stack.token}"}
    with httpx2.Client(base_url=stack.address, headers=headers, timeout=40, trust_env=False) as client:
        other = Resident(client, ledger)
        assert "路灯" not in other.says(f"查一下工单 {ticket.number}")
        assert "路灯" in other.says(f"{ticket.number} 查询码 {code}")


def test_no_number_stands_in_the_stores_and_logs(resident: Resident, stack: Stack) -> None:
    canary = "13912340987"
    resident.says("文昌小区3幢的路灯坏了")
    resident.says(f"我电话{canary}")
    resident.says("对")
    (ticket,) = resident.tickets()
    assert resident.contact(ticket) == canary
    with redis.Redis.from_url(stack.redis_url) as valkey:
        held = [valkey.dump(key) or b"" for key in valkey.keys("*")]
        texts = [valkey.get(key) or b"" for key in valkey.keys("*") if valkey.type(key) == b"string"]
    assert [1 for kept in (*held, *texts) if canary.encode() in kept] == []
    files = [path for path in stack.var_dir.rglob("*") if path.is_file() and not path.is_socket()]
    assert [path for path in files if canary.encode() in path.read_bytes()] == []

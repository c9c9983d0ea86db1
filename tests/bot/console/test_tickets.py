"""The ticket desk's pages without a browser: what they say, what they refuse, what stays in a form."""

from __future__ import annotations

import html
import re
from collections.abc import Callable
from typing import Any

import httpx2
import pytest

from actions.tickets.records import Actor, Report
from actions.tickets.states import load_states
from actions.tickets.steps import STEPS
from bot.console.ticket_words import told, wording
from tests.desk_parts import Desk

LI = Actor("李岚#77", "operator")
KEYS = iter(range(1000))


@pytest.fixture(scope="module")
def operator(running: Desk) -> httpx2.Client:
    return running.signed_in("operator")


@pytest.fixture(scope="module")
def chief(running: Desk) -> httpx2.Client:
    return running.signed_in("supervisor")


@pytest.fixture
def file(running: Desk) -> Callable[..., str]:
    def new(problem: str = "路灯坏了", **more: Any) -> str:
        report = Report(problem=problem, session=f"web-{next(KEYS)}", **more)
        return running.care.office.reception.file(report, f"k{next(KEYS)}").number

    return new


def take(client: httpx2.Client, number: str, step: str, version: int, **more: Any) -> httpx2.Response:
    data = {"key": f"p{next(KEYS)}", "version": str(version), **more}
    return client.post(f"/desk/tickets/{number}/{step}", data=data)


def main(response: httpx2.Response) -> str:
    """The text of the page's main part."""
    inner = response.text.split('<main id="main"', 1)[1]
    return re.sub(r"\s+", " ", html.unescape(re.sub(r"<[^>]+>", " ", inner)))


def test_the_wording_has_every_step_move_state_and_role() -> None:
    words, life = wording(), load_states()
    assert set(words.steps) == set(STEPS)
    assert set(words.moves) == set(life.moves)
    assert set(words.bulk) <= set(STEPS)
    assert {role for move in life.moves.values() for role in move.roles} == set(words.roles)
    keys = [step.key for step in words.steps.values() if step.key]
    assert not {"j", "k", "x", "u", "/", "?"} & (set(keys) - {"k", "x"})
    for state in life.states:  # what is offered together has keys of its own
        for role in ("operator", "supervisor"):
            offered = [s.key for s in words.steps.values() if s.key and _allowed(s.name, state, role)]
            assert len(offered) == len(set(offered)), (state, role)


def _allowed(step: str, state: str, role: str) -> bool:
    move = load_states().moves["settle" if step == "survey" else step]
    return state in move.sources and role in move.roles


def test_details_are_told_in_words() -> None:
    assert told({"from": "2026-11-24T01:20:30.000000Z", "to": ""}) == "原定：11-24 09:20"
    amended = told({"changed": ["place", "contact"], "before": {"place": "甲路", "since": ""}})
    assert amended == "改了：地点、联系电话；原来：地点 甲路，何时起 （空）"


def test_the_queue_shows_countdown_in_words_and_finds(
    operator: httpx2.Client, file: Callable[..., str]
) -> None:
    number = file("望春桥头的路灯", place="望春街道春城花园3幢")
    page = main(operator.get("/desk/tickets", params={"q": number}))
    assert number in page
    assert re.search(r"还有 \d 个工作日", page)
    assert "没有这样的工单" in main(operator.get("/desk/tickets", params={"q": "绝对没有"}))
    assert "望春街道春城花园3幢" in main(operator.get("/desk/tickets/places"))


def test_forms_say_what_will_happen_and_by_when(
    operator: httpx2.Client, chief: httpx2.Client, file: Callable[..., str]
) -> None:
    number = file()
    page = main(operator.get(f"/desk/tickets/{number}"))
    assert re.search(r"居民会收到这段答复，两小时后再问一次满不满意。应在 \d\d-\d\d \d\d:\d\d 前做完", page)
    assert "同意延期" not in page
    assert take(operator, number, "request_extension", 2, days="2", words="缺件").status_code == 303
    assert "同意延期" not in main(operator.get(f"/desk/tickets/{number}"))
    assert "应办结时间按申请的工作日后移" in main(chief.get(f"/desk/tickets/{number}"))


def test_a_conflict_keeps_the_words_and_tells_both_versions(
    running: Desk, operator: httpx2.Client, file: Callable[..., str]
) -> None:
    number = file()
    running.care.office.casework.note(number, 2, LI, "电工明天去")
    late = take(operator, number, "close", 2, words="换好了<script>")
    assert late.status_code == 409
    page = main(late)
    for words in ("李岚改过这张工单", "电工明天去", "您看的是第 2 版，现在是第 3 版"):
        assert words in page
    assert "换好了&lt;script&gt;</textarea>" in late.text
    assert 'name="version" value="3"' in late.text
    again = take(operator, number, "close", 3, words="换好了")
    assert again.status_code == 303


def test_a_conflict_over_a_ticket_that_has_ended_says_so(
    running: Desk, operator: httpx2.Client, file: Callable[..., str]
) -> None:
    number = file()
    running.care.office.casework.refuse(number, 2, LI, "不归本区")
    page = main(take(operator, number, "start", 2))
    assert "已经不能「开始办理」了" in page


def test_what_is_refused_stays_in_the_form(operator: httpx2.Client, file: Callable[..., str]) -> None:
    number = file()
    refused = take(operator, number, "merge", 2, into="HS-260101-00000")
    assert refused.status_code == 404
    itself = take(operator, number, "merge", 2, into=number)
    assert itself.status_code == 409
    assert "不能并入它自己" in main(itself)
    assert f'value="{number}"' in itself.text


@pytest.mark.parametrize(
    "path", ["/desk/tickets/HS-260101-00000", "/desk/tickets/%00", "/desk/tickets?page=x"]
)
def test_what_is_not_there_is_said(operator: httpx2.Client, path: str) -> None:
    found = operator.get(path)
    assert found.status_code in (404, 422)
    assert "没有办成" in found.text


def test_bulk_tells_every_row(operator: httpx2.Client, running: Desk, file: Callable[..., str]) -> None:
    good, stale = file("怪事一"), file("怪事二")
    running.care.office.casework.note(stale, 1, LI, "先看看")
    data = {"key": "b", "step": "assign", "department": "区民政局", "row": [f"{good}@1", f"{stale}@1"]}
    page = main(operator.post("/desk/tickets/bulk", data=data))
    assert "2 张里办好 1 张，1 张没有办" in page
    assert "已由 李岚 在" in page
    for wrong in ({"row": []}, {"step": "explode"}):
        assert operator.post("/desk/tickets/bulk", data={**data, **wrong}).status_code == 422


def test_export_is_a_file_and_contacts_are_the_supervisors(
    operator: httpx2.Client, chief: httpx2.Client, file: Callable[..., str]
) -> None:
    number = file(contact="13800001234", consent=True, place="甲小区3幢")
    data = {"filter-q": number}
    plain = operator.post("/desk/tickets/export", data=data)
    assert plain.headers["content-type"] == "text/csv; charset=utf-8"
    assert plain.content.startswith(b"\xef\xbb\xbf")
    assert "甲小区*幢" in plain.text
    wanted = {**data, "contacts": "yes", "reason": "核对"}
    refused = operator.post("/desk/tickets/export", data=wanted)
    assert refused.status_code == 403
    assert "只能由值班长来做" in main(refused)
    assert "13800001234" in chief.post("/desk/tickets/export", data=wanted).text


def test_a_reveal_without_a_reason_shows_nothing(operator: httpx2.Client, file: Callable[..., str]) -> None:
    number = file(contact="13800001234", consent=True)
    none = operator.post(f"/desk/tickets/{number}/reveal", data={"reason": " "})
    assert none.status_code == 422
    assert "13800001234" not in none.text
    told_ = operator.post(f"/desk/tickets/{number}/reveal", data={"reason": "回电"})
    assert "13800001234" in told_.text
    assert "no-store" in told_.headers["cache-control"]
    assert "13800001234" not in operator.get(f"/desk/tickets/{number}").text


@pytest.mark.parametrize("role", ["editor", "admin"])
def test_others_have_no_tickets(running: Desk, file: Callable[..., str], role: str) -> None:
    client, number = running.signed_in(role), file()
    assert client.get("/desk/tickets").status_code == 403
    assert client.get(f"/desk/tickets/{number}").status_code == 403
    assert take(client, number, "close", 2, words="好").status_code == 403
    assert running.care.office.register.get(number).version == 2

"""Somebody of a department: sees and handles what is with it now; everything else is as if it did not exist."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator

import httpx2
import pytest

from actions.accounts.acts import SYSTEM
from actions.accounts.errors import AccountInvalid
from actions.tickets.records import Actor, Report
from tests.actions.serving.test_casework import take, whole
from tests.desk_parts import DEPARTMENT, PASSWORD, Desk, desk

OTHER = "区教育局"
ABSENT = "HS-261122-00000"
LI = Actor("王桥", "operator")
KEYS = iter(range(1000))


@pytest.fixture(scope="module")
def running(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Desk]:
    with desk(tmp_path_factory.mktemp("departments")) as started:
        yield started


@pytest.fixture
def chen(running: Desk) -> httpx2.Client:
    return running.of_service("department")


def filed(running: Desk, department: str, problem: str = "助餐点关门了", contact: str = "") -> str:
    office = running.care.office
    report = Report(
        problem=problem,
        session=f"web-{next(KEYS)}",
        contact=contact,
        consent=bool(contact),
        place="古林镇西街",
    )
    number = office.reception.file(report, f"k{next(KEYS)}").number
    if department:
        office.casework.assign(number, office.register.get(number).version, LI, department, "", "")
    return number


def test_every_way_to_a_foreign_ticket_ends_as_with_one_that_was_never_given(
    running: Desk, chen: httpx2.Client
) -> None:
    foreign, untouched = filed(running, OTHER, contact="13800001234"), filed(running, "", "说不清的一件事")
    body = {"key": "k", "version": 2, "words": "看看", "reason": "看看", "department": DEPARTMENT}
    steps = ("accept", "start", "ask_back", "close", "note", "assign", "hand_back", "merge", "reveal")
    for number in (foreign, untouched):
        for method, path in [("GET", ""), *(("POST", f"/{step}") for step in steps)]:
            answers = []
            for one in (number, ABSENT):
                given = None if method == "GET" else {**body, "key": f"k{next(KEYS)}"}
                got = chen.request(method, f"/casework/tickets/{one}{path}", json=given)
                answers.append((got.status_code, got.text.replace(one, "")))
            assert answers[0] == answers[1], path
            assert answers[0][0] == 404, (path, answers)
    rows = [{"number": foreign, "version": 2}, {"number": ABSENT, "version": 2}]
    told = chen.post("/casework/bulk", json={"key": "b", "step": "note", "words": "x", "rows": rows}).json()
    assert [(row["done"], row["code"]) for row in told["rows"]] == [(False, "not_found")] * 2
    assert running.care.office.register.get(foreign).version == 2


def test_lists_queues_places_and_files_hold_the_departments_own(running: Desk, chen: httpx2.Client) -> None:
    own, foreign = filed(running, DEPARTMENT, "查得到的一件事"), filed(running, OTHER, "查不到的一件事")
    for query in ("", "?q=一件事", f"?department={OTHER}", "?department=-", f"?state=all&q={foreign}"):
        found = [one["number"] for one in chen.get(f"/casework/tickets{query}").json()["tickets"]]
        assert foreign not in found, query
        assert (own in found) == (query in ("", "?q=一件事")), query
    told = chen.get("/casework/queues").json()
    assert {queue["department"] for queue in told["queues"]} == {DEPARTMENT}
    assert told["choices"]["departments"] == [DEPARTMENT]
    for query in ("", f"?department={OTHER}"):
        numbers = [
            n for place in chen.get(f"/casework/places{query}").json()["places"] for n in place["numbers"]
        ]
        assert own in numbers
        assert foreign not in numbers
    text = chen.post("/casework/export", json={"state": ["all"]}).json()["csv"]
    listed = {row["部门"] for row in csv.DictReader(io.StringIO(text.lstrip("\ufeff")))}
    assert listed == {DEPARTMENT}


def test_it_asks_back_goes_on_and_closes_and_the_history_says_who(running: Desk, chen: httpx2.Client) -> None:
    number = filed(running, DEPARTMENT)
    seen = whole(chen, number)
    assert set(seen["steps"]) == {"start", "ask_back", "request_extension", "close", "hand_back", "note"}
    version = seen["version"]
    for step, words in (
        ("start", ""),
        ("ask_back", "哪一家？"),
        ("supply", "西街那家"),
        ("close", "已恢复供餐。"),
    ):
        done = take(chen, number, step, version, words=words)
        assert done.status_code == 200, (step, done.text)
        version = done.json()["ticket"]["version"]
    ticket = running.care.office.register.get(number)
    assert ticket.state == "已办结"
    last = running.care.office.register.events(ticket)[-1]
    assert (last.role, last.actor.partition("#")[0]) == ("department", "陈民")
    for step in ("survey", "reopen", "prioritise", "assign"):
        given = {"score": "满意", "words": "x", "priority": "加急", "department": OTHER}
        assert take(chen, number, step, version, **given).status_code == 409, step


def test_what_it_hands_back_is_gone(running: Desk, chen: httpx2.Client) -> None:
    number = filed(running, DEPARTMENT)
    assert take(chen, number, "hand_back", 2, words="归教育局").status_code == 200
    assert chen.get(f"/casework/tickets/{number}").status_code == 404
    second = filed(running, DEPARTMENT)
    running.care.office.casework.assign(second, 2, LI, OTHER, "", "")
    told = take(chen, second, "close", 2, words="办好了")
    assert told.status_code == 404  # and no word of who took it away
    assert "教育" not in told.text


def test_a_number_to_call_is_shown_only_where_that_was_granted(running: Desk, chen: httpx2.Client) -> None:
    number = filed(running, DEPARTMENT, contact="13800001234")
    assert whole(chen, number)["may_reveal"] is False
    refused = chen.post(f"/casework/tickets/{number}/reveal", json={"reason": "回电"})
    assert refused.status_code == 403
    assert "13800001234" not in refused.text
    account = running.accounts.accounts.find("department")
    assert account
    give = running.accounts.accounts.give
    give(SYSTEM, account.operator.id, ["department"], DEPARTMENT, True)
    shown = chen.post(f"/casework/tickets/{number}/reveal", json={"reason": "回电"})
    assert shown.json()["contact"] == "13800001234"
    export = chen.post("/casework/export", json={"contacts": True, "reason": "x"})
    assert export.status_code == 403
    give(SYSTEM, account.operator.id, ["department"], DEPARTMENT)


def test_chats_and_drafts_are_closed_at_the_service_too(chen: httpx2.Client) -> None:
    for path in ("/acts", "/knowledge", "/knowledge/entries", "/knowledge/gaps"):
        assert chen.get(path).status_code in (403, 404), path


@pytest.mark.parametrize(
    ("roles", "department", "match"),
    [
        (["department"], "", "不在部门表里"),
        (["department"], "区天文局", "不在部门表里"),
        (["department", "operator"], DEPARTMENT, "不能同时"),
        (["department", "supervisor"], DEPARTMENT, "不能同时"),
    ],
)
def test_an_account_of_a_department_needs_one_and_only_that(
    running: Desk, roles: list[str], department: str, match: str
) -> None:
    with pytest.raises(AccountInvalid, match=match):
        running.accounts.accounts.add(SYSTEM, "d9", "丁", roles, PASSWORD, department=department)


def test_a_new_department_counts_from_the_next_call(running: Desk) -> None:
    accounts = running.accounts.accounts
    made = accounts.add(SYSTEM, "moved", "莫", ["department"], PASSWORD, own=True, department=OTHER)
    number = filed(running, OTHER)
    client = running.of_service("moved")
    assert client.get(f"/casework/tickets/{number}").status_code == 200
    accounts.give(SYSTEM, made.operator.id, ["department"], DEPARTMENT)
    assert client.get(f"/casework/tickets/{number}").status_code == 404
    accounts.give(SYSTEM, made.operator.id, ["operator"])
    assert accounts.active(made.operator.id).department == ""

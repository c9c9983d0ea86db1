"""The desk's routes for tickets: service, ledger and accounts are the real ones."""

from __future__ import annotations

import csv
import io
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier
from typing import Any

import httpx2
import pytest

from actions.tickets.records import Report
from tests.actions.tickets.ledger_parts import Hands
from tests.desk_parts import NAMES, Desk, desk

Answer = dict[str, Any]
START = Hands().at


@pytest.fixture(scope="module")
def hands() -> Hands:
    return Hands()


@pytest.fixture(scope="module")
def running(tmp_path_factory: pytest.TempPathFactory, hands: Hands) -> Iterator[Desk]:
    with desk(tmp_path_factory.mktemp("casework"), hands) as started:
        yield started


@pytest.fixture(autouse=True)
def _morning(hands: Hands) -> None:
    hands.at = START


@pytest.fixture
def li(running: Desk) -> httpx2.Client:
    return running.of_service("operator")


@pytest.fixture
def chief(running: Desk) -> httpx2.Client:
    return running.of_service("supervisor")


KEYS = iter(range(10_000))


@pytest.fixture
def file(running: Desk) -> Callable[..., str]:
    def new(problem: str = "路灯坏了", **more: Any) -> str:
        report = Report(problem=problem, session=f"web-{next(KEYS)}", **more)
        return running.care.office.reception.file(report, f"k{next(KEYS)}").number

    return new


def take(
    client: httpx2.Client, number: str, step: str, version: int, key: str = "", **more: Any
) -> httpx2.Response:
    body = {"key": key or f"s{next(KEYS)}", "version": version, **more}
    return client.post(f"/casework/tickets/{number}/{step}", json=body)


def whole(client: httpx2.Client, number: str) -> Answer:
    found = client.get(f"/casework/tickets/{number}")
    assert found.status_code == 200, found.text
    return dict(found.json())


def test_the_whole_way_from_triage_to_a_second_life(
    li: httpx2.Client, chief: httpx2.Client, file: Callable[..., str]
) -> None:
    number = file("说不清的一件事")
    seen = whole(li, number)
    assert (seen["state"], seen["department"]) == ("待受理", "")
    assert seen["suggestion"] == {
        **{"category": "其他", "kind": "求助", "department": "", "confidence": 0.21, "sure": False}
    }
    moved = take(li, number, "assign", 1, department="区民政局", category="养老助餐", kind="投诉").json()[
        "ticket"
    ]
    assert (moved["state"], moved["department"], moved["kind"]) == ("已派单", "区民政局", "投诉")
    assert take(li, number, "start", 2).json()["ticket"]["state"] == "办理中"
    assert (
        take(li, number, "ask_back", 3, words="哪一栋？").json()["ticket"]["countdown"]["level"] == "paused"
    )
    assert take(li, number, "supply", 4, words="三栋").json()["ticket"]["state"] == "办理中"
    assert take(li, number, "request_extension", 5, days=2, words="缺件").status_code == 200
    assert "grant" not in whole(li, number)["steps"]
    refused = take(li, number, "grant", 6)
    assert (refused.status_code, refused.json()["error"]["code"]) == (409, "contradicted")
    assert "只能由督办" in refused.json()["error"]["message"]
    assert take(chief, number, "grant", 6).json()["ticket"]["extension_days"] == 2
    assert take(li, number, "close", 7, words="已送到").json()["ticket"]["countdown"]["words"] == "按时办结"
    again = take(li, number, "survey", 8, score="不满意", words="还是没来").json()["ticket"]
    assert (again["state"], again["solved"], again["reopened"]) == ("重新办理", False, 1)
    take(li, number, "close", 9, words="这回送到了")
    assert take(chief, number, "survey", 10, score="满意").json()["ticket"]["state"] == "已回访"
    assert take(chief, number, "reopen", 11, words="抽查").json()["ticket"]["state"] == "重新办理"
    end = whole(li, number)
    assert [e["move"] for e in end["history"]][-5:] == ["close", "dispute", "close", "settle", "reopen"]
    assert {e["actor"] for e in end["history"] if e["role"] == "operator"} == {f"{NAMES['operator']}#1"}
    assert [s["score"] for s in end["surveys"]] == ["不满意", "满意"]
    assert end["suggestion"] is None
    assert end["extensions"][0]["granted"] is True


def test_a_step_sent_again_is_taken_once(li: httpx2.Client, file: Callable[..., str]) -> None:
    number = file()
    first = take(li, number, "note", 2, key="once", words="看过了")
    again = take(li, number, "note", 2, key="once", words="看过了")
    assert (first.status_code, again.status_code) == (200, 200)
    assert first.json() == again.json()
    assert whole(li, number)["version"] == 3
    assert take(li, number, "start", 3, key="once").json()["ticket"]["state"] == "办理中"


def test_who_comes_second_is_told_who_did_what(
    li: httpx2.Client, chief: httpx2.Client, file: Callable[..., str]
) -> None:
    number = file()
    take(li, number, "start", 2)
    take(li, number, "note", 3, words="在修")
    late = take(chief, number, "close", 2, words="好了")
    error = late.json()["error"]
    assert (late.status_code, error["code"], error["now"]) == (409, "conflict", 4)
    assert [(c["move"], c["actor"]) for c in error["changes"]] == [("start", "王桥#1"), ("note", "王桥#1")]
    assert "王桥" in error["message"]
    assert whole(li, number)["reply"] == ""


def test_of_two_operators_at_the_same_moment_one_wins(
    running: Desk, li: httpx2.Client, chief: httpx2.Client, file: Callable[..., str]
) -> None:
    for _ in range(12):
        number, start = file(), Barrier(2)

        def close(one: tuple[httpx2.Client, str], number: str = number, start: Barrier = start) -> Any:
            start.wait()
            return take(one[0], number, "close", 2, words=one[1])

        with ThreadPoolExecutor(2) as pool:
            answers = list(pool.map(close, [(li, "甲"), (chief, "乙")]))
        assert sorted(a.status_code for a in answers) == [200, 409]
        (won,) = [words for a, words in zip(answers, "甲乙", strict=True) if a.status_code == 200]
        assert whole(li, number)["reply"] == won
    assert running.care.office.audit.verify().findings == ()


def test_queues_lists_and_search(li: httpx2.Client, file: Callable[..., str], hands: Hands) -> None:
    lamp = file("望春桥头路灯坏了", place="望春街道春城花园3幢")
    odd = file("河里有股怪味", place="古林镇薛家村")
    before = li.get("/casework/queues").json()
    triage = next(q for q in before["queues"] if q["department"] == "")
    assert triage["open"] >= 1
    assert "区民政局" in before["choices"]["departments"]

    def numbers(**query: Any) -> list[str]:
        found = li.get("/casework/tickets", params={"size": 200, **query}).json()
        assert found["total"] == len(found["tickets"])
        return [ticket["number"] for ticket in found["tickets"]]

    assert odd in numbers(department="-")
    assert lamp not in numbers(department="-")
    assert numbers(q=lamp) == [lamp]
    assert numbers(q="春城 路灯") == [lamp]
    assert numbers(q="薛家村 路灯") == []
    assert numbers(q="100%_") == []
    assert {lamp, odd} <= set(numbers())
    take(li, odd, "prioritise", 1, priority="加急")
    assert numbers()[0] == odd
    assert numbers(priority="加急") == [odd]
    towns = [(p["town"], p["place"]) for p in li.get("/casework/places").json()["places"]]
    assert ("望春", "望春街道春城花园3幢") in towns
    assert towns[-1][0] in ("未写明街道", "古林", "望春")
    hands.move(days=40)
    assert {lamp, odd} <= set(numbers(due="overdue"))
    line = li.get("/casework/tickets", params={"q": lamp}).json()["tickets"][0]
    assert (line["countdown"]["level"], line["countdown"]["step"]) == ("overdue", "问责")
    assert line["countdown"]["words"].startswith("超期 ")
    assert numbers(due="today") == []


def test_pages(li: httpx2.Client, file: Callable[..., str]) -> None:
    made = {file() for _ in range(5)}
    first = li.get("/casework/tickets", params={"size": 3, "sort": "new"}).json()
    second = li.get("/casework/tickets", params={"size": 3, "sort": "new", "page": 2}).json()
    shown = [t["number"] for t in (*first["tickets"], *second["tickets"])]
    assert len(set(shown)) == 6
    assert made <= set(shown)
    assert first["total"] == second["total"] >= 5


def test_a_number_is_revealed_with_a_reason_and_leaves_a_line(
    li: httpx2.Client, file: Callable[..., str]
) -> None:
    number = file(contact="13800001234", consent=True)
    seen = li.get(f"/casework/tickets/{number}")
    assert seen.json()["contact"] is True
    assert "13800001234" not in seen.text
    assert li.post(f"/casework/tickets/{number}/reveal", json={"reason": " "}).status_code == 422
    told = li.post(f"/casework/tickets/{number}/reveal", json={"reason": "回电核实"})
    assert told.json() == {"contact": "13800001234", "version": 3}
    last = whole(li, number)["history"][-1]
    assert (last["move"], last["actor"], last["details"]) == ("reveal", "王桥#1", {"reason": "回电核实"})


def test_bulk_tells_each_row_its_outcome(li: httpx2.Client, file: Callable[..., str]) -> None:
    good, stale, closed = file("怪事一"), file("怪事二"), file("怪事三")
    take(li, stale, "note", 1, words="看过")
    take(li, closed, "refuse", 1, words="不归本区")
    rows = [
        {"number": good, "version": 1},
        {"number": stale, "version": 1},
        {"number": closed, "version": 2},
        {"number": "HS-261123-00000", "version": 1},
    ]
    body = {"key": "b1", "step": "assign", "department": "区民政局", "rows": rows}
    told = li.post("/casework/bulk", json=body).json()
    assert told["done"] == 1
    assert [row.get("code", "") for row in told["rows"]] == ["", "conflict", "contradicted", "not_found"]
    assert all(row["message"] for row in told["rows"][1:])
    again = li.post("/casework/bulk", json=body).json()
    assert again["rows"][0] == told["rows"][0]
    assert whole(li, good)["version"] == 2


def rows_of(answer: httpx2.Response) -> list[dict[str, str]]:
    assert answer.status_code == 200, answer.text
    text = answer.json()["csv"]
    assert text.startswith("\ufeff")
    return list(csv.DictReader(io.StringIO(text.removeprefix("\ufeff"))))


def test_an_export_hides_what_is_personal_and_runs_nothing(
    running: Desk, li: httpx2.Client, chief: httpx2.Client, file: Callable[..., str]
) -> None:
    number = file("=HYPERLINK(1)异味", place="洞桥镇沙港村7幢302室", contact="13800001234", consent=True)
    (row,) = rows_of(li.post("/casework/export", json={"q": number}))
    assert (row["地点"], row["联系电话"]) == ("洞桥镇沙港村*幢*室", "")
    assert row["内容"] == "'=HYPERLINK(1)异味"
    refused = li.post("/casework/export", json={"q": number, "contacts": True, "reason": "核对"})
    assert refused.status_code == 403
    assert chief.post("/casework/export", json={"q": number, "contacts": True}).status_code == 422
    (row,) = rows_of(chief.post("/casework/export", json={"q": number, "contacts": True, "reason": "核对"}))
    assert (row["地点"], row["联系电话"]) == ("洞桥镇沙港村7幢302室", "13800001234")
    last = whole(li, number)["history"][-1]
    assert (last["move"], last["details"]) == ("reveal", {"reason": "导出：核对"})
    acts = running.accounts.acts.newest(2, kind="tickets_exported")
    assert [act.name for act in acts] == [NAMES["supervisor"], NAMES["operator"]]
    assert '"contacts": 1' in acts[0].details


@pytest.mark.parametrize("role", ["", "editor", "admin"])
def test_only_operators_and_supervisors(running: Desk, file: Callable[..., str], role: str) -> None:
    client, number = running.of_service(role), file()
    answers = [
        client.get("/casework/tickets"),
        client.get("/casework/queues"),
        client.get("/casework/places"),
        client.get(f"/casework/tickets/{number}"),
        take(client, number, "close", 2, words="好了"),
        client.post(f"/casework/tickets/{number}/reveal", json={"reason": "看看"}),
        client.post("/casework/export", json={}),
    ]
    assert {a.status_code for a in answers} == {403}
    bulk = client.post(
        "/casework/bulk", json={"key": "k", "step": "start", "rows": [{"number": number, "version": 2}]}
    )
    assert bulk.status_code == 403
    assert running.care.office.register.get(number).version == 2


def test_merging_moves_both_and_names_both(li: httpx2.Client, file: Callable[..., str]) -> None:
    first, second = file(), file()
    take(li, second, "merge", 2, into=first)
    assert whole(li, first)["following"] == [second]
    follower = whole(li, second)
    assert (follower["merged_into"], follower["steps"]) == (first, ["note"])
    take(li, first, "close", 3, words="修好了")
    assert whole(li, second)["state"] == "已办结"


@pytest.mark.parametrize(
    ("step", "body", "named"),
    [
        ("explode", {}, "explode"),
        ("start", {"version": None}, "version"),
        ("start", {"version": -1}, "version"),
        ("start", {"version": 2**40}, "version"),
        ("start", {"version": True}, "version"),
        ("start", {"key": ""}, "key"),
        ("close", {"words": ""}, "reply"),
        ("close", {"words": 7}, "words"),
        ("survey", {"score": "极好"}, "极好"),
        ("prioritise", {"priority": "最急"}, "最急"),
    ],
)
def test_bodies_that_cannot_be_used_name_the_field(
    li: httpx2.Client, file: Callable[..., str], step: str, body: Answer, named: str
) -> None:
    number = file()
    whole_body = {k: v for k, v in {"key": "k", "version": 2, **body}.items() if v is not None}
    refused = li.post(f"/casework/tickets/{number}/{step}", json=whole_body)
    assert refused.status_code in (409, 422)
    assert named in refused.json()["error"]["message"]

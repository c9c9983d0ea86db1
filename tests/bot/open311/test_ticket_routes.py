"""The service's routes for tickets: what the gateway and the dialogue get for what they send."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable
from typing import Any

import httpx2
import pytest

from tests.actions.tickets.ledger_parts import LI
from tests.bot.open311.conftest import City

Call = Callable[..., httpx2.Response]
LAMP = {"problem": "路灯坏了", "place": "甲路", "session": "web-1", "contact": "13800001234", "consent": True}


@pytest.fixture
def call(city: City) -> Call:
    def send(method: str, path: str, **what: Any) -> httpx2.Response:
        headers = {"Authorization": f"Bearer {city.token}"}
        return city.http.request(method, f"{city.service}{path}", headers=headers, **what)

    return send


def test_filing_and_filing_again(call: Call) -> None:
    first = call("POST", "/tickets", json={**LAMP, "key": "routes-1"})
    again = call("POST", "/tickets", json={**LAMP, "key": "routes-1"})
    assert (first.status_code, again.status_code) == (201, 200)
    assert again.json() == {**first.json(), "again": True}
    assert set(first.json()) == {
        *(
            "number",
            "code",
            "state",
            "category",
            "department",
            "due",
            "provisional",
            "created",
            "again",
            "amended",
        ),
    }
    assert "+08:00" in first.json()["due"]


def test_a_ticket_is_opened_urged_rated_by_code_or_session(city: City, call: Call) -> None:
    receipt = call("POST", "/tickets", json={**LAMP, "key": "routes-2", "session": "web-2"}).json()
    path = f"/tickets/{receipt['number']}"
    by_code = call("GET", path, params={"code": receipt["code"]})
    by_session = call("GET", path, params={"session": "web-2"})
    assert by_code.status_code == 200
    assert by_code.json() == by_session.json()
    assert by_code.json()["problem"] == "路灯坏了"
    assert "13800001234" not in by_code.text
    assert call("POST", f"{path}/urge", json={"key": "u", "session": "web-2"}).json()["urged"] == 1
    assert [t["number"] for t in call("GET", "/sessions/web-2/tickets").json()["tickets"]] == [
        receipt["number"]
    ]
    city.office.casework.close(receipt["number"], 3, LI, "灯已换")
    rated = call(
        "POST", f"{path}/rate", json={"key": "r", "code": receipt["code"], "score": "满意", "words": "快"}
    )
    assert (rated.json()["state"], rated.json()["solved"]) == ("已回访", True)


def test_withdrawing(call: Call) -> None:
    receipt = call("POST", "/tickets", json={**LAMP, "key": "routes-3"}).json()
    path = f"/tickets/{receipt['number']}/withdraw"
    assert call("POST", path, json={"key": "w", "session": "web-1"}).json()["state"] == "已撤回"
    refused = call("POST", path, json={"key": "w2", "session": "web-1"})
    assert (refused.status_code, refused.json()["error"]["code"]) == (409, "contradicted")
    assert "已撤回" in refused.json()["error"]["message"]


def test_what_is_not_yours_looks_as_if_it_were_not_there(call: Call) -> None:
    receipt = call("POST", "/tickets", json={**LAMP, "key": "routes-4"}).json()
    answers = [
        call("GET", f"/tickets/{receipt['number']}", params={"session": "web-9"}),
        call(
            "GET",
            f"/tickets/{receipt['number']}",
            params={"code": "000000" if receipt["code"] != "000000" else "1" * 6},
        ),
        call("GET", "/tickets/HS-260101-00000", params={"code": receipt["code"]}),
        call("POST", f"/tickets/{receipt['number']}/urge", json={"key": "u", "session": "web-9"}),
    ]
    assert {(a.status_code, a.text) for a in answers} == {(404, answers[0].text)}


def test_guessing_gets_a_time_to_wait(call: Call) -> None:
    codes = [f"{i:06d}" for i in range(6)]
    answers = [call("GET", "/tickets/HS-260101-11111", params={"code": code}) for code in codes]
    assert [a.status_code for a in answers] == [404] * 5 + [429]
    assert answers[-1].headers["retry-after"] == "3600"


@pytest.mark.parametrize(
    ("change", "named"),
    [
        ({"problem": None}, "problem"),
        ({"key": None}, "key"),
        ({"consent": "yes"}, "consent"),
        ({"kind": "rant"}, "kind"),
        ({"lat": "north"}, "lat"),
        ({"number": "HS-1"}, "number"),
        ({"consent": False}, "consent"),
        ({"category": "月亮"}, "月亮"),
    ],
)
def test_bodies_that_cannot_be_used_name_the_field(call: Call, change: dict[str, Any], named: str) -> None:
    body = {name: value for name, value in {**LAMP, "key": "routes-5", **change}.items() if value is not None}
    refused = call("POST", "/tickets", json=body)
    assert (refused.status_code, refused.json()["error"]["code"]) == (422, "body_invalid")
    assert named in refused.json()["error"]["message"]


def test_lists_are_for_public_channels(call: Call) -> None:
    assert call("GET", "/tickets").status_code == 422
    assert call("GET", "/tickets", params={"channel": "nowhere"}).json() == {"tickets": []}


def test_nothing_without_the_token(city: City) -> None:
    for method, path in (("POST", "/tickets"), ("GET", "/tickets"), ("GET", "/sessions/web-1/tickets")):
        assert city.http.request(method, f"{city.service}{path}").status_code == 401


def test_a_ledger_that_cannot_be_used_is_said_to_have_taken_nothing(city: City, call: Call) -> None:
    with sqlite3.connect(city.ledger, isolation_level=None) as hog:
        hog.execute("BEGIN IMMEDIATE")
        busy = call("POST", "/tickets", json={**LAMP, "key": "routes-6"}, timeout=20)
        hog.execute("ROLLBACK")
    hog.close()
    assert (busy.status_code, busy.json()["error"]["code"]) == (503, "ledger_down")
    assert "没有登记" in busy.json()["error"]["message"]
    assert busy.headers["retry-after"] == "5"
    assert call("POST", "/tickets", json={**LAMP, "key": "routes-6"}).status_code == 201

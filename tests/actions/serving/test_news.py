"""News and subscriptions over HTTP, and the rounds that run beside the service."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from fastapi import FastAPI
from fastapi.testclient import TestClient

from actions.app import refused
from actions.serving.caretaker import looked_after
from actions.serving.errors import RequestRefused
from actions.serving.news import NewsRoutes
from actions.serving.workers import Workers
from actions.tickets.aftercare import Aftercare
from actions.tickets.errors import LedgerBusy
from actions.tickets.records import Report
from actions.tickets.sweep import Swept
from tests.actions.serving.care import make_care
from tests.actions.tickets.ledger_parts import WANG, Hands
from tests.actions.tickets.senders import FlakyPhone

LAMP = Report(problem="路灯坏了", place="集士港", session="web-1")


@pytest.fixture
def hands() -> Hands:
    return Hands()


@pytest.fixture
def care(tmp_path: Path, hands: Hands) -> Iterator[Aftercare]:
    care = make_care(f"sqlite:///{tmp_path / 'ledger.sqlite3'}", hands)
    yield care
    care.office.close()


@pytest.fixture
def client(care: Aftercare) -> Iterator[TestClient]:
    app, workers = FastAPI(), Workers(threads=2, queue=8, seconds=10)
    app.include_router(NewsRoutes(care, workers).router())
    app.add_exception_handler(RequestRefused, refused)
    with TestClient(app) as client:
        yield client
    workers.close()


def read(client: TestClient, seen: object = "", session: str = "web-1") -> list[dict[str, object]]:
    response = client.get(f"/sessions/{session}/news", params={"seen": str(seen)})
    assert response.status_code == 200
    return list(response.json()["news"])


def test_a_page_reads_its_news_and_says_up_to_where(client: TestClient, care: Aftercare) -> None:
    number = care.office.reception.file(LAMP, "k").number
    care.office.casework.start(number, 2, WANG)
    (first,) = read(client)
    assert (first["kind"], first["number"], first["state"]) == ("start", number, "办理中")
    assert first["created"] == "2026-11-23T09:30:00+08:00"
    assert read(client) == [first]  # the reply may have got lost
    assert read(client, seen=first["id"]) == []
    assert read(client) == []
    assert read(client, session="web-2") == []


def test_following_a_topic_and_stopping_it(client: TestClient, care: Aftercare) -> None:
    made = client.post("/sessions/r/subscriptions", json={"topic": "路灯", "area": "集士港"})
    assert made.status_code == 201
    listed = client.get("/sessions/r/subscriptions").json()["subscriptions"]
    assert listed == [made.json()]
    care.office.reception.file(LAMP, "k")
    (news,) = read(client, session="r")
    assert news["stop"] == {"title": "不再提醒", "token": made.json()["token"]}
    for token in (made.json()["token"], "unknown"):
        stopped = client.post("/subscriptions/stop", json={"token": token})
        assert (stopped.status_code, stopped.json()) == (200, {"stopped": True})
    assert client.get("/sessions/r/subscriptions").json() == {"subscriptions": []}


@pytest.mark.parametrize("seen", ["-1", "x", "1.5", "٣", "9" * 30, "1,", ",1", "1 2", ",".join("1" * 51)])
def test_a_number_that_is_none_is_refused(client: TestClient, seen: str) -> None:
    assert client.get("/sessions/s/news", params={"seen": seen}).status_code == 422


@pytest.mark.parametrize(
    "body",
    [
        {},
        {"topic": 5},
        {"topic": ""},
        {"topic": "养老", "area": 3},
        {"topic": "长" * 31},
        {"topic": "养老", "language": "x" * 9},
    ],
)
def test_a_topic_that_is_none_is_refused(client: TestClient, body: dict[str, object]) -> None:
    response = client.post("/sessions/s/subscriptions", json=body)
    assert response.status_code == 422
    assert response.json()["error"]["message"]


def console(care: Aftercare) -> list[str]:
    return [letter.kind for letter in care.mailbox.fetch("console", "区综合行政执法局")]


async def until(done: Callable[[], bool]) -> None:
    for _ in range(1000):
        if done():
            return
        await asyncio.sleep(0.02)


async def test_the_rounds_run_beside_the_service(tmp_path: Path, hands: Hands) -> None:
    phone = FlakyPhone(0.0)
    care = make_care(f"sqlite:///{tmp_path / 'l.sqlite3'}", hands, {"telegram": phone})
    receipt = care.office.reception.file(Report(problem="路灯坏了", session="t-1", channel="telegram"), "k")
    care.office.casework.start(receipt.number, 2, WANG)
    hands.at = receipt.due
    async with looked_after(care):
        async with asyncio.timeout(20):
            await until(lambda: bool(phone.shown) and len(console(care)) == 2)
    assert console(care) == ["assign", "催办通知"]
    care.office.close()


async def test_a_round_that_fails_is_told_and_the_next_one_comes(
    care: Aftercare, caplog: pytest.LogCaptureFixture
) -> None:
    rounds = 0

    class Failing(Aftercare):
        def round(self) -> Swept:
            nonlocal rounds
            rounds += 1
            if rounds == 1:
                raise LedgerBusy("工单库（sqlite）没有写入也没有读出：locked")
            return care.round()

    failing = Failing(**{name: getattr(care, name) for name in Aftercare.__dataclass_fields__})
    with caplog.at_level(logging.ERROR):
        async with looked_after(failing), asyncio.timeout(20):
            await until(lambda: rounds >= 3)
    assert "a round over the tickets failed: LedgerBusy" in caplog.text

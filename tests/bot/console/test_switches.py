"""The bot switched off on one channel: residents hear of 81890 within five seconds, the others go on."""

from __future__ import annotations

import time
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import httpx2
import pytest

from actions.bootstrap.knowledge import build_switches
from actions.serving.parts import Parts
from tests.desk_parts import TOKEN, Desk, desk

WITHIN = 5.0


@pytest.fixture(scope="module")
def running(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Desk]:
    def change(parts: Parts) -> Parts:
        assert parts.office
        assert parts.accounts
        return replace(parts, switches=build_switches(parts.office.store, parts.accounts.acts))

    with desk(tmp_path_factory.mktemp("desk"), change=change) as started:
        yield started


def ask(running: Desk) -> dict:
    with httpx2.Client(base_url=running.url, timeout=20) as resident:
        return resident.post("/api/chat", json={"message": "有多少机构"}).json()["replies"][0]


def by_machine(running: Desk, path: str, **body: object) -> httpx2.Response:
    headers = {"Authorization": f"Bearer {TOKEN}"}
    return httpx2.post(
        f"{running.url}{path}", json={"message": "有多少机构", **body}, headers=headers, timeout=20
    )


def turned(running: Desk, channel: str, off: bool, role: str = "supervisor") -> httpx2.Response:
    client = running.signed_in(role)
    return client.post(
        "/desk/switches", data={"channel": channel, "reason": "演练", **({"off": "yes"} if off else {})}
    )


def until_off(running: Desk, wanted: bool) -> float:
    start = time.monotonic()
    while (ask(running).get("notice") == "switched_off") != wanted:
        assert time.monotonic() - start < WITHIN
        time.sleep(0.2)
    return time.monotonic() - start


def test_one_channel_is_silent_within_five_seconds_and_the_others_go_on(running: Desk) -> None:
    assert "273" in ask(running)["text"]
    assert turned(running, "web", True).status_code == 303
    assert until_off(running, True) < WITHIN
    assert "81890" in ask(running)["text"]
    assert by_machine(running, "/api/chat").status_code == 503
    elsewhere = by_machine(running, "/channels/telegram", user="7", number=1, id="telegram-1")
    assert "273" in elsewhere.json()["replies"][0]["text"]
    assert turned(running, "web", False).status_code == 303
    assert until_off(running, False) < WITHIN
    assert [act.kind for act in running.accounts.acts.newest(10) if act.kind.startswith("bot_")] == [
        "bot_on",
        "bot_off",
    ]


def test_everything_at_once(running: Desk) -> None:
    turned(running, "*", True, "admin")
    until_off(running, True)
    elsewhere = by_machine(running, "/channels/telegram", user="8", number=1, id="telegram-2")
    assert elsewhere.status_code == 200  # the channel's process would send anything else again
    assert "81890" in elsewhere.json()["replies"][0]["text"]
    turned(running, "*", False, "admin")
    until_off(running, False)


def test_a_reason_is_needed_and_an_operator_may_not(running: Desk) -> None:
    client = running.signed_in("supervisor")
    answer = client.post("/desk/switches", data={"channel": "web", "off": "yes", "reason": ""})
    assert answer.status_code == 422
    assert "写明原因" in answer.text
    assert turned(running, "web", True, "operator").status_code == 403
    assert (
        running.of_service("operator")
        .post("/switches", json={"channel": "web", "off": True, "reason": "演练"})
        .status_code
        == 403
    )
    assert "开关" in client.get("/desk/switches").text


def test_what_the_service_said_last_holds_while_it_is_away(tmp_path: Path) -> None:
    import asyncio

    from bot.gateway.errors import ServiceUnavailable
    from bot.gateway.switches import Switches

    class Service:
        said: object = ["web"]

        async def switched_off(self) -> list[str]:
            if isinstance(self.said, Exception):
                raise self.said
            return self.said  # type: ignore[return-value]

    async def check() -> None:
        service, now = Service(), [0.0]
        switches = Switches(service, lambda: now[0])  # type: ignore[arg-type]
        assert await switches.off("web")
        assert not await switches.off("telegram")
        service.said = ServiceUnavailable("away")
        now[0] = 10.0
        assert await switches.off("web")
        service.said = []
        assert await switches.off("web")  # not asked again yet
        now[0] = 12.0
        assert not await switches.off("web")

    asyncio.run(check())

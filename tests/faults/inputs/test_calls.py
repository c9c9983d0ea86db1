"""Malformed calls get a refusal that says what is wrong, and change nothing."""

from __future__ import annotations

from collections.abc import Mapping

import httpx2
import pytest
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import PlainTextResponse
from starlette.routing import Route

from tests.bot.console.routes import routes_of
from tests.desk_parts import PASSWORD, csrf
from tests.faults.inputs.calls import EACH, Call, calls
from tests.faults.inputs.conftest import Counting
from tests.faults.inputs.tally import SECONDS, Tally, share, tell
from tests.faults.inputs.town import Town
from tests.serving import serving

Callers = Mapping[str, Mapping[str, str]]
SHORT = 400
# A change of what is served that came to nothing is on record, as it should be.
ATTEMPTS = {f"{at}/knowledge/rollback": {"publications"} for at in ("", "/desk")}


@pytest.fixture(scope="module")
def callers(place: Town) -> dict[str, dict[str, dict[str, str]]]:
    """Who calls which server, as headers."""
    with httpx2.Client(base_url=place.gateway, headers={"Origin": place.gateway}) as browser:
        came = browser.post("/desk/sign-in", data={"login": "admin", "password": PASSWORD})
        assert came.status_code == 303, came.text
        admin = {
            "cookie": "; ".join(f"{k}={v}" for k, v in browser.cookies.items()),
            "origin": place.gateway,
        }
        admin["x-csrf-token"] = csrf(browser)
    operators = {role: {**place.trusted, "x-operator": id_} for role, id_ in place.operators.items()}
    wrong = {"authorization": "Bearer wrong"}
    return {
        "gateway": {"anybody": {}, "the channel": place.trusted, "an admin": admin},
        "service": {"nobody": {}, "a stranger": wrong, "the gateway": place.trusted, **operators},
    }  # fmt: skip


def made(place: Town, callers: Mapping[str, Callers]) -> list[Call]:
    out = ("/desk/sign-out",)  # the admin would be gone
    return [
        call
        for name, app in place.apps.items()
        for call in calls(name, [r for r in routes_of(app.routes) if r[1] not in out], callers[name])
    ]


def send(client: httpx2.Client, base: str, call: Call, headers: Mapping[str, str]) -> httpx2.Response:
    """Make the call; of an endless reply only the beginning is read."""
    sent = {**{k: v.encode() for k, v in headers.items()}, **call.headers}
    url = f"{base}{call.path}" + (f"?{call.query}" if call.query else "")
    with client.stream(call.method, url, headers=list(sent.items()), content=call.body) as response:
        if "event-stream" not in response.headers.get("content-type", ""):
            response.read()
        else:
            response._content = b""
        return response


def changed(tally: Tally, place: Town, call: Call, response: httpx2.Response, before: tuple[int, dict[str, str]]) -> tuple[int, dict[str, str]]:  # fmt: skip
    """Note what a refused call changed; the state afterwards."""
    version, state = before
    if place.version() == version:
        return before
    now = place.state()
    touched = {name for name in now if now[name] != state.get(name)} - ATTEMPTS.get(call.path, set())
    if touched and response.status_code >= 400:
        tally.failed("change", f"{call}: {sorted(touched)}")
    return place.version(), now


def test_two_thousand_calls(place: Town, callers: Mapping[str, Callers], counting: Counting) -> None:
    tally, every = counting("malformed calls"), made(place, callers)
    assert len(every) >= 1900 >= EACH
    state = place.version(), place.state()
    with httpx2.Client(timeout=SECONDS + 3, trust_env=False) as client:
        for call in share(every, SHORT):
            base = getattr(place, call.server)
            response = tell(
                tally, lambda c=call, b=base: send(client, b, c, callers[c.server][c.who]), str(call)
            )
            if response is not None:
                state = changed(tally, place, call, response, state)
        assert client.get(f"{place.gateway}/healthz").status_code == 200
        assert client.get(f"{place.service}/healthz").status_code == 200
    assert tally.clean, tally.seen


def test_a_server_that_falls_over_is_caught() -> None:
    """The control: what the tally is for."""

    async def worst(request: Request) -> PlainTextResponse:
        body = await request.body()
        text = 'Traceback (most recent call last):\n  File "x.py", line 3' if body else "fine"
        return PlainTextResponse(text, 500 if b"x" in body else 200)

    tally = Tally("control")
    with serving(Starlette(routes=[Route("/", worst, methods=["POST"])])) as url:
        for body in (b"", b"x", b"y"):
            tell(tally, lambda b=body: httpx2.post(url, content=b), "control")
    tell(tally, lambda: httpx2.get("http://127.0.0.1:9/"), "nobody there")
    assert tally.failures == {"5xx": 1, "trace": 2, "crash": 1}

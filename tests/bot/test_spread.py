"""Requests to several equal processes: in turn, past one that is gone, and never twice to where they were handed over."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator

import httpx2
import pytest
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse
from starlette.routing import Route

from bot.gateway.spread import AVOID_SECONDS, Spread
from bot.gateway.wire import Calls
from tests.serving import serving
from tests.stack import free_ports


class Server:
    """Tells its name, and how often it was asked."""

    def __init__(self, name: str) -> None:
        self.name, self.asked = name, list[bytes]()
        self.app = Starlette(routes=[Route("/said", self._hear, methods=["POST"])])

    async def _hear(self, request: Request) -> JSONResponse:
        self.asked.append(await request.body())
        return JSONResponse({"name": self.name})


@pytest.fixture
def servers() -> Iterator[tuple[tuple[str, str], tuple[Server, Server]]]:
    """Addresses and servers."""
    one, other = Server("one"), Server("other")
    with serving(one.app) as first, serving(other.app) as second:
        yield (first, second), (one, other)


async def test_both_get_their_share(servers):
    urls, (one, _) = servers
    async with Calls(urls) as http:
        names = Counter([(await http.post("/said", json={"n": n})).json()["name"] for n in range(10)])
    assert names == {"one": 5, "other": 5}
    assert one.asked[1] == b'{"n":2}'


async def test_one_that_is_gone_costs_nobody_a_request(servers):
    (first, _), (one, _) = servers
    nowhere = f"http://127.0.0.1:{free_ports(1)[0]}"
    async with Calls((nowhere, first)) as http:
        answers = [(await http.post("/said", json={"n": n})).status_code for n in range(6)]
    assert answers == [200] * 6
    assert len(one.asked) == 6


async def test_with_nobody_there_the_caller_hears_it():
    ports = free_ports(2)
    async with Calls([f"http://127.0.0.1:{port}" for port in ports]) as http:
        with pytest.raises(httpx2.ConnectError):
            await http.post("/said")


class Breaking:
    """Fails at one address, and notes who was asked."""

    def __init__(self, broken: str, error: Exception) -> None:
        self.broken, self.error, self.asked = broken, error, list[str]()

    async def send(self, address: str) -> str:
        self.asked.append(address)
        if address == self.broken:
            raise self.error
        return address


async def test_what_was_handed_over_is_not_sent_again_and_the_next_go_elsewhere():
    now = [0.0]
    wire = Breaking("a", httpx2.ReadError("broken off"))
    spread = Spread(("a", "b"), lambda: now[0])
    with pytest.raises(httpx2.ReadError):
        await spread.call(wire.send)
    assert wire.asked == ["a"]
    for _ in range(4):
        await spread.call(wire.send)
    assert wire.asked == ["a", "b", "b", "b", "b"]
    wire.broken, now[0] = "", AVOID_SECONDS
    assert {await spread.call(wire.send) for _ in range(2)} == {"a", "b"}

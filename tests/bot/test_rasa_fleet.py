"""A conversation stays with one Rasa process and moves only when that one is gone."""

from __future__ import annotations

import signal
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path

import httpx2
import pytest

from bot.gateway.errors import RasaGone, RasaUnavailable
from bot.gateway.rasa_fleet import RasaFleet
from tests.stack import free_ports

STAND_IN = Path(__file__).with_name("rasa_standin.py")
SENDERS = [f"web-{n}" for n in range(40)]


class Rasa:
    """A stand-in that says which one it is."""

    def __init__(self, port: int) -> None:
        self.address = f"http://127.0.0.1:{port}"
        self.process = subprocess.Popen([sys.executable, str(STAND_IN), str(port)])
        end = time.monotonic() + 20
        while True:
            try:
                self.says(f'[{{"text": "{port}"}}]')
                return
            except httpx2.HTTPError:
                assert time.monotonic() < end, "the stand-in does not answer"
                time.sleep(0.05)

    def says(self, body: str, seconds: float = 0) -> None:
        """What it replies from now on, and how late."""
        mode = {"status": 200, "body": body, "seconds": seconds}
        httpx2.put(f"{self.address}/mode", json=mode, timeout=2, trust_env=False).raise_for_status()

    def freeze(self) -> None:
        """Stop it, and wait until it has stopped: a signal takes a moment."""
        self.process.send_signal(signal.SIGSTOP)
        while self._state() != "T":
            time.sleep(0.01)

    def _state(self) -> str:
        return Path(f"/proc/{self.process.pid}/stat").read_text().rpartition(")")[2].split()[0]


@pytest.fixture
def rasas() -> Iterator[list[Rasa]]:
    with ExitStack() as stack:
        found = []
        for port in free_ports(3):
            found.append(Rasa(port))
            stack.callback(found[-1].process.wait)
            stack.callback(found[-1].process.kill)
        yield found


async def where(fleet: RasaFleet) -> dict[str, str]:
    """Which process each conversation is with."""
    return {sender: (await fleet.send(sender, "您好"))[0]["text"] for sender in SENDERS}


async def test_only_the_conversations_of_a_dead_process_move(rasas):
    fleet = RasaFleet([rasa.address for rasa in rasas], 5)
    before = await where(fleet)
    assert before == await where(fleet)
    assert min(Counter(before.values()).values()) >= 5
    assert len(set(before.values())) == 3
    rasas[0].process.kill()
    rasas[0].process.wait()
    after = await where(fleet)
    dead = rasas[0].address.rpartition(":")[2]
    assert dead not in after.values()
    assert all(after[sender] == place for sender, place in before.items() if place != dead)
    assert await fleet.ready()
    await fleet.close()


async def test_every_gateway_finds_the_same_process_whatever_the_order_of_the_addresses(rasas):
    one, other = (
        RasaFleet(urls, 5) for urls in ([r.address for r in rasas], [r.address for r in rasas[::-1]])
    )
    assert await where(one) == await where(other)
    await one.close()
    await other.close()


async def test_a_process_that_answers_nonsense_is_not_asked_twice_over(rasas):
    fleet = RasaFleet([rasa.address for rasa in rasas], 5)
    for rasa in rasas:
        rasa.says("[]")
    with pytest.raises(RasaUnavailable) as caught:
        await fleet.send("web-1", "您好")
    assert not isinstance(caught.value, RasaGone)
    seen = [httpx2.get(f"{rasa.address}/seen", trust_env=False).json() for rasa in rasas]
    assert sum(len(one) for one in seen) == 1
    await fleet.close()


async def test_a_frozen_process_gives_its_conversations_away(rasas):
    fleet = RasaFleet([rasa.address for rasa in rasas], 5)
    before = await where(fleet)
    frozen = rasas[1]
    mine = next(s for s, place in before.items() if frozen.address.endswith(place))
    assert await fleet.answers_for(mine)
    frozen.freeze()
    assert not await fleet.answers_for(mine)
    assert (await fleet.send(mine, "您好"))[0]["text"] != before[mine]
    assert await fleet.ready()
    await fleet.close()


async def test_with_no_process_left_it_says_so(rasas):
    fleet = RasaFleet([rasa.address for rasa in rasas], 5)
    for rasa in rasas:
        rasa.process.kill()
        rasa.process.wait()
    with pytest.raises(RasaGone):
        await fleet.send("web-1", "您好")
    assert not await fleet.ready()
    await fleet.close()

"""The service is killed again and again while eight clients file: nothing acknowledged is lost, nothing filed twice."""

from __future__ import annotations

import random
import socket
import subprocess
import sys
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from threading import Event, Thread

import httpx2
import pytest

from actions.settings import ROOT
from actions.tickets.register import Wanted
from tests.actions.tickets.ledger_parts import make_office

CLIENTS, REPORTS, KILLS = 8, 200, 5
SECRET = "secret-for-tests-0123456789-abcdefg"
SERVER = """
import sys
import uvicorn
from actions.app import create_app
from actions.serving.parts import Parts
from actions.settings import Settings
from tests.actions.tickets.ledger_parts import make_office
from tests.bot.open311.conftest import Silent

secrets = {"service_token": sys.argv[3], "session_secret": "session-" + sys.argv[3], "redis_password": "redis-" + sys.argv[3]}
app = create_app(Settings(_env_file=None, **secrets), lambda _: Parts(Silent(), (), {}, office=make_office(sys.argv[1])))
uvicorn.run(app, port=int(sys.argv[2]), log_level="error", access_log=False, ws="none")
"""


class Service:
    """A service in a process of its own, that can be killed and comes back on the same port."""

    def __init__(self, url: str) -> None:
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            self.port = int(probe.getsockname()[1])
        self._command = [sys.executable, "-W", "ignore", "-c", SERVER, url, str(self.port), SECRET]
        self.start()

    def start(self) -> None:
        self.process = subprocess.Popen(self._command, cwd=ROOT)

    def kill(self) -> None:
        self.process.kill()
        self.process.wait(10)

    def alive(self, http: httpx2.Client) -> bool:
        try:
            return http.get(f"http://127.0.0.1:{self.port}/readyz").status_code == 200
        except httpx2.HTTPError:
            return False


def file(port: int, report: int, twice: bool) -> list[str]:
    """Send one report until it is acknowledged, and then once more; the numbers that were told."""
    told: list[str] = []
    body = {"problem": f"路灯坏了，第{report}盏", "session": f"s{report}", "key": f"report-{report}"}
    with httpx2.Client(timeout=10, trust_env=False, headers={"Authorization": f"Bearer {SECRET}"}) as http:
        end = time.monotonic() + 240
        while len(told) < (2 if twice else 1):
            assert time.monotonic() < end, "the service did not come back"
            try:
                response = http.post(f"http://127.0.0.1:{port}/tickets", json=body)
            except httpx2.HTTPError:
                time.sleep(0.2)
                continue
            if response.status_code in (200, 201):
                told.append(f"{response.json()['number']} {response.json()['code']}")
    return told


@pytest.mark.slow
@pytest.mark.parametrize("twice", [False, True], ids=["once", "every request twice"])
def test_killed_while_filing(sqlite_ledger: Path, twice: bool) -> None:
    url, chance, done = f"sqlite:///{sqlite_ledger}", random.Random(81890 + twice), Event()
    service = Service(url)
    kills = 0

    def murder() -> None:
        nonlocal kills
        with httpx2.Client(timeout=2, trust_env=False) as http:
            while not (done.is_set() and kills >= KILLS):
                if service.alive(http):
                    done.wait(chance.uniform(0.05, 0.6))
                    service.kill()
                    kills += 1
                    service.start()
                time.sleep(0.05)
                if kills >= KILLS:
                    return

    murderer = Thread(target=murder)
    murderer.start()
    try:
        with ThreadPoolExecutor(CLIENTS) as pool:
            told = list(pool.map(lambda i: file(service.port, i, twice), range(REPORTS)))
        done.set()
        murderer.join(120)
    finally:
        service.kill()
    assert kills == KILLS
    office = make_office(url)
    assert len(office.register.list(Wanted(), 10_000)) == REPORTS
    for receipts in told:
        assert len(set(receipts)) == 1
        number, code = receipts[0].split()
        assert office.reception.look_up(number, code=code).number == number
    assert office.audit.verify().findings == ()
    office.close()

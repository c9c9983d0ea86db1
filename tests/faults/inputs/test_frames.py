"""Bytes that are no HTTP are refused or hung up on; nobody else notices, and memory does not follow a bomb."""

from __future__ import annotations

import re
import resource
import socket
import threading
import time
from urllib.parse import urlsplit

import httpx2

from tests.desk_parts import TOKEN
from tests.faults.inputs.conftest import Counting
from tests.faults.inputs.frames import COUNT, frames
from tests.faults.inputs.tally import SECONDS, TRACE, Tally
from tests.faults.inputs.town import Town

_STATUS = re.compile(rb"^HTTP/1\.[01] (\d{3})", re.M)
GROWTH_MB = 50


def exchange(url: str, data: bytes) -> bytes:
    """Send, say that nothing more comes, and read to the end. Raises TimeoutError after ``SECONDS``."""
    place = urlsplit(url)
    with socket.create_connection((place.hostname or "", place.port or 0), timeout=SECONDS) as link:
        got, end = b"", time.monotonic() + SECONDS
        try:
            link.sendall(data)
            link.shutdown(socket.SHUT_WR)
            while piece := link.recv(65_536):
                got += piece
                if time.monotonic() > end:
                    raise TimeoutError
        except (ConnectionResetError, BrokenPipeError):
            return got  # hung up on in the middle: a refusal too
        return got


def sent(tally: Tally, url: str, name: str, data: bytes) -> None:
    """Note what one exchange did wrong."""
    tally.tried += 1
    try:
        got = exchange(url, data)
    except TimeoutError:
        return tally.failed("hang", name)
    except OSError as error:
        return tally.failed("crash", f"{name}: {type(error).__name__}")
    if any(int(status) >= 500 for status in _STATUS.findall(got)):
        tally.failed("5xx", f"{name}: {got[:200]!r}")
    if TRACE.search(got.decode("latin-1")):
        tally.failed("trace", f"{name}: {got[:400]!r}")
    return None


def test_two_hundred_broken_frames(place: Town, counting: Counting) -> None:
    tally, before = counting("broken framing"), place.state()
    most = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    for number, (name, data) in enumerate(frames(TOKEN.encode())):
        sent(tally, (place.gateway, place.service)[number % 2], name, data)
    for url in (place.gateway, place.service):
        if httpx2.get(f"{url}/healthz", timeout=SECONDS, trust_env=False).status_code != 200:
            tally.failed("crash", url)
    grown = (resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - most) / 1024
    tally.notes = [f"peak memory {grown:+.0f} MB"]
    if place.state() != before:
        tally.failed("change", "the ledger")
    assert tally.tried == COUNT
    assert grown < GROWTH_MB, grown
    assert tally.clean, tally.seen


def test_a_server_that_never_replies_is_caught() -> None:
    """The control: one that reads and says nothing hangs."""
    with socket.create_server(("127.0.0.1", 0)) as server:
        held: list[socket.socket] = []
        taking = threading.Thread(target=lambda: held.append(server.accept()[0]), daemon=True)
        taking.start()
        tally = Tally("control")
        sent(tally, f"http://127.0.0.1:{server.getsockname()[1]}", "silence", b"GET / HTTP/1.1\r\n\r\n")
        taking.join(1)
        for link in held:
            link.close()
    assert tally.failures == {"hang": 1}

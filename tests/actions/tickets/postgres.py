"""A PostgreSQL of the test run's own: Debian's binaries, a temporary folder, loopback, never as root."""

from __future__ import annotations

import os
import pwd
import secrets
import shutil
import socket
import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import psycopg

BINARIES = sorted(Path("/usr/lib/postgresql").glob("*/bin/initdb"))
_SECONDS = 60


def account() -> str | None:
    """Whom to run it as: PostgreSQL refuses root."""
    if os.geteuid():
        return None
    known = {entry.pw_name for entry in pwd.getpwall()}
    return "postgres" if "postgres" in known else "nobody"


@contextmanager
def running(binaries: Path | None = None) -> Iterator[str]:
    """Start it; yields ``postgresql+psycopg://…/`` without the database's name.

    :param binaries: folder of another PostgreSQL's programs
    """
    user = account()
    folder = Path(tempfile.mkdtemp(prefix="haishu-pg-"))
    if user:
        shutil.chown(folder, user)
    password = secrets.token_hex(12)
    binaries = binaries or BINARIES[-1].parent
    try:
        _initialise(binaries, folder, user, password)
        port = _free_port()
        process = _start(binaries, folder, user, port)
        try:
            _wait(port, password)
            yield f"postgresql+psycopg://haishu:{password}@127.0.0.1:{port}/"
        finally:
            process.terminate()
            process.wait(_SECONDS)
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def _initialise(binaries: Path, folder: Path, user: str | None, password: str) -> None:
    word = folder / "password"
    word.write_text(password)
    if user:
        shutil.chown(word, user)
    arguments = ["-D", str(folder / "data"), "-U", "haishu", f"--pwfile={word}", "-A", "scram-sha-256"]
    subprocess.run(
        [binaries / "initdb", *arguments, "-E", "UTF8", "--locale=C", "--no-sync"],
        user=user,
        cwd=folder,
        check=True,
        capture_output=True,
        timeout=_SECONDS,
    )


def _start(binaries: Path, folder: Path, user: str | None, port: int) -> subprocess.Popen[bytes]:
    # fsync off: what these tests look at is the same without it, and the disk is everybody's.
    settings = {"listen_addresses": "127.0.0.1", "port": port, "fsync": "off", "max_connections": 60}
    settings["unix_socket_directories"] = ""
    options = [part for name, value in settings.items() for part in ("-c", f"{name}={value}")]
    with (folder / "log").open("wb") as log:
        return subprocess.Popen(
            [binaries / "postgres", "-D", str(folder / "data"), *options],
            user=user,
            cwd=folder,
            stdin=subprocess.DEVNULL,
            stdout=log,
            stderr=log,
        )


def _wait(port: int, password: str) -> None:
    url = f"postgresql://haishu:{password}@127.0.0.1:{port}/postgres"
    end = time.monotonic() + _SECONDS
    while True:
        try:
            psycopg.connect(url, connect_timeout=2).close()
        except psycopg.OperationalError:
            if time.monotonic() > end:
                raise
            time.sleep(0.1)
        else:
            return


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])

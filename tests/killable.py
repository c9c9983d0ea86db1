"""An ASGI app as a process of its own that can be killed and started again at once.

Started from a server that has imported everything already and forks: a kill is as real, a start costs milliseconds.
"""

from __future__ import annotations

import multiprocessing
import os
import sys
import time
from collections.abc import Callable, Mapping, Sequence
from multiprocessing.process import BaseProcess
from pathlib import Path
from typing import Any

import httpx2

from tests.stack import free_ports

START_SECONDS = 30


def _serve(make: Callable[..., Any], arguments: Sequence[Any], port: int, log: Path) -> None:
    import uvicorn

    out = os.open(log, os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o600)
    os.dup2(out, 1)
    os.dup2(out, 2)
    sys.stderr.reconfigure(line_buffering=True)  # type: ignore[union-attr]
    uvicorn.run(make(*arguments), port=port, access_log=False, log_level="warning")


class Killable:
    """Starts an app any number of times.

    :param make: a function of a module that the parent can import, and its ``arguments``, which can be pickled.
    :param environ: set before anything is imported.
    """

    def __init__(
        self, make: Callable[..., Any], arguments: Sequence[Any], log: Path, environ: Mapping[str, str]
    ) -> None:
        self._make, self._arguments, self.log = make, arguments, log
        self._port = free_ports(1)[0]
        os.environ.update(environ)  # the fork server has the environment of the moment it begins
        self._context = multiprocessing.get_context("forkserver")
        self._context.set_forkserver_preload([__name__, make.__module__, "uvicorn"])

    @property
    def url(self) -> str:
        """Its address."""
        return f"http://127.0.0.1:{self._port}"

    def start(self) -> BaseProcess:
        """Start it and wait until it is alive."""
        process = self._context.Process(
            target=_serve, args=(self._make, self._arguments, self._port, self.log), daemon=True
        )
        process.start()
        end = time.monotonic() + START_SECONDS
        while time.monotonic() < end:
            assert process.is_alive(), self.log.read_text("utf-8")[-3000:]
            try:
                if httpx2.get(f"{self.url}/healthz", timeout=1, trust_env=False).status_code == 200:
                    return process
            except httpx2.HTTPError:
                time.sleep(0.02)
        raise AssertionError(self.log.read_text("utf-8")[-3000:])

"""A process that sweeps and delivers until it is killed: ``sweeping.py LEDGER_URL FOLDER ISO_TIME``."""

from __future__ import annotations

import os
import sys
from datetime import datetime
from pathlib import Path

from actions.tickets.outbox import Letter
from tests.actions.serving.care import make_care
from tests.actions.tickets.ledger_parts import Hands


class Paper:
    """A channel that keeps what it was given: one line a message."""

    def __init__(self, path: Path) -> None:
        self._path = path

    def send(self, letter: Letter) -> None:
        with self._path.open("a", encoding="utf-8") as file:
            file.write(letter.dedup + "\n")
            file.flush()
            os.fsync(file.fileno())


def main(url: str, folder: str, now: str) -> None:
    care = make_care(url, Hands(datetime.fromisoformat(now)), {"telegram": Paper(Path(folder) / "sent.txt")})
    print("ready", flush=True)
    while True:
        care.round()
        print("round", flush=True)


if __name__ == "__main__":
    main(*sys.argv[1:])

"""What every client asked and heard, and what was killed when: one JSON object a line, judged afterwards by the checker."""

from __future__ import annotations

import json
import time
from dataclasses import asdict, dataclass
from pathlib import Path
from threading import Lock
from typing import Any, Literal

Outcome = Literal["ok", "failed", "unknown"]  # unknown: no reply came, so it may or may not have happened


@dataclass(frozen=True)
class Matter:
    """What one resident wants filed; no two have the same place."""

    number: int
    problem: str
    place: str
    phone: str  # empty: wants to leave none
    place_first: bool  # the words of the problem already say where

    @property
    def opening(self) -> str:
        """The first message."""
        return f"我要投诉，{self.problem}"

    @property
    def turns(self) -> int:
        """Messages it takes when nothing fails: the matter, where, the phone, the yes."""
        return 3 if self.place_first else 4


@dataclass(frozen=True)
class Call:
    """One request and what came of it. ``began`` and ``ended`` are Unix seconds; ``aim`` is "file" or "read"."""

    client: str
    matter: int
    aim: str
    id: str
    message: str
    outcome: Outcome
    status: int
    text: str
    began: float
    ended: float


@dataclass(frozen=True)
class Kill:
    """A ``kill -9``, after so many answered messages."""

    process: str
    pid: int
    answered: int
    at: float


class History:
    """Written by all threads as it happens, so that a broken run leaves what there was."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._lock = Lock()
        self.calls: list[Call] = []
        self.kills: list[Kill] = []
        self._out = path.open("w", encoding="utf-8")

    def add(self, record: Call | Kill) -> None:
        """Note it."""
        with self._lock:
            if isinstance(record, Call):
                self.calls.append(record)
            else:
                self.kills.append(record)
            line: dict[str, Any] = {"is": type(record).__name__.lower(), **asdict(record)}
            self._out.write(json.dumps(line, ensure_ascii=False) + "\n")
            self._out.flush()

    @property
    def answered(self) -> int:
        """Filing messages that got a reply."""
        with self._lock:
            return len({(c.client, c.id) for c in self.calls if c.outcome == "ok" and c.aim == "file"})

    def confirming(self, since: float) -> bool:
        """Whether a yes was answered lately; kills that wait for this hit the next ones on their way."""
        with self._lock:
            return any(c.message == "对" and c.began >= since for c in self.calls)

    def close(self) -> None:
        """Close the file."""
        self._out.close()


def now() -> float:
    """The clock of the records."""
    return time.time()

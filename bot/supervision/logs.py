"""Sets long log files aside and deletes those that have been kept for long enough.

    Rotation(folder, Keeping.load(), now).round()

A process keeps its file open, so the file is copied and then emptied; a line that is written between the two is lost.
"""

from __future__ import annotations

import asyncio
import shutil
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path

import yaml
from pydantic import BaseModel, ConfigDict, Field

FILE = Path(__file__).with_name("logs.yml")
_FORM = "%Y%m%dT%H%M%S"


class Keeping(BaseModel):
    """``logs.yml``. Bytes, days, seconds."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    bytes: int = Field(gt=0)
    days: float = Field(gt=0)
    every_seconds: float = Field(gt=0)

    @classmethod
    def load(cls) -> Keeping:
        """The project's own. Raises pydantic's ValidationError, naming the entry."""
        return cls(**yaml.safe_load(FILE.read_text("utf-8")))


def now() -> datetime:
    """The present."""
    return datetime.now(UTC)


class Rotation:
    """The log files of one folder.

    :param clock: the present, with its time zone.
    """

    def __init__(self, folder: Path, keeping: Keeping, clock: Callable[[], datetime] = now) -> None:
        self._folder, self._keeping, self._clock = folder, keeping, clock

    def round(self) -> None:
        """Set aside what is long, delete what is old. Raises OSError when the disk refuses."""
        for log in self._folder.glob("*.log"):
            if log.stat().st_size > self._keeping.bytes:
                aside = log.with_name(f"{log.name}.{self._clock().strftime(_FORM)}")
                shutil.copyfile(log, aside)
                aside.chmod(log.stat().st_mode & 0o777)
                with log.open("r+b") as file:
                    file.truncate(0)
        oldest = self._clock() - timedelta(days=self._keeping.days)
        for aside in self._folder.glob("*.log.*"):
            if datetime.fromtimestamp(aside.stat().st_mtime, UTC) < oldest:
                aside.unlink()

    async def keep(self, said: Callable[[str], None]) -> None:
        """A round now and then, until cancelled; a disk that refuses is told and tried again."""
        while True:
            try:
                await asyncio.to_thread(self.round)
            except OSError as error:
                said(f"[red]✗[/] 日志没有轮换：{type(error).__name__}，{error.strerror}")
            await asyncio.sleep(self._keeping.every_seconds)

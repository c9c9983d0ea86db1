"""kill -9 in the middle of rounds: every step fires once, every message arrives, and the history stays sound."""

from __future__ import annotations

import os
import random
import subprocess
import sys
import time
from collections import Counter
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Table, select

from actions.settings import ROOT
from actions.tickets.aftercare import Aftercare
from actions.tickets.moment import LOCAL
from actions.tickets.records import Report
from actions.tickets.tables import deadline_events, history, outbox
from tests.actions.serving.care import make_care
from tests.actions.tickets.ledger_parts import WANG, Hands
from tests.actions.tickets.sweeping import Paper

TICKETS = 60
KILLS = 5
LATE = datetime(2026, 12, 10, 9, tzinfo=LOCAL)
STEPS = ["催办通知", "督办", "问责"]


def start(url: str, folder: Path) -> subprocess.Popen[str]:
    command = [sys.executable, "-m", "tests.actions.tickets.sweeping", url, str(folder), LATE.isoformat()]
    environment = {**os.environ, "PYTHONPATH": str(ROOT)}
    child = subprocess.Popen(command, stdout=subprocess.PIPE, text=True, cwd=ROOT, env=environment)
    assert child.stdout is not None
    assert child.stdout.readline() == "ready\n"
    return child


@pytest.mark.slow
def test_killed_again_and_again(sqlite_url: str, tmp_path: Path) -> None:
    hands, chance = Hands(), random.Random(81890)
    care = make_care(sqlite_url, hands)
    for n in range(TICKETS):
        report = Report(problem="路灯坏了", session=f"t-{n % 7}", channel="telegram")
        number = care.office.reception.file(report, f"k{n}").number
        care.office.casework.start(number, 2, WANG)
    for _ in range(KILLS):
        child = start(sqlite_url, tmp_path)
        time.sleep(chance.uniform(0.05, 0.5))
        child.kill()
        child.communicate()
    fired_by_then = len(rows(care, deadline_events))
    hands.at = LATE
    while care.round().fired:  # a last process finishes the work
        pass
    finish(care, hands, tmp_path / "sent.txt")

    steps = rows(care, deadline_events)
    assert Counter(row.step for row in steps) == dict.fromkeys(STEPS, TICKETS)
    assert fired_by_then > 0  # the killed ones did some of it
    told = [row for row in rows(care, outbox) if row.channel == "console" and row.kind in STEPS]
    assert len(told) == len(steps)
    warned = [row for row in rows(care, history) if row.move == "warn"]
    assert len(warned) == len(steps)
    assert care.office.audit.verify().findings == ()
    care.office.close()


def rows(care: Aftercare, table: Table) -> list[Any]:
    with care.office.store.reading() as connection:
        return list(connection.execute(select(table)))


def finish(care: Aftercare, hands: Hands, sent: Path) -> None:
    """Deliver the rest; every message has then arrived, and around a kill perhaps again, with the same key."""
    while any(row.delivered_at is None for row in rows(care, outbox) if row.channel == "telegram"):
        care.delivery.deliver({"telegram": Paper(sent)})
        hands.move(minutes=1)
    arrived = Counter(sent.read_text("utf-8").split())
    assert len(arrived) == TICKETS
    assert sum(arrived.values()) <= TICKETS + KILLS

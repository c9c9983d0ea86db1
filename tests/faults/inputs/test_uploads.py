"""While hostile documents are handed in, everybody else is answered as before."""

from __future__ import annotations

import itertools
import threading
import time
from statistics import quantiles

import httpx2
import pytest

from tests.faults.documents.hostile import hostile
from tests.faults.inputs.conftest import Counting
from tests.faults.inputs.ordinary import questions
from tests.faults.inputs.tally import ALL, SECONDS, Tally, tell
from tests.faults.inputs.town import Town

pytestmark = pytest.mark.slow
BLOCKS, EACH = (6, 40) if ALL else (2, 20)
MOST = 2.0


class Uploader(threading.Thread):
    """Hands in one hostile file after the other, while it may."""

    def __init__(self, place: Town) -> None:
        super().__init__(daemon=True)
        self.place, self.let, self.over = place, threading.Event(), threading.Event()
        self.tally = Tally("documents handed in beside questions")

    def run(self) -> None:
        headers = {**self.place.trusted, "x-operator": self.place.operators["editor"]}
        with httpx2.Client(
            base_url=self.place.service, headers=headers, timeout=90, trust_env=False
        ) as client:
            for one in itertools.cycle(hostile()):
                self.let.wait()
                if self.over.is_set():
                    return
                self.tally.tried += 1
                # A file may take its thirty seconds, which is no hang: what it does to others is measured.
                came = client.post("/knowledge/documents", params={"name": one.name}, content=one.data)
                if came.status_code >= 500:
                    self.tally.failed("5xx", f"{one.title}: {came.status_code} {came.text}")


def test_questions_beside_hostile_documents(place: Town, counting: Counting) -> None:
    place.model.says({"pick": ["[1]"]})
    tally, every = counting("questions beside documents"), itertools.cycle(questions())
    uploader, times = Uploader(place), {False: list[float](), True: list[float]()}
    uploader.start()
    with httpx2.Client(base_url=place.service, timeout=SECONDS + 3, headers=place.trusted) as client:
        for block in range(2 * BLOCKS):
            beside = bool(block % 2)
            uploader.let.set() if beside else uploader.let.clear()
            time.sleep(0.5)
            for text in itertools.islice(every, EACH):
                started = time.perf_counter()
                tell(tally, lambda t=text: client.post("/answer", json={"text": t}), text)
                times[beside].append(time.perf_counter() - started)
    uploader.over.set()
    uploader.let.set()
    uploader.join(100)
    alone, together = (quantiles(times[beside], n=20)[-1] for beside in (False, True))
    ratio = together / alone
    tally.notes = [f"p95 {alone * 1000:.0f} ms alone, {together * 1000:.0f} ms beside {uploader.tally.tried} documents: {ratio:.2f} times"]  # fmt: skip
    assert uploader.tally.tried >= 2
    assert uploader.tally.clean, uploader.tally.seen
    assert tally.clean, tally.seen
    # The short form asks too few for a p95 to mean anything.
    assert not ALL or ratio <= MOST, tally.notes

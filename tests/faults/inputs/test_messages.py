"""Whatever a message is made of, Rasa gets it as one plain line of words or not at all."""

from __future__ import annotations

import json
from collections.abc import Sequence

import httpx2
import pytest

from tests.faults.inputs.conftest import Counting
from tests.faults.inputs.messages import COMMANDS, TEXTS, commands, texts, unfit
from tests.faults.inputs.tally import SECONDS, Tally, share, tell
from tests.faults.inputs.town import Town


def said(place: Town, tally: Tally, messages: Sequence[str], each: int = 50) -> None:
    """Every message from a browser; what it did wrong, and what of it reached Rasa."""
    ledger = place.state()
    for start in range(0, len(messages), each):
        batch = messages[start : start + each]
        place.listen()
        with httpx2.Client(base_url=place.gateway, timeout=SECONDS + 3, headers=place.trusted) as page:
            for number, message in enumerate(batch, start):
                _say(page, tally, message, f"{tally.kind} {number}")
        for heard in place.heard():
            if why := unfit(heard["message"]):
                tally.failed("wrong", f"{why} reached Rasa: {heard['message'][:60]!r}")
            if set(heard) != {"sender", "message", "metadata"} or "sender" in heard["metadata"]:
                tally.failed("wrong", f"more than words reached Rasa: {sorted(heard)}")
    if {**place.state(), **_TALK} != {**ledger, **_TALK}:
        tally.failed("change", "the ledger holds something new besides the conversation")


_TALK = {"conversations": "", "utterances": ""}  # what was said is kept, as it should


def _say(page: httpx2.Client, tally: Tally, message: str, what: str) -> None:
    # As escapes: halves of pairs can't be written otherwise.
    body = json.dumps({"message": message, "id": what.replace(" ", "-").replace("/", "")}).encode()
    response = tell(tally, lambda: page.post("/api/chat", content=body), f"{what} {message[:40]!r}")
    if response is None:
        return
    if response.status_code != 200 or not response.json()["replies"][0]["text"]:
        tally.failed("wrong", f"{what}: {response.status_code} {response.text[:200]}")


def test_two_hundred_commands_are_words(place: Town, counting: Counting) -> None:
    tally, every = counting("/intent variants"), commands()
    assert len(set(every)) == COMMANDS
    said(place, tally, every)
    assert tally.clean, tally.seen


def test_five_hundred_odd_texts(place: Town, counting: Counting) -> None:
    tally, every = counting("Unicode"), texts()
    assert len(every) == TEXTS
    said(place, tally, share(every, 200))
    assert tally.clean, tally.seen


def test_the_service_takes_odd_texts_itself(place: Town, counting: Counting) -> None:
    """Behind the gateway's cleaning: a channel or a document may bring them as well."""
    tally = counting("Unicode, at the service")
    with httpx2.Client(base_url=place.service, timeout=SECONDS + 3, headers=place.trusted) as client:
        for number, text in enumerate([*texts()[::5], *commands()[::5]]):
            body = json.dumps({"text": text[:300], "history": [text[:300]]}).encode()
            tell(tally, lambda b=body: client.post("/answer", content=b), f"text {number}")
    assert tally.clean, tally.seen


@pytest.mark.parametrize("sort", [commands, texts])
def test_uncleaned_they_would_not_do(sort) -> None:
    """The control: without the gateway most of them are what Rasa must not get."""
    every = sort()
    assert sum(bool(unfit(message)) for message in every) > len(every) / 3

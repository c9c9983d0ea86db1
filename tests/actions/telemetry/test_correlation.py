"""One id for one message: taken over when it can be, made when it can't, in every log line and in the reply."""

from __future__ import annotations

import io
import json
import logging

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st
from starlette.applications import Starlette
from starlette.responses import PlainTextResponse
from starlette.routing import Route
from starlette.testclient import TestClient

from actions.privacy import mask
from actions.serving.logs import Lines, set_up
from actions.telemetry.correlation import (
    HARMLESS_DIGITS,
    HEADER,
    AddRequest,
    Correlate,
    accepted,
    carrying,
    current_id,
)

# Everything an id may be made of, and what stands before or between the digits of a number.
PIECES = st.sampled_from(
    [*"0123456789", "13", "0574", "2345", "86", "-", "_", "--", "tel", "Tel-", "X", "x", "a"]
)
IDS = st.lists(PIECES, min_size=1, max_size=40).map("".join).filter(lambda text: 4 <= len(text) <= 80)


def app() -> Correlate:
    async def told(_):
        return PlainTextResponse(current_id())

    return Correlate(Starlette(routes=[Route("/", told)]))


def test_a_callers_id_is_taken_over_and_said_again():
    response = TestClient(app()).get("/", headers={HEADER: "telegram-71"})
    assert (response.text, response.headers[HEADER]) == ("telegram-71", "telegram-71")


@pytest.mark.parametrize("given", ["", "abc", "x" * 81, "with space", "new\nline", "引号", '"', "../etc"])
def test_what_may_not_stand_in_a_log_line_is_replaced(given):
    assert accepted(given) != given
    assert len(accepted(given)) == 16
    with carrying(given) as made:
        assert current_id() == made
    assert current_id() == "-"


@settings(max_examples=600, deadline=None)
@given(IDS)
@example("tel-23456789")
@example("tel-2345678")
@example("tel-2-3-4-5-6-7-8")
@example("138-0013-8000")
def test_an_id_that_is_not_looked_at_holds_no_number(name):
    if sum(char.isdigit() for char in name) <= HARMLESS_DIGITS:
        assert mask(name) == name
    assert accepted(name) == name if mask(name) == name else accepted(name) != name


@pytest.mark.parametrize(
    "name", ["13800138000", "138-0013-8000", "tel-23456789", "0574-87654321", "a-139-0000-1234"]
)
def test_a_number_as_an_id_is_replaced(name):
    assert accepted(name) != name


def test_an_id_made_here_has_no_digit_and_is_kept_by_the_next_process():
    made = {accepted(None) for _ in range(200)}
    assert len(made) == 200
    assert all(accepted(name) == name and name.isalpha() for name in made)


def test_two_messages_have_two_ids():
    client = TestClient(app())
    assert client.get("/").text != client.get("/").text


def test_json_lines_hold_the_id_and_no_words_of_an_exception():
    out = io.StringIO()
    handler = logging.StreamHandler(out)
    handler.setFormatter(Lines())
    handler.addFilter(AddRequest())
    log = logging.getLogger("haishu.test")
    log.propagate = False
    log.addHandler(handler)
    try:
        with carrying("req-1234"):
            log.warning("slow by %d ms", 7)
            try:
                int("居民说的话")
            except ValueError:
                log.exception("failed")
    finally:
        log.removeHandler(handler)
    slow, failed = (json.loads(line) for line in out.getvalue().splitlines())
    assert (slow["request"], slow["level"], slow["message"]) == ("req-1234", "WARNING", "slow by 7 ms")
    assert slow["at"].endswith("+00:00")
    assert failed["failed"].startswith("ValueError ← test_correlation.py")
    assert "居民" not in out.getvalue()


def test_whoever_has_chosen_a_format_keeps_it():
    before = list(logging.getLogger().handlers)
    assert before, "pytest has its own"
    set_up("INFO", "json")
    assert logging.getLogger().handlers == before

"""One id for one message: taken over when it can be, made when it can't, in every log line and in the reply."""

from __future__ import annotations

import io
import json
import logging

import pytest
from starlette.applications import Starlette
from starlette.responses import PlainTextResponse
from starlette.routing import Route
from starlette.testclient import TestClient

from actions.serving.logs import Lines, set_up
from actions.telemetry.correlation import HEADER, AddRequest, Correlate, accepted, carrying, current_id


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

"""``POST /feedback``: what callers may send, generated from its OpenAPI document, and what they get."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
import schemathesis
import yaml
from fastapi import FastAPI
from fastapi.routing import APIRoute
from fastapi.testclient import TestClient
from hypothesis import HealthCheck, given, settings
from schemathesis import GenerationMode

from actions.app import refused
from actions.feedback.opinions import Opinions
from actions.serving.errors import RequestRefused
from actions.serving.feedback import FeedbackRoutes
from actions.serving.workers import Workers
from actions.settings import ROOT
from actions.tickets.store import open_store
from tests.actions.tickets.ledger_parts import START, Hands
from tests.serving import serving

DOCUMENT = yaml.safe_load((ROOT / "docs" / "openapi" / "feedback.yml").read_text("utf-8"))
SAID = {"channel": "web", "conversation": "web-1", "turn": "t", "useful": False, "question": "有多少助餐点"}


@pytest.fixture(scope="module")
def parts(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[FastAPI, Opinions]]:
    store = open_store(f"sqlite:///{tmp_path_factory.mktemp('feedback') / 'ledger.sqlite3'}")
    app, workers = FastAPI(), Workers(threads=2, queue=8, seconds=10)
    opinions = Opinions(store, Hands())
    app.include_router(FeedbackRoutes(opinions, workers).router())
    app.add_exception_handler(RequestRefused, refused)
    yield app, opinions
    workers.close()
    store.close()


def test_an_opinion_is_kept_once(parts: tuple[FastAPI, Opinions]) -> None:
    app, opinions = parts
    with TestClient(app) as client:
        for useful in (False, True):
            reply = client.post("/feedback", json={**SAID, "useful": useful})
            assert (reply.status_code, reply.json()) == (200, {"useful": False})
    assert [kept.opinion.question for kept in opinions.unhelpful(START)] == ["有多少助餐点"]


@pytest.mark.parametrize(
    "change", [{"useful": 1}, {"turn": None}, {"sources": "x"}, {"sources": [1]}, {"question": 3}]
)
def test_another_shape_is_refused_by_name(parts: tuple[FastAPI, Opinions], change: dict[str, object]) -> None:
    with TestClient(parts[0]) as client:
        reply = client.post("/feedback", json={**SAID, **change})
    assert reply.status_code == 422
    assert next(iter(change)) in reply.json()["error"]["message"]


@pytest.mark.parametrize("mode", [GenerationMode.NEGATIVE, GenerationMode.POSITIVE], ids=["wrong", "right"])
def test_generated_calls(parts: tuple[FastAPI, Opinions], mode: GenerationMode) -> None:
    (found,) = schemathesis.openapi.from_dict(DOCUMENT).get_all_operations()
    seen: list[int] = []
    with serving(parts[0]) as url:

        @settings(max_examples=20, deadline=None, database=None, suppress_health_check=list(HealthCheck))
        @given(case=found.ok().as_strategy(generation_mode=mode))
        def call(case: Any) -> None:
            response = case.call(base_url=url, timeout=30)
            seen.append(response.status_code)
            assert response.status_code < 500, response.content

        call()
    assert seen


def test_the_document_is_the_routes() -> None:
    written = {(method.upper(), path) for path, entry in DOCUMENT["paths"].items() for method in entry}
    maker: Any = FeedbackRoutes
    router = maker.__new__(maker).router()
    assert written == {(m, r.path) for r in router.routes if isinstance(r, APIRoute) for m in r.methods}

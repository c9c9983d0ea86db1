"""Calls that nobody sensible makes, generated from the OpenAPI document of conversations."""

from __future__ import annotations

import os
from collections.abc import Iterator
from typing import Any

import httpx2
import pytest
import schemathesis
import yaml
from fastapi import FastAPI
from hypothesis import HealthCheck, given, settings
from schemathesis import GenerationMode
from starlette.routing import Route

from actions.app import refused
from actions.serving.conversations import ConversationRoutes
from actions.serving.desk import DeskRoutes
from actions.serving.errors import RequestRefused
from actions.serving.workers import Workers
from actions.settings import ROOT
from actions.tickets.store import open_store
from tests.actions.conversations.desk_parts import WANG, heard, make_room
from tests.actions.tickets.ledger_parts import Hands
from tests.serving import serving

EACH = int(os.environ.get("FUZZ_EACH", "10"))
DOCUMENT = yaml.safe_load((ROOT / "docs" / "openapi" / "conversations.yml").read_text("utf-8"))


@pytest.fixture(scope="module")
def service(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    store = open_store(f"sqlite:///{tmp_path_factory.mktemp('desk') / 'ledger.sqlite3'}")
    room = make_room(store, Hands())
    room.turns.open(heard())
    room.takeover.claim("web-1", WANG)
    app, workers = FastAPI(), Workers(threads=2, queue=8, seconds=10)
    talks = ConversationRoutes(room, workers)
    app.router.routes += talks.every_message()
    app.include_router(talks.router())
    app.include_router(DeskRoutes(room, workers, workers).router())
    app.add_exception_handler(RequestRefused, refused)
    with serving(app) as url:
        yield url
    workers.close()
    store.close()


def operations() -> list[Any]:
    found = schemathesis.openapi.from_dict(DOCUMENT).get_all_operations()
    return [pytest.param(one.ok(), id=one.ok().label) for one in found]


@pytest.mark.parametrize("mode", [GenerationMode.NEGATIVE, GenerationMode.POSITIVE], ids=["wrong", "right"])
@pytest.mark.parametrize("operation", operations())
def test_generated_calls(service: str, operation: Any, mode: GenerationMode) -> None:
    seen: list[int] = []

    @settings(max_examples=EACH, deadline=None, database=None, suppress_health_check=list(HealthCheck))
    @given(case=operation.as_strategy(generation_mode=mode))
    def call(case: Any) -> None:
        response = case.call(base_url=service, timeout=30)
        seen.append(response.status_code)
        assert response.status_code < 500, response.content
        if response.status_code >= 300 and response.status_code not in (404, 405):
            assert response.json()["error"]["message"]

    call()
    assert seen


def test_the_document_is_the_routes() -> None:
    written = {(method.upper(), path) for path, entry in DOCUMENT["paths"].items() for method in entry}
    makers = (ConversationRoutes, DeskRoutes)
    routes = [route for maker in makers for route in maker.__new__(maker).router().routes]
    routes += ConversationRoutes.__new__(ConversationRoutes).every_message()
    assert written == {(m, r.path) for r in routes if isinstance(r, Route) for m in r.methods or ()}


@pytest.mark.parametrize("tail", ["%00", "%ff", "%ed%a0%80", "'--", "x" * 3000])
def test_odd_names(service: str, tail: str) -> None:
    words = {"session": "s", "channel": "web", "text": "你好", "key": "k"}
    with httpx2.Client(base_url=service, headers={"X-Operator": "1"}, timeout=30, trust_env=False) as client:
        assert client.get(f"/conversations/{tail}/desk").json() == {"desk": None}
        assert client.post(f"/conversations/{tail}/turns", json=words).status_code in (200, 422)
        assert client.post(f"/sessions/{tail}/forget", json={"conversation": "x"}).status_code == 200
        assert client.post(f"/desk/chats/{tail}/claim", json={}).status_code in (200, 404, 409)

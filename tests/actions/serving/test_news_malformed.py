"""Calls that nobody sensible makes, generated from the OpenAPI document: each gets a clear answer, none an error of ours."""

from __future__ import annotations

import os
from collections.abc import Iterator
from typing import Any

import httpx2
import pytest
import schemathesis
import yaml
from fastapi import FastAPI
from fastapi.routing import APIRoute
from hypothesis import HealthCheck, given, settings
from schemathesis import GenerationMode

from actions.app import refused
from actions.serving.errors import RequestRefused
from actions.serving.news import NewsRoutes
from actions.serving.outbox import OutboxRoutes
from actions.serving.workers import Workers
from actions.settings import ROOT
from tests.actions.serving.care import make_care
from tests.actions.tickets.ledger_parts import Hands
from tests.serving import serving

ROUTES: dict[str, Any] = {"news.yml": NewsRoutes, "outbox.yml": OutboxRoutes}
EACH = int(os.environ.get("FUZZ_EACH", "20"))  # examples for an operation and a mode; `make fuzz` takes more


@pytest.fixture(scope="module")
def service(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    care = make_care(f"sqlite:///{tmp_path_factory.mktemp('news') / 'ledger.sqlite3'}", Hands())
    app, workers = FastAPI(), Workers(threads=2, queue=8, seconds=10)
    app.include_router(NewsRoutes(care, workers).router())
    app.include_router(OutboxRoutes(care.delivery, workers).router())
    app.add_exception_handler(RequestRefused, refused)
    with serving(app) as url:
        yield url
    workers.close()
    care.office.close()


def document(name: str) -> dict[str, Any]:
    return dict(yaml.safe_load((ROOT / "docs" / "openapi" / name).read_text("utf-8")))


def operations() -> list[Any]:
    schemas = [schemathesis.openapi.from_dict(document(name)) for name in ROUTES]
    found = [one.ok() for schema in schemas for one in schema.get_all_operations()]
    return [pytest.param(one, id=one.label) for one in found]


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


@pytest.mark.parametrize("name", ROUTES)
def test_the_document_is_the_routes(name: str) -> None:
    written = {
        (method.upper(), path)
        for path, entry in document(name)["paths"].items()
        for method in entry
        if method != "parameters"
    }
    maker = ROUTES[name]
    router = maker.__new__(maker).router()
    assert written == {(m, r.path) for r in router.routes if isinstance(r, APIRoute) for m in r.methods}


@pytest.mark.parametrize("tail", ["%00", "%ff", "%ed%a0%80", "'--", "x" * 3000])
def test_odd_paths(service: str, tail: str) -> None:
    with httpx2.Client(base_url=service, timeout=30, trust_env=False) as client:
        assert client.get(f"/sessions/{tail}/news").status_code == 200
        assert client.get(f"/sessions/{tail}/subscriptions").status_code == 200
        made = client.post(f"/sessions/{tail}/subscriptions", json={"topic": "养老"})
        assert made.status_code in (201, 422)

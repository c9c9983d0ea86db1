"""Calls that nobody sensible makes, generated from the OpenAPI document: each gets a clear answer, none an error of ours."""

from __future__ import annotations

import json
import os
from collections.abc import Iterator
from typing import Any

import pytest
import schemathesis
import yaml
from fastapi.routing import APIRoute
from schemathesis import GenerationMode

from actions.serving.casework import CaseworkRoutes
from actions.settings import ROOT
from actions.tickets.moment import now
from actions.tickets.records import Report
from actions.tickets.steps import STEPS
from tests.desk_parts import TOKEN, Desk, desk
from tests.generated import MODES, answered_clearly

DOCUMENT = yaml.safe_load((ROOT / "docs" / "openapi" / "casework.yml").read_text("utf-8"))
EACH = int(os.environ.get("FUZZ_EACH", "8"))  # examples for an operation and a mode; `make fuzz` takes more


@pytest.fixture(scope="module")
def running(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Desk]:
    with desk(tmp_path_factory.mktemp("casework"), now) as started:
        for i in range(5):
            started.care.office.reception.file(Report(problem=f"路灯坏了{i}"), f"k{i}")
        yield started


def operations() -> list[Any]:
    schema = schemathesis.openapi.from_dict(DOCUMENT)
    return [pytest.param(found.ok(), id=found.ok().label) for found in schema.get_all_operations()]


@MODES
@pytest.mark.parametrize("operation", operations())
def test_generated_calls(running: Desk, operation: Any, mode: GenerationMode) -> None:
    operator = running.of_service("supervisor").headers["X-Operator"]
    headers = {"Authorization": f"Bearer {TOKEN}", "X-Operator": operator}
    answered_clearly(operation, mode, running.service, headers, EACH)
    assert running.care.office.audit.verify().findings == ()


def test_the_document_is_the_routes() -> None:
    written = {(method.upper(), path) for path, entry in DOCUMENT["paths"].items() for method in entry}
    maker: Any = CaseworkRoutes
    router = maker.__new__(maker).router()
    assert written == {(m, r.path) for r in router.routes if isinstance(r, APIRoute) for m in r.methods}


def test_the_document_has_every_step() -> None:
    path = DOCUMENT["paths"]["/casework/tickets/{number}/{step}"]["post"]
    (step,) = [p for p in path["parameters"] if p.get("name") == "step"]
    assert set(step["schema"]["enum"]) == set(STEPS)


@pytest.mark.parametrize("tail", ["%00", "%ff", "%ed%a0%80", "'--", "x" * 3000])
def test_odd_paths(running: Desk, tail: str) -> None:
    client = running.of_service("supervisor")
    for url in (
        f"/casework/tickets/{tail}",
        f"/casework/tickets?q={tail}&state={tail}&department={tail}&page={tail[:3]}",
        f"/casework/places?department={tail}",
    ):
        assert client.get(url).status_code < 500, url
    body = {"key": "k", "version": 1, "words": "\x00\ud800"}
    assert client.post(f"/casework/tickets/{tail}/note", content=json.dumps(body)).status_code < 500

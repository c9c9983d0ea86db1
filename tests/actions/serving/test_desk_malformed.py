"""The desk's other routes (accounts, knowledge, look-up) are those of their OpenAPI documents, and calls that nobody sensible
makes, generated from them, get a clear answer."""

from __future__ import annotations

import os
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
import schemathesis
import yaml
from fastapi.routing import APIRoute
from hypothesis import HealthCheck, given, settings
from schemathesis import GenerationMode

from actions.governance.desk import KnowledgeDesk
from actions.governance.documents import Documents
from actions.governance.entries import Entries
from actions.governance.gaps import Gaps
from actions.governance.publications import Publications
from actions.governance.switches import Switches
from actions.serving.accounts import AccountRoutes
from actions.serving.acts import ActRoutes
from actions.serving.entries import EntryRoutes
from actions.serving.governance import KnowledgeRoutes
from actions.serving.lookup import LookupRoutes
from actions.serving.parts import Parts
from actions.serving.switches import SwitchRoutes
from actions.settings import ROOT
from actions.tickets.moment import now
from tests.actions.governance.killed_publish import desk as shelves
from tests.actions.governance.making import BASE, write_base
from tests.desk_parts import TOKEN, Desk, desk
from tests.embeddings.hashing import HashingEncoder

ROUTES: dict[str, tuple[Any, ...]] = {
    "accounts": (AccountRoutes, ActRoutes),
    "knowledge": (KnowledgeRoutes, EntryRoutes, SwitchRoutes),
    "lookup": (LookupRoutes,),
}
EACH = int(os.environ.get("FUZZ_EACH", "4"))  # examples for an operation and a mode; `make fuzz` takes more


def document(name: str) -> dict[str, Any]:
    return dict(yaml.safe_load((ROOT / "docs" / "openapi" / f"{name}.yml").read_text("utf-8")))


@pytest.fixture(scope="module")
def running(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Desk]:
    folder: Path = tmp_path_factory.mktemp("malformed")
    write_base(folder / "base", BASE)
    current, publisher = shelves(folder)

    def change(parts: Parts) -> Parts:
        assert parts.accounts
        assert parts.office
        store, acts = parts.office.store, parts.accounts.acts
        documents, publications = Documents(store, acts, now), Publications(store, acts, now)
        return replace(
            parts,
            knowledge=KnowledgeDesk(documents, publications, publisher, current, folder / "quarantine"),
            entries=Entries(store, acts, now, lambda: current.served.library),
            gaps=Gaps(store, HashingEncoder(), now),
            switches=Switches(store, acts, now),
        )

    with desk(folder, change=change) as started:
        yield started


def operations() -> list[Any]:
    found = [
        operation.ok()
        for name in ("accounts", "knowledge")
        for operation in schemathesis.openapi.from_dict(document(name)).get_all_operations()
    ]
    return [pytest.param(operation, id=operation.label) for operation in found]


@pytest.mark.parametrize("mode", [GenerationMode.NEGATIVE, GenerationMode.POSITIVE], ids=["wrong", "right"])
@pytest.mark.parametrize("operation", operations())
def test_generated_calls(running: Desk, operation: Any, mode: GenerationMode) -> None:
    operator = running.of_service("admin").headers["X-Operator"]
    headers, seen = {"Authorization": f"Bearer {TOKEN}", "X-Operator": operator}, []

    @settings(max_examples=EACH, deadline=None, database=None, suppress_health_check=list(HealthCheck))
    @given(case=operation.as_strategy(generation_mode=mode))
    def call(case: Any) -> None:
        response = case.call(base_url=running.service, headers=headers, timeout=60)
        seen.append(response.status_code)
        assert response.status_code < 500, response.content
        if response.status_code >= 300 and response.status_code not in (404, 405):
            assert response.json()["error"]["message"]

    try:
        call()
    except Exception as error:
        # A route without anything to give cannot be called wrongly.
        if "Unsatisfiable" not in type(error).__name__:
            raise
        assert mode is GenerationMode.NEGATIVE
        return
    assert seen


@pytest.mark.parametrize("name", ROUTES)
def test_the_document_is_the_routes(name: str) -> None:
    written = {(method.upper(), path) for path, entry in document(name)["paths"].items() for method in entry}
    routers = [maker.__new__(maker).router() for maker in ROUTES[name]]
    found = {
        (m, r.path) for router in routers for r in router.routes if isinstance(r, APIRoute) for m in r.methods
    }
    assert written == found

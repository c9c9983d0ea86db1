"""The desk's other routes (accounts, figures, knowledge, look-up) are those of their OpenAPI documents, and calls that nobody sensible
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
from actions.serving.figures import FigureRoutes
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
from tests.generated import MODES, answered_clearly

ROUTES: dict[str, tuple[Any, ...]] = {
    "accounts": (AccountRoutes, ActRoutes),
    "figures": (FigureRoutes,),
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
        for name in ("accounts", "figures", "knowledge")
        for operation in schemathesis.openapi.from_dict(document(name)).get_all_operations()
    ]
    return [pytest.param(operation, id=operation.label) for operation in found]


@MODES
@pytest.mark.parametrize("operation", operations())
def test_generated_calls(running: Desk, operation: Any, mode: GenerationMode) -> None:
    operator = running.of_service("admin").headers["X-Operator"]
    headers = {"Authorization": f"Bearer {TOKEN}", "X-Operator": operator}
    answered_clearly(operation, mode, running.service, headers, EACH)


@pytest.mark.parametrize("name", ROUTES)
def test_the_document_is_the_routes(name: str) -> None:
    written = {(method.upper(), path) for path, entry in document(name)["paths"].items() for method in entry}
    routers = [maker.__new__(maker).router() for maker in ROUTES[name]]
    found = {
        (m, r.path) for router in routers for r in router.routes if isinstance(r, APIRoute) for m in r.methods
    }
    assert written == found

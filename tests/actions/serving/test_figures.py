"""The figures over HTTP: the roles that have the page 数据, and nobody else."""

from __future__ import annotations

from collections.abc import Iterator

import httpx2
import pytest

from actions.accounts.acts import SYSTEM
from actions.accounts.records import ROLES
from actions.serving import figures
from bot.console import figures as pages
from tests.actions.serving.test_news import LAMP
from tests.desk_parts import PASSWORD, TOKEN, Desk, desk

SPAN = {"since": "2026-11-01", "until": "2100-01-01"}
ROUTES = ("/figures", "/figures/talk")
OUTSIDE = sorted(set(ROLES) - set(figures.ROLES))


@pytest.fixture(scope="module")
def running(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Desk]:
    with desk(tmp_path_factory.mktemp("figures")) as started:
        started.care.office.reception.file(LAMP, "k")
        yield started


def test_the_service_asks_for_the_roles_that_the_page_asks_for() -> None:
    assert set(figures.ROLES) == pages.ROLES
    assert OUTSIDE == ["department", "operator"]


@pytest.mark.parametrize("route", ROUTES)
def test_only_these_roles_get_them(running: Desk, route: str) -> None:
    for role in figures.ROLES:
        assert running.of_service(role).get(route, params=SPAN).status_code == 200, role
    for role in OUTSIDE:
        refused = running.of_service(role).get(route, params=SPAN)
        assert (refused.status_code, refused.json().keys()) == (403, {"error"}), role
    assert running.of_service().get(route, params=SPAN).status_code == 403
    bare = {"X-Operator": running.of_service("admin").headers["X-Operator"]}
    assert httpx2.get(running.service + route, params=SPAN, headers=bare).status_code == 401


def test_an_account_switched_off_gets_none(running: Desk) -> None:
    accounts = running.accounts.accounts
    made = accounts.add(SYSTEM, "gone", "走了", ["editor"], PASSWORD).operator
    client = httpx2.Client(base_url=running.service, headers={"Authorization": f"Bearer {TOKEN}"})
    running.clients.append(client)
    client.headers["X-Operator"] = str(made.id)
    assert client.get("/figures").status_code == 200
    accounts.switch(SYSTEM, made.id, off=True)
    assert client.get("/figures").status_code == 403


def test_what_they_count(running: Desk) -> None:
    client = running.of_service("supervisor")
    assert client.get("/figures").json()["total"]["reports"] == 1
    assert client.get("/figures", params={"since": "2100-01-01"}).json()["total"]["reports"] == 0


def test_bad_times_are_refused(running: Desk) -> None:
    client = running.of_service("supervisor")
    assert client.get("/figures", params={"since": "gestern"}).status_code == 422
    assert client.get("/figures/talk", params={"since": "2026-11-01"}).status_code == 422

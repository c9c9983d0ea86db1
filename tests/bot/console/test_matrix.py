"""Every route × everybody: nobody gets a 2xx that access.yml does not give them."""

from __future__ import annotations

import re

import httpx2
import pytest

from tests.bot.console.routes import OPERATORS, access
from tests.desk_parts import TOKEN, Desk

# Through a proxy: what is open to this machine alone must not be open to it.
PROXIED = {"X-Forwarded-For": "203.0.113.7"}
EVERYBODY = ("anonymous", "resident", *OPERATORS)
ROUTES = [route for route in access() if route[0] != "MOUNT"]


@pytest.fixture(scope="module")
def visitors(running: Desk) -> dict[str, httpx2.Client]:
    resident = running.browser()
    resident.post("/api/chat", json={"message": "您好"})
    assert resident.cookies
    return {
        "anonymous": running.browser(),
        "resident": resident,
        **{role: running.signed_in(role) for role in OPERATORS},
    }


def address(path: str) -> str:
    """An address of the route that names nothing which exists, so that nothing is changed."""
    return re.sub(r"\{\w+\}", "999999", path.replace("{form}", "json"))


def call(client: httpx2.Client, method: str, path: str, **options: object) -> httpx2.Response:
    accept = {"Accept": "application/json", **PROXIED}
    if method == "GET":
        with client.stream("GET", address(path), headers=accept) as response:
            if "event-stream" not in response.headers.get("content-type", ""):
                response.read()
            return response
    return client.request(method, address(path), headers=accept, data={"nothing": "1"})


@pytest.mark.parametrize("who", EVERYBODY)
def test_nobody_gets_in_where_they_may_not(
    running: Desk, visitors: dict[str, httpx2.Client], who: str
) -> None:
    stated, tried = access(), 0
    for method, path in ROUTES:
        allowed = stated[method, path]
        if allowed == "open":
            continue
        if path == "/desk/sign-out" and who in OPERATORS:
            continue  # tried in test_shell; here it would end the session
        tried += 1
        answer = call(visitors[who], method, path)
        inside = who in allowed
        if inside:
            assert answer.status_code not in (401, 404, 405) or "{" in path, (
                method,
                path,
                answer.status_code,
            )
            assert "您的角色" not in answer.text, (method, path)
        else:
            assert answer.status_code in (401, 403, 404), (who, method, path, answer.status_code)
            assert not answer.is_success
    assert tried >= 8


@pytest.mark.parametrize("method", ["PUT", "PATCH", "DELETE", "OPTIONS", "TRACE"])
def test_other_methods_do_nothing(visitors: dict[str, httpx2.Client], method: str) -> None:
    for _, path in ROUTES:
        for client in (visitors["anonymous"], visitors["admin"]):
            answer = client.request(method, address(path), headers=PROXIED)
            assert answer.status_code in (404, 405), (method, path, answer.status_code)


def test_the_service_token_opens_no_page_of_the_desk(running: Desk) -> None:
    with running.browser(headers={"Authorization": f"Bearer {TOKEN}", "X-Operator": "4"}) as client:
        for (method, path), allowed in access().items():
            if isinstance(allowed, list):
                assert call(client, method, path).status_code in (401, 403), (method, path)


def test_the_service_has_no_route_without_its_token(running: Desk) -> None:
    for path in ("/accounts", "/acts", "/me", "/lookup?q=x", "/figures", "/sources"):
        assert httpx2.get(running.service + path, headers={"X-Operator": "4"}).status_code == 401
    body = {"login": "admin", "password": "x"}
    assert httpx2.post(running.service + "/desk/sign-in", json=body).status_code == 401


def test_the_service_looks_the_role_up_itself(running: Desk) -> None:
    for role in ("operator", "supervisor", "editor"):
        with running.of_service(role) as client:
            given = client.post("/accounts", json={"login": "x1", "name": "x", "roles": ["admin"]})
            assert given.status_code == 403
            assert "password" not in client.get("/accounts").text
            assert client.get("/acts").status_code == (200 if role == "supervisor" else 403)
    with running.of_service() as client:
        for name in ("", "0", "999", "x", "-1", "1 OR 1=1", "１"):
            headers = {"X-Operator": name.encode()}
            assert client.get("/accounts", headers=headers).status_code == 403, name  # type: ignore[arg-type]

"""Calls that nobody sensible makes, generated from the OpenAPI documents: each gets a clear answer, none an error of ours."""

from __future__ import annotations

import os
from collections import Counter
from pathlib import Path
from typing import Any

import httpx2
import pytest
import schemathesis
import yaml
from fastapi.routing import APIRoute
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from schemathesis import GenerationMode

from actions.settings import ROOT
from tests.bot.open311.conftest import KEY, City

OPENAPI = ROOT / "docs" / "openapi"
PAGES = ("open311.yml", "tickets.yml")
EACH = int(os.environ.get("FUZZ_EACH", "12"))  # examples for an operation and a mode; `make fuzz` takes more


def page(name: str) -> dict[str, Any]:
    return dict(yaml.safe_load((OPENAPI / name).read_text("utf-8")))


def operations() -> list[Any]:
    found = []
    for name in PAGES:
        schema = schemathesis.openapi.from_dict(page(name))
        found += [pytest.param(r.ok(), id=r.ok().label) for r in schema.get_all_operations()]
    return found


def clear(response: Any, path: str) -> bool:
    """Whether the answer says what is wrong, in the shape that belongs to the path."""
    body = response.content.decode()
    if "text/xml" in str(response.headers["content-type"]):
        return "<errors><error><code>" in body and "<description>" in body
    data = response.json()
    if isinstance(data, list):
        return bool(data[0]["code"] and data[0]["description"])
    return bool(data["error"]["code"])


@pytest.mark.parametrize("mode", [GenerationMode.NEGATIVE, GenerationMode.POSITIVE], ids=["wrong", "right"])
@pytest.mark.parametrize("operation", operations())
def test_generated_calls(city: City, operation: Any, mode: GenerationMode) -> None:
    inner = "tickets" in operation.path
    base = city.service if inner else city.gateway
    seen: Counter[int] = Counter()

    @settings(
        max_examples=EACH,
        deadline=None,
        database=None,
        suppress_health_check=list(HealthCheck),
    )
    @given(case=operation.as_strategy(generation_mode=mode))
    def call(case: Any) -> None:
        headers = {"Authorization": f"Bearer {city.token}"} if inner else {}
        response = case.call(base_url=base, headers=headers, timeout=30)
        seen[response.status_code] += 1
        assert response.status_code < 500, response.content
        assert response.status_code < 300 or clear(response, operation.path), response.content

    call()
    assert sum(seen.values()) >= 1


@pytest.mark.parametrize("name", PAGES)
def test_the_documents_are_the_routes(city: City, name: str) -> None:
    written = {
        (method.upper(), path)
        for path, entry in page(name)["paths"].items()
        for method in entry
        if method != "parameters"
    }
    assert written == routes_of(name)


def routes_of(name: str) -> set[tuple[str, str]]:
    from actions.serving.tickets import TicketRoutes
    from bot.gateway.open311.routes import Open311

    maker: Any = Open311 if name == "open311.yml" else TicketRoutes
    router = maker.__new__(maker).router()
    return {(m, r.path) for r in router.routes if isinstance(r, APIRoute) for m in r.methods}


@given(body=st.binary(max_size=400))
@settings(max_examples=60, deadline=None, database=None, suppress_health_check=list(HealthCheck))
def test_any_bytes_as_a_body(city: City, body: bytes) -> None:
    for url, headers in (
        (f"{city.gateway}/open311/v2/requests.json", {"Content-Type": "application/x-www-form-urlencoded"}),
        (f"{city.service}/tickets", {"Authorization": f"Bearer {city.token}"}),
    ):
        response = city.http.post(url, content=body, headers=headers)
        assert 400 <= response.status_code < 500, response.text
        assert clear(response, url)


NASTY = [
    '{"problem": "\\ud800", "key": "k"}',
    '{"problem": "x", "key": "\\u0000"}',
    '{"problem": "x", "key": "k", "kind": ["投诉"]}',
    '{"problem": "x", "key": "k", "\\udfff": 1}',
    '{"problem": "x", "key": "k", "lat": 1e400, "long": 1}',
    '{"problem": "x", "key": "k", "lat": 1' + "0" * 400 + ', "long": 1}',
    '{"problem": "x", "key": "k", "lat": NaN, "long": 1}',
    '{"problem": "x", "key": "k", "category": "月亮"}',
    '{"problem": {"$gt": ""}, "key": "k"}',
    "[" * 5000 + "]" * 5000,
    '{"problem": "x", "key": ' + "1" * 5000 + "}",
]


@pytest.mark.parametrize("body", NASTY, ids=range(len(NASTY)))
def test_json_that_is_legal_and_still_wrong(city: City, body: str) -> None:
    headers = {"Authorization": f"Bearer {city.token}"}
    response = city.http.post(f"{city.service}/tickets", content=body.encode(), headers=headers)
    assert response.status_code < 500, response.text
    assert response.status_code in (200, 201) or clear(response, "/tickets")


@pytest.mark.parametrize("tail", ["%00", "%ff", "%ed%a0%80", "..%2f..%2fetc", "'--", "HS-261123-00000%0a"])
def test_odd_paths(city: City, tail: str) -> None:
    headers = {"Authorization": f"Bearer {city.token}"}
    for url in (
        f"{city.gateway}/open311/v2/requests/{tail}.json",
        f"{city.gateway}/open311/v2/services/{tail}.xml",
        f"{city.service}/tickets/{tail}?code={tail}&session={tail}",
        f"{city.service}/tickets?channel={tail}&state={tail}&category={tail}&number={tail}",
        f"{city.service}/sessions/{tail}/tickets",
    ):
        assert city.http.get(url, headers=headers).status_code < 500, url


def test_an_enormous_body_is_cut_off(city: City) -> None:
    big = b"description=" + b"x" * 70_000
    response = city.http.post(f"{city.gateway}/open311/v2/requests.json", content=big)
    assert (response.status_code, response.json()[0]["code"]) == (400, 400)
    fields = "&".join(f"f{i}=1" for i in range(200)).encode()
    assert city.http.post(f"{city.gateway}/open311/v2/requests.json", content=fields).status_code == 400


def test_a_ledger_that_is_down_is_told_as_such(
    city: City, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The gateway's own answer when nobody listens behind it."""
    from actions.settings import Settings
    from bot.gateway.app import create_app
    from tests.serving import serving

    lone = Settings(
        _env_file=None,
        var_dir=tmp_path,
        service_token=city.token,
        session_secret=f"session-{city.token}",
        redis_password=f"redis-{city.token}",
        contact_key=f"contact-{city.token}",
        redis_url="redis://127.0.0.1:9/0",
        service_url="http://127.0.0.1:9",
        open311_keys=f"city-app:{KEY}",
    )
    with serving(create_app(lone)) as gateway, httpx2.Client(trust_env=False) as http:
        found = http.get(f"{gateway}/open311/v2/requests.json")
        fields = {"api_key": KEY, "service_code": "road", "address_string": "甲路"}
        filed = http.post(f"{gateway}/open311/v2/requests.json", data=fields)
        listed = http.get(f"{gateway}/open311/v2/services.json")
    assert [(r.status_code, r.json()[0]["code"]) for r in (found, filed)] == [(400, 503)] * 2
    assert filed.headers["retry-after"] == "5"
    assert listed.status_code == 200

"""Talking to the real stack as a resident does."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from typing import Any

import httpx2
import pytest

from tests.stack import Stack


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    for item in items:
        if "stack" in getattr(item, "fixturenames", ()):
            item.add_marker(pytest.mark.e2e)


@pytest.fixture
def client(stack: Stack) -> Iterator[httpx2.Client]:
    """A browser that has not been here before. The token keeps the limits for residents out of the way."""
    headers = {"Authorization": f"Bearer {stack.token}"}
    with httpx2.Client(base_url=stack.address, headers=headers, timeout=40, trust_env=False) as client:
        yield client


@pytest.fixture
def ask(client: httpx2.Client) -> Callable[[str], dict[str, Any]]:
    """Send one message; gives the first reply, which must come through Rasa."""

    def send(message: str) -> dict[str, Any]:
        response = client.post("/api/chat", json={"message": message})
        assert response.status_code == 200, response.text
        replies = response.json()["replies"]
        assert "forms_unavailable" not in [reply.get("notice") for reply in replies], "Rasa did not answer"
        return dict(replies[0])

    return send


@pytest.fixture
def until(client: httpx2.Client) -> Callable[..., dict[str, Any]]:
    """Wait until ``/readyz`` says something; gives its body."""

    def wait(condition: Callable[[dict[str, Any]], bool], seconds: float) -> dict[str, Any]:
        end = time.monotonic() + seconds
        while True:
            try:
                body = dict(client.get("/readyz").json())
            except httpx2.HTTPError:
                body = {"ready": False, "checks": {"gateway": "down"}}
            if condition(body):
                return body
            assert time.monotonic() < end, f"still {body} after {seconds} s"
            time.sleep(0.1)

    return wait

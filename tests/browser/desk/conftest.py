"""A real browser before the desk: gateway and service on loopback, one signed-in page a role.

def test_something(desk_page, desk_running):
    page = desk_page("supervisor")                      # signed in, 1280 × 800
    page.goto(f"{desk_running.url}/desk/chats")
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.browser.desk.looks import chromium
from tests.desk_parts import PASSWORD, Desk, desk

PATIENCE = 20_000  # ms; a form's way through gateway, service and ledger took more than five seconds on a busy machine


@pytest.fixture(scope="session", autouse=True)
def patience() -> None:
    """How long a page may take to show what is expected of it; when it is there, nobody waits."""
    expect.set_options(timeout=PATIENCE)


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with chromium() as started:
        yield started


@pytest.fixture(scope="module")
def desk_running(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Desk]:
    """One desk a file, on the present time; see ``tests.desk_parts.desk`` for another."""
    with desk(tmp_path_factory.mktemp("desk")) as started:
        yield started


@pytest.fixture
def desk_page(browser: Browser, desk_running: Desk) -> Iterator[Callable[..., Page]]:
    """Opens a window signed in as a role, each with cookies of its own; what its scripts complain about fails the test."""
    contexts, errors = [], []

    def open_(role: str, **options: Any) -> Page:
        options = {"viewport": {"width": 1280, "height": 800}, "locale": "zh-CN", **options}
        context = browser.new_context(base_url=desk_running.url, **options)
        context.grant_permissions(["clipboard-read", "clipboard-write"], origin=desk_running.url)
        contexts.append(context)
        page = context.new_page()
        page.on("pageerror", lambda error: errors.append(str(error)))
        page.on("console", lambda line: errors.append(line.text) if line.type == "error" else None)
        page.goto("/desk/sign-in")
        page.fill("#login", role)
        page.fill("#password", PASSWORD)
        page.press("#password", "Enter")
        page.wait_for_url("**/desk")
        return page

    yield open_
    for context in contexts:
        context.close()
    # The browser itself writes a line for every reply that is no 2xx; tests look at those on purpose.
    assert [error for error in errors if "Failed to load resource" not in error] == []


@pytest.fixture(scope="session")
def shots() -> Path:
    """Where screenshots go, for people to look at."""
    from actions.settings import ROOT

    folder = ROOT / "var" / "screenshots"
    folder.mkdir(parents=True, exist_ok=True)
    return folder

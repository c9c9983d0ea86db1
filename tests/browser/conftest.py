"""A real browser in front of the real gateway and service; Rasa's place is taken by a process that says what it is told to.

The journeys in ``test_journeys.py`` go through the real stack instead.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser

from actions.settings import Settings
from tests.bot.conftest import (  # noqa: F401 - the same gateway, service and stand-in as for tests without a browser
    Rasa,
    ShelfAnswerer,
    answerer,
    empty_redis,
    make_gateway,
    rasa,
    rasa_process,
    redis_url,
    settings,
    shelf,
    valkey,
)
from tests.browser.site import Site
from tests.browser.site import site as running_site
from tests.browser.visit import Visit, running_browser, visiting


# Not for the whole session: while it runs, no test in between could use asyncio.
@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with running_browser() as browser:
        yield browser


@pytest.fixture
def visit(browser: Browser) -> Iterator[Callable[..., Visit]]:
    """Open windows: ``visit(address, viewport=…, color_scheme="dark")``. What their scripts complained about fails the test."""
    visits: list[Visit] = []
    with ExitStack() as open_windows:

        def open_(address: str = "", **context: Any) -> Visit:
            visits.append(open_windows.enter_context(visiting(browser, **context)))
            if address:
                visits[-1].page.goto(address)
            return visits[-1]

        yield open_
        errors = [error for one in visits for error in one.errors if "favicon" not in error]
    # A reply that is no 2xx is written to the console by the browser itself; the tests look at those on purpose.
    assert [error for error in errors if "Failed to load resource" not in error] == []


@pytest.fixture
def site(settings: Settings, rasa: Rasa, tmp_path: Path, empty_redis: None) -> Iterator[Site]:  # noqa: F811
    with running_site(settings, rasa, tmp_path) as running:
        running.answers()
        yield running

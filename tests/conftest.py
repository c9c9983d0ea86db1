"""The one real stack that end-to-end tests share, the one real pipeline, and the count of what ran for real."""

from __future__ import annotations

import os
from collections.abc import Iterator
from importlib.metadata import version
from typing import TYPE_CHECKING

import pytest
from hypothesis import settings

from tests.product import Product, product
from tests.stack import Stack

if TYPE_CHECKING:
    from tests.real import Real

RAN: pytest.StashKey[dict[str, str]] = pytest.StashKey()
E2E_PASSED: pytest.StashKey[list[str]] = pytest.StashKey()


# The same examples on every run: main is red for what a change broke. HYPOTHESIS_PROFILE=explore looks for more.
settings.register_profile("same", derandomize=True)
settings.register_profile("explore", derandomize=False, max_examples=500)
settings.load_profile(os.environ.get("HYPOTHESIS_PROFILE", "same"))


def pytest_configure(config: pytest.Config) -> None:
    config.stash[RAN] = {}
    config.stash[E2E_PASSED] = []


@pytest.fixture(scope="session")
def running(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Product]:
    """The whole product with its channels, started once for all tests that ask for it."""
    # News arrive at night as well, and people can sit at the desk: the tests run at any hour.
    hours = {"QUIET_HOURS": "00:00-00:00", "DESK_HOURS": "每天 00:00-23:59"}
    with product(tmp_path_factory.mktemp("stack"), hours) as whole:
        yield whole
        request.config.stash[RAN] = whole.stack.evidence()


@pytest.fixture(scope="session")
def stack(running: Product) -> Stack:
    """Its processes: Rasa, Valkey, service, gateway and the channels'."""
    return running.stack


@pytest.fixture(scope="session")
def real(tmp_path_factory: pytest.TempPathFactory) -> Real:
    """The pipeline over the published documents, wired once."""
    from tests.real import build  # FAISS and the encoder take seconds to import

    return build(tmp_path_factory.mktemp("index"))


def pytest_runtest_makereport(item: pytest.Item, call: pytest.CallInfo[None]) -> None:
    if call.when == "call" and call.excinfo is None and "stack" in getattr(item, "fixturenames", ()):
        item.config.stash[E2E_PASSED].append(item.nodeid)


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter, config: pytest.Config) -> None:
    """Say what was not a stand-in, as the processes themselves reported it."""
    ran = config.stash[RAN]
    terminalreporter.section("ran for real")
    if not ran:
        terminalreporter.write_line("no stack was started: no end-to-end test in this run")
        return
    for name, what in {**ran, "FAISS": version("faiss-cpu")}.items():
        terminalreporter.write_line(f"{name}: {what}")
    terminalreporter.write_line(f"tests that passed against these processes: {len(config.stash[E2E_PASSED])}")

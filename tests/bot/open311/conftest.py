"""A real gateway before a real service with a real ledger; only the answering pipeline is a small one."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import httpx2
import pytest
from pydantic import SecretStr

from actions.answering.answer import Answer, Question
from actions.app import create_app as create_service
from actions.serving.parts import Parts
from actions.settings import Settings
from actions.tickets.moment import now
from actions.tickets.office import Office
from actions.tickets.store import open_store
from bot.gateway.app import create_app as create_gateway
from tests.actions.tickets.ledger_parts import CONTACT_KEY, LEDGER_KEY, make_office
from tests.bot.open311.client import Client
from tests.serving import serving

KEY = "city-app-key-0123456789"
SECRET = "secret-for-tests-0123456789-abcdefg"


class Silent:
    """Answers nothing; the service only has to start."""

    def answer(self, question: Question) -> Answer:
        return Answer("资料里没有。", "refused_not_in_sources", refused=True)


@dataclass(frozen=True)
class City:
    """What runs."""

    gateway: str
    service: str
    office: Office
    token: str
    http: httpx2.Client
    ledger: Path

    def client(self, form: str = "json", api_key: str = KEY, jurisdiction: str = "") -> Client:
        return Client(self.http, f"{self.gateway}/open311/v2", form, api_key, jurisdiction)


@pytest.fixture(scope="module")
def city(tmp_path_factory: pytest.TempPathFactory) -> Iterator[City]:
    folder: Path = tmp_path_factory.mktemp("city")
    settings = Settings(
        _env_file=None,
        var_dir=folder,
        service_token=SecretStr(SECRET),
        session_secret=SecretStr(f"session-{SECRET}"),
        redis_password=SecretStr(f"redis-{SECRET}"),
        redis_url="redis://127.0.0.1:9/0",  # nobody there: the gateway counts by itself
        ledger_key=SecretStr(LEDGER_KEY),
        contact_key=SecretStr(CONTACT_KEY),
        open311_keys=SecretStr(f"city-app:{KEY}, other:other-key-0123456789"),
        open311_jurisdiction="haishu.example",
        rate_reads_per_minute=100_000,
    )
    office = make_office(settings.ledger_url(), now)
    parts = Parts(Silent(), (), {}, office=office)
    with serving(create_service(settings, lambda _: parts)) as service:
        outer = settings.model_copy(update={"service_url": service})
        with serving(create_gateway(outer)) as gateway, httpx2.Client(timeout=30, trust_env=False) as http:
            yield City(gateway, service, office, SECRET, http, folder / "ledger.sqlite3")


@pytest.fixture
def sqlite_ledger(tmp_path: Path) -> Path:
    """An empty ledger's file."""
    path = tmp_path / "ledger.sqlite3"
    open_store(f"sqlite:///{path}").close()
    return path

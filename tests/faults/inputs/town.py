"""The product for its bad days: the whole service with the published documents, and the gateway before it.

Only Rasa's place is taken by its stand-in, which says what reached it. The ledger, the accounts, the pipeline, the
encoder and Valkey are the real ones.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from hashlib import sha256
from pathlib import Path
from typing import Any

import httpx2
from fastapi import FastAPI

from actions.accounts.acts import SYSTEM
from actions.app import create_app as create_service
from actions.bootstrap import build_index
from actions.serving.parts import Parts, build_parts
from actions.settings import Settings, load_settings
from bot.gateway.app import create_app as create_gateway
from embeddings.store import Store
from tests.desk_parts import CONTACT_KEY, LEDGER_KEY, PASSWORD, REDIS_PASSWORD, SECRET, TOKEN
from tests.llm_stub import Stub, stub
from tests.real import take_over
from tests.serving import serving

API_KEY = "city-app-key-0123456789"
ECHO = '[{"recipient_id": "x", "text": "听到：$MESSAGE"}]'
# What is written down about calls as such: who tried to sign in, and when somebody was last seen.
ABOUT_CALLS = frozenset({"acts", "acts_head", "accounts", "desk_sessions", "presence", "guesses", "anchors"})


@dataclass
class Town:
    """What runs."""

    gateway: str
    service: str
    rasa: str
    settings: Settings
    parts: Parts
    model: Stub  # the language model, which says what a test has it say
    apps: dict[str, FastAPI]  # "gateway", "service"
    ledger: sqlite3.Connection
    operators: dict[str, str] = field(default_factory=dict)  # role -> id

    @property
    def trusted(self) -> dict[str, str]:
        """Headers of a caller who has the service token."""
        return {"Authorization": f"Bearer {TOKEN}"}

    def heard(self) -> list[dict[str, Any]]:
        """What reached Rasa since the last :meth:`listen`."""
        return list(httpx2.get(f"{self.rasa}/seen", trust_env=False).json())

    def listen(self) -> None:
        """Rasa repeats what it is told and forgets what it heard."""
        httpx2.put(f"{self.rasa}/mode", json={"body": ECHO, "status": 200, "seconds": 0}, trust_env=False)

    def version(self) -> int:
        """Another number after every write to the ledger."""
        return int(self.ledger.execute("pragma data_version").fetchone()[0])

    def state(self) -> dict[str, str]:
        """A digest of every table of the ledger, but for what is noted about calls as such."""
        tables = self.ledger.execute("select name from sqlite_master where type = 'table'").fetchall()
        names = sorted(name for (name,) in tables if name not in ABOUT_CALLS)
        return {name: _digest(self.ledger.execute(f'select * from "{name}"')) for name in names}


def _digest(rows: Iterable[Any]) -> str:
    return sha256("\n".join(sorted(map(repr, rows))).encode()).hexdigest()


@contextmanager
def town(folder: Path, redis_url: str, rasa: str) -> Iterator[Town]:
    """Start both servers over a ledger and an index of their own in ``folder``."""
    with stub() as model:
        model.says({"pick": ["[1]"]})
        with _both(_settings(folder, redis_url, rasa, model.address), model) as place:
            yield place


def _settings(folder: Path, redis_url: str, rasa: str, model: str) -> Settings:
    shared, index = load_settings(), folder / "index"
    take_over(shared.index_path(), index)
    settings = Settings(
        _env_file=None,
        var_dir=folder,
        index_dir=index,
        model_dir=shared.models_path(),
        service_token=TOKEN,
        session_secret=SECRET,
        redis_password=REDIS_PASSWORD,
        contact_key=CONTACT_KEY,
        ledger_key=LEDGER_KEY,
        redis_url=redis_url,
        rasa_url=rasa,
        open311_keys=f"city-app:{API_KEY}",
        rate_posts_per_minute=10**6,
        rate_reads_per_minute=10**6,
        rate_conversations=10**6,
        llm_base_url=model,
        llm_model="m",
    )
    build_index(settings)
    store = Store(index)
    for made in store.list():
        store.discard(made.id)  # all but the current one: there is nothing to go back to
    return settings


@contextmanager
def _both(settings: Settings, model: Stub) -> Iterator[Town]:
    held: list[Parts] = []

    def build(given: Settings) -> Parts:
        held.append(build_parts(given))
        return held[0]

    service = create_service(settings, build)
    with serving(service) as url:
        own = settings.model_copy(update={"service_url": url})
        gateway = create_gateway(own)
        with serving(gateway) as door:
            ledger = sqlite3.connect(f"file:{settings.var_dir / 'ledger.sqlite3'}?mode=ro", uri=True)
            place = Town(
                door,
                url,
                settings.rasa_url,
                own,
                held[0],
                model,
                {"gateway": gateway, "service": service},
                ledger,
            )
            place.operators = {role: _hired(held[0], role) for role in ("editor", "admin")}
            place.listen()
            yield place
            ledger.close()


def _hired(parts: Parts, role: str) -> str:
    assert parts.accounts
    made = parts.accounts.accounts.add(SYSTEM, role, role, [role], PASSWORD, own=True)
    return str(made.operator.id)

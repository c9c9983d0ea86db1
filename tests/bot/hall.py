"""A gateway and a service with a desk, on a ledger of a test's own; Rasa's place is taken by its stand-in."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import uuid4

import httpx2

from actions.app import create_app as create_service
from actions.conversations.records import Operator
from actions.conversations.room import Room
from actions.serving.parts import Parts
from actions.settings import Settings
from actions.tickets.aftercare import Aftercare
from bot.gateway.app import create_app as create_gateway
from bot.gateway.sessions import Sessions
from tests.actions.conversations.desk_parts import make_room
from tests.actions.serving.care import make_care
from tests.actions.tickets.ledger_parts import Hands
from tests.bot.conftest import TOKEN, ShelfAnswerer
from tests.serving import serving


class Ticks(Hands):
    """A clock that moves a little with every look: nothing happens at the same moment."""

    def __call__(self) -> datetime:
        self.move(milliseconds=1)
        return self.at


@dataclass(frozen=True)
class Hall:
    """The addresses, and what lies behind them."""

    gateway: str
    service: str
    room: Room
    care: Aftercare
    settings: Settings

    def page(self) -> httpx2.Client:
        """A browser without a session yet."""
        return httpx2.Client(base_url=self.gateway, timeout=20)

    def conversation(self, page: httpx2.Client) -> str:
        """The ledger's name of what this browser says now."""
        sessions = Sessions(
            self.settings.session_secret.get_secret_value(), self.settings.session_hours, False
        )
        return sessions.open(page.cookies.get(sessions.cookie)).conversation

    def act(self, operator: Operator, name: str, act: str, **body: Any) -> httpx2.Response:
        """An operator does something, as their page does it."""
        return httpx2.post(
            f"{self.service}/desk/chats/{name}/{act}",
            json={"name": operator.name, "confirmed": True, **body},
            headers={"Authorization": f"Bearer {TOKEN}", "X-Operator": operator.id},
            timeout=20,
        )


def ask(page: httpx2.Client, text: str, id_: str = "") -> httpx2.Response:
    """Say something as the page does."""
    return page.post("/api/chat", json={"message": text, "id": id_ or uuid4().hex})


@contextmanager
def hall(settings: Settings, shelf: ShelfAnswerer, url: str, **changes: Any) -> Iterator[Hall]:
    """Both processes' apps on loopback."""
    clock = Ticks()
    care = make_care(url, clock)
    room = make_room(care.office.store, clock, "每天 00:00-23:59")
    parts = Parts(shelf, (), {}, office=care.office, care=care, room=room)
    with serving(create_service(settings, lambda _: parts)) as service:
        changed = settings.model_copy(update={"service_url": service, **changes})
        with serving(create_gateway(changed)) as gateway:
            yield Hall(gateway, service, room, care, settings)

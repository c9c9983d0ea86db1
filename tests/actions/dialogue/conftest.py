"""The dialogue's actions on the real ledger, with trackers as Rasa sends them."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from rasa_sdk import Tracker
from rasa_sdk.executor import CollectingDispatcher

from actions.answering.answer import Answer, Question
from actions.dialogue.contact import bound_to
from actions.dialogue.desk import DeskHours
from actions.dialogue.front import FrontDesk
from actions.handlers import build_actions
from actions.tickets.office import Office
from actions.tickets.sealing import Sealer
from tests.actions.tickets.ledger_parts import CONTACT_KEY, Hands, make_office

SENDER = "web-1"
SESSION = "session-1"
SEALER = Sealer([CONTACT_KEY])


class Told:
    """A pipeline that refuses everything and remembers what it was asked."""

    def __init__(self) -> None:
        self.asked: list[Question] = []
        self.questions: set[str] = set()
        self.dangers: set[str] = set()
        self.broken = False

    def answer(self, question: Question) -> Answer:
        self.asked.append(question)
        if self.broken:
            raise RuntimeError("broken")
        if question.text in self.dangers:
            return Answer("先拨119", "emergency")
        return Answer("资料里没有。", "refused_not_in_sources", refused=True)

    def looks_like_question(self, text: str) -> bool:
        return text in self.questions


def sealed(number: str) -> str:
    """A phone number as the gateway sends it."""
    return SEALER.seal(number, bound_to(SENDER))


def tracker(
    *turns: str,
    intent: str = "ask_info",
    between: tuple[dict[str, Any], ...] = (),
    slots: dict[str, Any] | None = None,
    phone: str = "",
    id_: str = "",
) -> Tracker:
    events: list[dict[str, Any]] = [{"event": "session_started"}]
    for turn in turns[:-1]:
        events += [{"event": "user", "text": turn}, {"event": "bot", "text": "好"}]
    metadata: dict[str, Any] = {"session": SESSION, "phones": [sealed(phone)] if phone else []}
    last = {"event": "user", "text": turns[-1], "metadata": metadata, "timestamp": float(len(events))}
    if id_:
        metadata["id"] = id_
    events += [*between, last]
    latest = {"text": turns[-1], "intent": {"name": intent}}
    return Tracker(SENDER, slots or {}, latest, events, False, None, {}, None)


class Conversation:
    """Runs one action at a time and keeps the slots it sets."""

    def __init__(self, front: FrontDesk) -> None:
        self.actions = {action.name(): action for action in build_actions(front)}
        self.slots: dict[str, Any] = {}
        self.events: list[dict[str, Any]] = []

    async def run(self, name: str, *turns: str, **told: Any) -> list[dict[str, Any]]:
        """The messages of an action after these turns."""
        dispatcher = CollectingDispatcher()
        events = self.actions[name].run(dispatcher, tracker(*turns, slots=dict(self.slots), **told), {})
        self.events = list(events if isinstance(events, list) else await events)
        self.slots |= {e["name"]: e["value"] for e in self.events if e["event"] == "slot"}
        return list(dispatcher.messages)

    async def says(self, name: str, *turns: str, **told: Any) -> list[str]:
        """The names of the responses."""
        return [message["response"] for message in await self.run(name, *turns, **told)]


@pytest.fixture
def hands() -> Hands:
    return Hands()


@pytest.fixture
def office(tmp_path: Path, hands: Hands) -> Iterator[Office]:
    office = make_office(f"sqlite:///{tmp_path / 'ledger.sqlite3'}", hands)
    yield office
    office.close()


@pytest.fixture
def told() -> Told:
    return Told()


@pytest.fixture
def front(told: Told, office: Office, hands: Hands) -> FrontDesk:
    return FrontDesk(told, office.reception, SEALER, DeskHours.parse("工作日 08:30-17:30"), hands)


@pytest.fixture
def talk(front: FrontDesk) -> Conversation:
    return Conversation(front)

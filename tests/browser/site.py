"""A small installation for the browser: real gateway, service and ledger; one sentence to answer from."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from actions.answering.answer import Answer, Citation, Question
from actions.app import create_app as create_service
from actions.conversations.room import Room
from actions.feedback.opinions import Opinions
from actions.serving.parts import Parts, Published
from actions.settings import Settings
from actions.tickets.aftercare import Aftercare
from actions.tickets.records import Report
from bot.gateway.app import create_app as create_gateway
from bot.gateway.sessions import Session, Sessions
from knowledge.records import Source
from tests.actions.conversations.desk_parts import make_room
from tests.actions.serving.care import make_care
from tests.bot.conftest import END, START, TEXT, Rasa, ShelfAnswerer, _source
from tests.bot.hall import Ticks
from tests.serving import serving

# Long enough that the cited sentence is far below what a window shows first.
LONG = TEXT.replace("甲\n", "".join(f"第{number}段，说的是别的事。\n" for number in range(80)), 1)
SHIFT = len(LONG) - len(TEXT)
CITED = "累计建成居家养老服务机构273个。"
CITATION = Citation(
    source_id="press-1",
    origin="000.txt",
    title="海曙为宁波当好“重要窗口”模范生增光添彩",
    district="海曙",
    published="2021-03-01",
    heading=("养老", "增进民生福祉"),
    quote=CITED,
    start=START + SHIFT,
    end=START + SHIFT + len(CITED),
    passage_id="0123456789abcdef",
    passage_text=LONG[START + SHIFT : END + SHIFT],
)
ANSWER = Answer(f"{CITED}（2020年·实际）", "answered", (CITATION,), ("那2025年呢",))


class OneAnswer(ShelfAnswerer):
    """Gives ``answer``, whatever it is asked."""

    def __init__(self, answer: Answer = ANSWER) -> None:
        super().__init__()
        self.given = answer

    def answer(self, question: Question) -> Answer:
        super().answer(question)
        return self.given


@dataclass
class Site:
    """The installation, and how to make it say and do things."""

    url: str
    care: Aftercare
    room: Room
    rasa: Rasa
    settings: Settings

    def answers(self, answer: Answer = ANSWER, seconds: float = 0) -> None:
        """What Rasa brings back from now on: this answer of the pipeline."""
        self.rasa.mode(json.dumps([{"custom": {"answer": answer.payload()}}]), seconds=seconds)

    def speaks(self, text: str, *buttons: str, seconds: float = 0) -> None:
        """What Rasa says from now on; ``$MESSAGE`` stands for what it was told."""
        message: dict[str, Any] = {"text": text, "buttons": [{"title": b, "payload": b} for b in buttons]}
        self.rasa.mode(json.dumps([message], ensure_ascii=False), seconds=seconds)

    def session(self, cookies: list[Any]) -> str:
        """The name under which a browser's tickets are filed."""
        return self._opened(cookies).name

    def conversation(self, cookies: list[Any]) -> str:
        """The ledger's name of what a browser says now."""
        return self._opened(cookies).conversation

    def _opened(self, cookies: list[Any]) -> Session:
        sessions = Sessions(
            self.settings.session_secret.get_secret_value(), self.settings.session_hours, secure=False
        )
        value = next(cookie["value"] for cookie in cookies if cookie["name"] == sessions.cookie)
        return sessions.open(value)

    def file(self, session: str, key: str, **report: Any) -> str:
        """A ticket of this session; gives its number."""
        return self.care.office.reception.file(Report(**report, session=session), key).number


def published(id_: str = "press-1", text: str = LONG, **changes: Any) -> Published:
    """A document as the service holds it."""
    source: Source = replace(_source(), id=id_, **{"title": CITATION.title, **changes})
    return Published(source, text)


@contextmanager
def site(
    settings: Settings,
    rasa: Rasa,
    folder: Path,
    answerer: ShelfAnswerer | None = None,
    documents: dict[str, Published] | None = None,
    **changes: Any,
) -> Iterator[Site]:
    """Run it; ``changes`` are settings of the gateway."""
    hands = Ticks()
    care = make_care(f"sqlite:///{folder / 'ledger.sqlite3'}", hands)
    opinions = Opinions(care.office.store, hands)
    room = make_room(care.office.store, hands, "每天 00:00-23:59")
    parts = Parts(
        answerer or OneAnswer(),
        (),
        documents or {"press-1": published()},
        office=care.office,
        care=care,
        opinions=opinions,
        room=room,
    )
    changed = settings.model_copy(update={"rasa_timeout": 12.0, **changes})
    with serving(create_service(changed, lambda _: parts)) as service:
        own = changed.model_copy(update={"service_url": service})
        with serving(create_gateway(own)) as url:
            yield Site(url, care, room, rasa, own)

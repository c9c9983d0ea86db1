"""A ticket's news on its way to a chat: from the real ledger, through the service, over the fake Bot API."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import httpx2
import pytest

from actions.app import create_app as create_service
from actions.serving.parts import Parts
from actions.settings import Settings
from actions.tickets.aftercare import Aftercare
from actions.tickets.records import Report
from tests.actions.serving.care import make_care
from tests.actions.tickets.ledger_parts import WANG, Hands
from tests.bot.conftest import TOKEN as SERVICE_TOKEN
from tests.bot.conftest import ShelfAnswerer
from tests.fake_telegram import FakeTelegram, message, press
from tests.serving import serving

Start = Callable[..., str]
Until = Callable[[Callable[[], Any]], Any]


@pytest.fixture
def hands() -> Hands:
    return Hands()


@pytest.fixture
def care(tmp_path: Path, hands: Hands) -> Aftercare:
    return make_care(f"sqlite:///{tmp_path / 'ledger.sqlite3'}", hands)


@pytest.fixture
def ledger(settings: Settings, care: Aftercare, shelf: ShelfAnswerer) -> Iterator[str]:
    """The address of a service that has tickets."""
    parts = Parts(shelf, (), {}, office=care.office, care=care)
    with serving(create_service(settings, lambda _: parts)) as url:
        yield url


def session_of(fake: FakeTelegram, rasa: Any, until: Until, chat: int, number: int) -> str:
    """Write something; what the dialogue calls this reader from then on."""
    fake.put(message(number, chat, "你好"))
    until(lambda: fake.texts(chat))
    return str(rasa.seen()[-1]["metadata"]["session"])


def filed(care: Aftercare, session: str, key: str = "k") -> str:
    return care.office.reception.file(
        Report(problem="路灯坏了", session=session, channel="telegram"), key
    ).number


def test_news_reach_the_chat_that_filed_it_once_and_the_survey_can_be_answered_once(
    start: Start, fake: FakeTelegram, rasa: Any, until: Until, care: Aftercare, hands: Hands, ledger: str
) -> None:
    start(service_url=ledger)
    number = filed(care, session_of(fake, rasa, until, 31, 1))
    care.office.casework.start(number, 2, WANG)
    until(lambda: len(fake.texts(31)) == 2)
    assert number in fake.texts(31)[1]
    care.office.casework.close(number, 3, WANG, "已换")
    until(lambda: len(fake.texts(31)) == 3)
    hands.move(hours=3)
    until(lambda: len(fake.texts(31)) == 4)
    survey = fake.sent[-1]
    fake.put(press(2, survey, survey.data("满意")), press(3, survey, survey.data("不满意")))
    until(lambda: len(fake.called("answerCallbackQuery")) == 2)
    until(lambda: fake.texts(31)[4:] == ["听到：满意"])
    until(lambda: care.delivery.undelivered() == len(console(care)))


def console(care: Aftercare) -> list[str]:
    """Lines for departments, which nobody fetches in this test."""
    return [one.kind for one in care.mailbox.fetch("console", "区综合行政执法局")]


def test_who_said_stop_or_blocked_the_bot_gets_no_news_and_none_is_kept_trying(
    start: Start, fake: FakeTelegram, rasa: Any, until: Until, care: Aftercare, ledger: str
) -> None:
    start(service_url=ledger)
    stopped, blocked = (session_of(fake, rasa, until, chat, chat) for chat in (32, 33))
    fake.put(message(40, 32, "/stop"))
    until(lambda: len(fake.texts(32)) == 2)
    fake.blocked.add("33")
    for session, key in ((stopped, "a"), (blocked, "b"), ("telegram-nobody", "c")):
        care.office.casework.start(filed(care, session, key), 2, WANG)
    until(lambda: care.delivery.undelivered() == len(console(care)))
    assert len(fake.texts(32)) == 2
    assert len([call for call in fake.called("sendMessage") if call["chat_id"] == "33"]) == 2


def test_a_letter_that_was_given_out_and_did_not_arrive_is_given_out_later(
    care: Aftercare, hands: Hands, ledger: str
) -> None:
    number = filed(care, "telegram-x")
    care.office.casework.start(number, 2, WANG)
    care.office.casework.close(number, 3, WANG, "已换")
    with httpx2.Client(base_url=ledger, headers={"Authorization": f"Bearer {SERVICE_TOKEN}"}) as service:

        def due() -> list[dict[str, Any]]:
            return list(service.post("/outbox/telegram/due").json()["letters"])

        (first,) = due()
        assert due() == []
        hands.move(minutes=1)
        assert [one["id"] for one in due()] == [first["id"]]
        for wrong in ({"id": "1"}, {"id": True}, {"id": 0}, {"id": 2**40}, {}):
            assert service.post("/outbox/telegram/arrived", json=wrong).status_code == 422
        assert service.post("/outbox/web/arrived", json={"id": first["id"]}).status_code == 200
        assert service.post("/outbox/telegram/arrived", json={"id": first["id"]}).status_code == 200
        (second,) = due()
        assert (second["session"], second["kind"]) == ("telegram-x", "close")
    assert httpx2.post(f"{ledger}/outbox/telegram/due").status_code == 401

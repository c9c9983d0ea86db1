"""A desk to try things on: the real ledger, a pipeline that knows one sentence, and people at it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import datetime

from actions.answering.answer import Answer, Citation, Question
from actions.bootstrap.conversations import furnish
from actions.conversations.records import BotReply, Heard, Operator
from actions.conversations.room import Room
from actions.conversations.tuning import Tuning
from actions.dialogue.desk import DeskHours
from actions.tickets.outbox import Outbox, Pace, Quiet
from actions.tickets.store import Store

WANG = Operator("1", "王")
LI = Operator("2", "李")
TEXT = "甲\n\n累计建成居家养老服务机构273个。\n尾"
HOURS = "工作日 08:30-17:30"
REPLY = (BotReply("273个。", {"status": "answered", "citations": []}),)


class OneSentence:
    """Answers from one sentence and refuses everything else."""

    def answer(self, question: Question) -> Answer:
        if "机构" not in question.text:
            return Answer("资料里没有。", "refused_not_in_sources", refused=True)
        sentence = "累计建成居家养老服务机构273个。"
        citation = Citation(
            "press-1", "000.txt", "标题", "海曙", "2021-03-01", ("养老",), sentence, 3, 19, "p1", sentence
        )
        return Answer(sentence, "answered", (citation,))

    def looks_like_question(self, text: str) -> bool:
        return False


def make_room(store: Store, clock: Callable[[], datetime], hours: str = HOURS, **tuned: object) -> Room:
    """Wired as the service has it."""
    outbox = Outbox(clock, Quiet.parse("20:30-08:00"), Pace.load())
    tuning = replace(Tuning.load(), **tuned)  # type: ignore[arg-type]
    return furnish(store, outbox, DeskHours.parse(hours), OneSentence(), lambda: [TEXT], clock, tuning)


def heard(text: str = "你好", key: str = "k1", name: str = "web-1", channel: str = "web") -> Heard:
    """Words of one resident."""
    return Heard(name, f"session-{name}", channel, text, key)

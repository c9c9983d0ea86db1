"""A resident's turn: opened before the bot composes, committed before anything is sent.

    opened = turns.open(heard)                          # a person has the word: held, and the bot is not asked
    done = turns.commit(heard, replies, handoff=False)  # a person took the word meanwhile: not sent

Who has the word is decided in the transaction that writes the replies down, and nowhere else. The bot's replies go out
unless a person owns the conversation at that moment, or has spoken since the resident's words, or those were erased.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from sqlalchemy import Connection, Row, bindparam, select, update

from actions.conversations.pen import Pen
from actions.conversations.records import BotReply, Committed, Conversation, Heard, Opened
from actions.conversations.tables import utterances
from actions.conversations.wording import say
from actions.tickets.store import Store

# What a resident said and all that was said after it, oldest first; built once, see ``pen``.
_SINCE = (
    select(*(utterances.c[name] for name in ("speaker", "text", "turn", "withheld", "erased")))
    .where(utterances.c.conversation == bindparam("name"), utterances.c.number >= bindparam("words"))
    .order_by(utterances.c.number)
)


class Turns:
    """The gateway's side of the desk.

    :param sounds_dangerous: whether words are those of an emergency.
    :param mood_of: the mood of words; empty for none in particular.
    :param is_english: whether words are English.
    """

    def __init__(
        self,
        store: Store,
        pen: Pen,
        sounds_dangerous: Callable[[str], bool],
        mood_of: Callable[[str], str],
        is_english: Callable[[str], bool],
    ) -> None:
        self._store = store
        self._pen = pen
        self._sounds_dangerous = sounds_dangerous
        self._mood_of = mood_of
        self._is_english = is_english

    def open(self, heard: Heard) -> Opened:
        """Write the words down, once, and tell who has the word."""
        with self._store.writing() as connection:
            held, words = self._heard(connection, heard)
            if held.state == "human":
                self._take_back(connection, held, words)
            standing = self._pen.standing(connection, held)
        if held.state != "human":
            return Opened(words, False, standing=standing)
        return Opened(words, True, self._sounds_dangerous(heard.text), standing)

    def commit(self, heard: Heard, replies: Sequence[BotReply], handoff: bool) -> Committed:
        """Write the bot's replies down as sent or withheld.

        :param handoff: the resident wants a person, and was told that one is looked for.
        """
        with self._store.writing() as connection:
            held, number = self._heard(connection, heard)
            words, *after = connection.execute(_SINCE, {"name": held.id, "words": number}).all()
            if words.erased:
                return Committed(False)  # the resident had all of it erased meanwhile
            sent = self._may_speak(held, after)
            if not sent:
                self._take_back(connection, held, number)
            # Those that stand there already are of a response that got lost: the message came again.
            written = {row.text for row in after if row.turn == number and not (sent and row.withheld)}
            for reply in (reply for reply in replies if reply.text not in written):
                held = self._pen.add(
                    connection, held, "bot", reply.text, answer=reply.answer, turn=number, withheld=not sent
                )
            notice = ""
            if handoff and sent:
                held, notice = self._queue(connection, held)
            return Committed(sent, self._pen.standing(connection, held), notice)

    def _heard(self, connection: Connection, heard: Heard) -> tuple[Conversation, int]:
        """The conversation and the number of the words, written down now if they were not yet."""
        pen, name = self._pen, heard.conversation
        held = pen.find(connection, name) or self._begin(connection, heard)
        known = pen.known(connection, name, heard.key)
        if known:
            return held, known.number
        if held.state == "closed":
            held = pen.change(connection, held, "reopen", state="bot", closed=None, erased=None)
        mood = self._mood_of(heard.text)
        language = "en" if self._is_english(heard.text) else "zh"
        held = pen.add(
            connection,
            held,
            "resident",
            heard.text,
            key=heard.key,
            mood=mood or held.mood,
            language=language,
        )
        return held, held.length

    def _begin(self, connection: Connection, heard: Heard) -> Conversation:
        """A new one; what was open of the same reader is over: nobody hears two voices from two conversations."""
        for held in self._pen.open_of(connection, heard.session):
            closed = self._pen.clock()
            self._pen.change(connection, held, "restart", state="closed", closed=closed, waiting_since=None)
        return self._pen.begin(connection, heard.conversation, heard.session, heard.channel)

    def _may_speak(self, held: Conversation, after: Sequence[Row[Any]]) -> bool:
        """:param after: what was said since the resident's words"""
        return held.state != "human" and all(row.speaker != "operator" for row in after)

    def _take_back(self, connection: Connection, held: Conversation, number: int) -> None:
        """Replies written as sent never arrived when the same words come again."""
        turn = utterances.c.conversation == held.id, utterances.c.turn == number
        connection.execute(update(utterances).where(*turn).values(withheld=True))

    def _queue(self, connection: Connection, held: Conversation) -> tuple[Conversation, str]:
        if held.state != "waiting":
            held = self._pen.change(
                connection, held, "wait", state="waiting", waiting_since=self._pen.clock()
            )
        standing = self._pen.standing(connection, held)
        ahead = standing.ahead if standing else 0
        notice = say("queued" if ahead else "queued_first", held.language, ahead=ahead)
        return self._pen.add(connection, held, "system", notice), notice

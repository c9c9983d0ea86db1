"""What operators do with a conversation. Each act is one transaction that looks first whose the conversation is.

takeover.claim(name, wang)                        # NotYours when somebody was quicker
takeover.say(name, wang, "您好，我是坐席", key)    # NotYours when it was handed on meanwhile
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from sqlalchemy import Connection

from actions.conversations.errors import NotYours, WordsInvalid
from actions.conversations.pen import Pen
from actions.conversations.presence import Presence
from actions.conversations.records import Conversation, Operator
from actions.conversations.tuning import Tuning
from actions.privacy import mask
from actions.tickets.reports import plain
from actions.tickets.store import Store


class Takeover:
    """The console's side of the desk. Every method returns the conversation as it is afterwards."""

    def __init__(self, store: Store, pen: Pen, presence: Presence, tuning: Tuning) -> None:
        self._store = store
        self._pen = pen
        self._presence = presence
        self._tuning = tuning

    def claim(self, name: str, operator: Operator) -> Conversation:
        """Take the word from the bot; from then on only this operator speaks.

        :raises NotYours: when another operator has it, or it is over.
        """
        with self._store.writing() as connection:
            held = self._pen.load(connection, name)
            if held.state == "human" and held.owner == operator.id:
                return held
            if held.state not in ("bot", "waiting"):
                raise NotYours(_whose(held))
            held = self._pen.change(
                connection, held, "claim", operator, state="human", owner=operator, waiting_since=None
            )
            return self._pen.tell(connection, held, "claim", name=operator.name)

    def release(self, name: str, operator: Operator) -> Conversation:
        """Hand the word back to the bot. Raises NotYours."""
        with self._mine(name, operator) as (connection, held):
            held = self._pen.change(connection, held, "release", operator, state="bot")
            return self._pen.tell(connection, held, "release")

    def transfer(self, name: str, operator: Operator, to: str) -> Conversation:
        """Hand the word to a colleague on duty.

        :raises NotYours: when it isn't the operator's, or the colleague is not there.
        """
        with self._mine(name, operator) as (connection, held):
            there = {one.id: one for one in self._presence.among(connection)}
            if to not in there or to == operator.id:
                raise NotYours("对方现在不在岗，没有转出：请另选一位，或先自己处理")
            held = self._pen.change(
                connection, held, "transfer", operator, state="human", owner=there[to]
            )  # fmt: skip
            return self._pen.tell(connection, held, "transfer", name=there[to].name)

    def close(self, name: str, operator: Operator) -> Conversation:
        """End it: the matter is settled. A new word of the resident begins with the bot. Raises NotYours."""
        with self._mine(name, operator) as (connection, held):
            held = self._pen.tell(connection, held, "close")
            return self._pen.change(
                connection, held, "close", operator, state="closed", closed=self._pen.clock()
            )

    def say(self, name: str, operator: Operator, words: str, key: str) -> Conversation:
        """Speak to the resident, once for each ``key``.

        :raises NotYours: when the conversation is no longer the operator's; nothing was said then.
        :raises WordsInvalid: when the words are empty or too long.
        """
        words = self._checked(words)
        with self._store.writing() as connection:
            held = self._pen.load(connection, name)
            if self._pen.known(connection, name, key):
                return held
            if held.state != "human" or held.owner != operator.id:
                raise NotYours(_whose(held))
            # The resident gets the words as typed, an office's number included; what is kept is masked.
            held = self._pen.add(connection, held, "operator", mask(words), operator=operator, key=key)
            body = {"text": words, "speaker": {"kind": "operator", "name": operator.name}}
            self._pen.send(connection, held, "operator", body)
            return held

    def note(self, name: str, operator: Operator, words: str, key: str) -> Conversation:
        """Write something down that only operators see; whoever owns it. Raises WordsInvalid."""
        words = self._checked(words)
        with self._store.writing() as connection:
            held = self._pen.load(connection, name)
            if self._pen.known(connection, name, key):
                return held
            return self._pen.add(connection, held, "note", mask(words), operator=operator, key=key)

    @contextmanager
    def _mine(self, name: str, operator: Operator) -> Iterator[tuple[Connection, Conversation]]:
        with self._store.writing() as connection:
            held = self._pen.load(connection, name)
            if held.state != "human" or held.owner != operator.id:
                raise NotYours(_whose(held))
            yield connection, held

    def _checked(self, words: str) -> str:
        words, most = plain(words), self._tuning.longest_words
        if not words.strip():
            raise WordsInvalid("没有文字：写一句再发")
        if len(words) > most:
            raise WordsInvalid(f"有{len(words)}字，一次至多{most}字：请分几次发")
        return words


def _whose(held: Conversation) -> str:
    if held.state == "human":
        return f"这个会话由{held.owner_name}接待，没有执行：请先请对方转给您"
    if held.state == "closed":
        return "这个会话已经结束，没有执行"
    return "这个会话现在由智能助手接待，没有执行：请先接管"

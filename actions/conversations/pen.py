"""Writes conversations: every change of a row, its line in ``desk_acts`` and what was said, in one transaction.

with store.writing() as connection:
    held = pen.load(connection, name)
    held = pen.change(connection, held, "claim", operator, state="human", owner=operator)
    pen.add(connection, held, "operator", "您好", operator=operator, key="k")
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from dataclasses import fields, replace
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, and_, bindparam, func, insert, or_, select, update

from actions.conversations.errors import ConversationUnknown
from actions.conversations.records import NOBODY, Conversation, Operator, Standing, State, Utterance
from actions.conversations.tables import conversations, desk_acts, utterances
from actions.conversations.wording import say
from actions.tickets.outbox import Draft, Outbox

_NAMES = [field.name for field in fields(Conversation)]
# Built once: every message runs most of them, and building costs, too.
_FIND = select(conversations).where(conversations.c.id == bindparam("name"))
_UPDATE = update(conversations).where(conversations.c.id == bindparam("held"))
_SAY = insert(utterances)
_KNOWN = select(utterances).where(
    utterances.c.conversation == bindparam("name"), utterances.c.key == bindparam("under")
)


class Pen:
    """All writing to the tables of this folder.

    :param clock: the present, with its time zone.
    """

    def __init__(self, outbox: Outbox, clock: Callable[[], datetime]) -> None:
        self._outbox = outbox
        self.clock = clock

    def find(self, connection: Connection, name: str) -> Conversation | None:
        """The conversation as it is now."""
        row = connection.execute(_FIND, {"name": name}).first()
        return Conversation(**row._mapping) if row else None

    def load(self, connection: Connection, name: str) -> Conversation:
        """The same.

        :raises ConversationUnknown: when there is none.
        """
        found = self.find(connection, name)
        if found is None:
            raise ConversationUnknown(name)
        return found

    def open_of(self, connection: Connection, session: str) -> list[Conversation]:
        """The conversations of a reader that are not over."""
        mine = conversations.c.session == session, conversations.c.state != "closed"
        rows = connection.execute(select(conversations).where(*mine)).all()
        return [Conversation(**row._mapping) for row in rows]

    def begin(self, connection: Connection, name: str, session: str, channel: str) -> Conversation:
        """A new one, with the bot."""
        now = self.clock()
        new = Conversation(
            name, session, channel, "bot", "", "", 0, 0, "", "", now, now, None, None, None
        )  # fmt: skip
        connection.execute(insert(conversations), {key: getattr(new, key) for key in _NAMES})
        return new

    def update(self, connection: Connection, held: Conversation, **values: Any) -> Conversation:
        """Change columns that are neither owner nor state."""
        connection.execute(_UPDATE, {"held": held.id, **values})
        return replace(held, **values)

    def change(
        self,
        connection: Connection,
        held: Conversation,
        act: str,
        by: Operator = NOBODY,
        *,
        state: State,
        owner: Operator = NOBODY,
        **values: Any,
    ) -> Conversation:
        """Another owner or state, with its line in ``desk_acts``."""
        values |= {"state": state, "owner": owner.id, "owner_name": owner.name, "epoch": held.epoch + 1}
        after = self.update(connection, held, **values)
        row = {
            "conversation": after.id,
            "epoch": after.epoch,
            "number": after.length,
            "act": act,
            "state": after.state,
            "owner": after.owner,
            "operator": by.id,
            "name": by.name,
            "at": self.clock(),
        }
        connection.execute(insert(desk_acts), row)
        return after

    def add(
        self,
        connection: Connection,
        held: Conversation,
        speaker: str,
        text: str,
        *,
        operator: Operator = NOBODY,
        answer: Mapping[str, Any] | None = None,
        turn: int = 0,
        key: str | None = None,
        withheld: bool = False,
        **values: Any,
    ) -> Conversation:
        """Write down what was said; its number is the ``length`` afterwards.

        :param values: columns of the conversation that change with it
        """
        now = self.clock()
        # The rounds' own sentences keep no conversation alive.
        active = held.active if speaker == "system" else now
        after = self.update(connection, held, length=held.length + 1, active=active, **values)
        row = {
            "conversation": held.id,
            "number": after.length,
            "speaker": speaker,
            "text": text,
            "answer": json.dumps(dict(answer), ensure_ascii=False) if answer else "",
            "operator": operator.id,
            "name": operator.name,
            "at": now,
            "turn": turn,
            "key": key,
            "withheld": withheld,
            "erased": False,
        }
        connection.execute(_SAY, row)
        return after

    def tell(self, connection: Connection, held: Conversation, entry: str, **values: object) -> Conversation:
        """Say one of the desk's own sentences to the resident, over the channel they are on."""
        text = say(entry, held.language or "zh", **values)
        after = self.add(connection, held, "system", text)
        self.send(connection, after, "desk", {"text": text})
        return after

    def send(
        self, connection: Connection, held: Conversation, kind: str, body: Mapping[str, Any]
    ) -> None:  # fmt: skip
        """Put the last utterance into the resident's mailbox, once."""
        key = f"said:{held.id}:{held.length}"
        self._outbox.put(connection, Draft(kind, held.channel, held.session, body, key))

    def known(self, connection: Connection, name: str, key: str) -> Utterance | None:
        """What was said under this key."""
        row = connection.execute(_KNOWN, {"name": name, "under": key}).first()
        return Utterance(**row._mapping) if row else None

    def standing(self, connection: Connection, held: Conversation) -> Standing | None:
        """What the resident is told of the desk; None while the bot answers."""
        if held.state == "human":
            return Standing("human", held.owner_name)
        if held.state != "waiting":
            return None
        since, name = conversations.c.waiting_since, conversations.c.id
        before = or_(since < held.waiting_since, and_(since == held.waiting_since, name < held.id))
        count = select(func.count()).select_from(conversations)
        waiting = connection.scalar(count.where(conversations.c.state == "waiting", before))
        return Standing("waiting", ahead=waiting or 0)

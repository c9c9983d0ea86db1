"""Who has the word in a conversation: asked before the bot composes, and decided by the ledger before anything is sent.

What happens when the ledger cannot be asked:

================================  =======================================================================
before composing                  the bot is asked all the same; the words are written down with its replies
after it, the service is slow     an apology and the offer to send again: whether the reply counts is open
after it, the words were opened   the same: who has the word may have changed since
after it, the service is gone     as without a desk, unless a person had the word when it was last known
after it, the ledger is full      as without a desk, if the ledger can be read and no person has the word
================================  =======================================================================
"""

from __future__ import annotations

import logging
from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any
from uuid import uuid4

from bot.gateway.conversation_client import ConversationClient, Words
from bot.gateway.errors import LedgerUnwritable, ServiceGone, ServiceUnavailable
from bot.gateway.outcome import Outcome, notice
from bot.gateway.replies import Reply
from bot.gateway.scratch import Notes, Scratch
from bot.gateway.sessions import Session
from bot.gateway.wording import say

log = logging.getLogger(__name__)
_RETRY_SECONDS = 5
_KNOWN_SECONDS = 12 * 3600


@dataclass(frozen=True)
class Turn:
    """:param words: None where nobody can take over: a public chat, an installation without a desk.
    :param opened: the words stand in the ledger.
    :param held: what the resident gets because a person has the word; None: the bot is asked.
    :param slow: the service took the call and did not answer it in time.
    """

    words: Words | None = None
    opened: bool = False
    held: Outcome | None = None
    slow: bool = False


class Floor:
    """One for the gateway."""

    def __init__(self, client: ConversationClient, scratch: Scratch) -> None:
        self._client = client
        self._scratch = scratch

    async def open(self, notes: Notes, session: Session, text: str, id_: str) -> Turn:
        """Write the resident's words down and see who has the word.

        :param notes: where who had it is noted for later.
        :param text: masked.
        """
        if session.public:
            return Turn()
        words = Words(session, text, id_ or uuid4().hex)
        try:
            opened = await self._client.open(words)
        except ServiceUnavailable as error:
            log.warning("words not opened: %s", error)
            return Turn(words, slow=not isinstance(error, ServiceGone))
        if opened is None:
            return Turn()
        if not opened["held"]:
            return Turn(words, True)  # settling notes who has the word then
        _note(notes, session, opened.get("desk"))
        told = (Reply(say("danger"), notice="danger"),) if opened["danger"] else ()
        return Turn(words, True, Outcome(told, "human", desk=opened["desk"]))

    async def settle(self, notes: Notes, turn: Turn, outcome: Outcome) -> Outcome:
        """What of the bot's outcome goes out; ``notes`` as in ``open``."""
        if turn.words is None:
            return outcome
        said = [_kept(reply) for reply in outcome.replies]
        try:
            done = await self._client.commit(turn.words, said, outcome.handoff)
        except ServiceUnavailable as error:
            log.warning("replies not settled: %s", error)
            if turn.opened or outcome.handoff or not await self._surely_free(turn.words.session, error):
                return notice("apology", 503, _RETRY_SECONDS)
            return outcome
        if done is None:
            return outcome
        _note(notes, turn.words.session, done["desk"])
        if not done["sent"]:
            return Outcome((), "withheld", masked=outcome.masked, desk=done["desk"])
        more = (Reply(done["notice"], notice="desk"),) if done["notice"] else ()
        return replace(outcome, replies=(*outcome.replies, *more), desk=done["desk"])

    async def standing(self, session: Session) -> Mapping[str, Any] | None:
        """What the resident is told of the desk. Raises ServiceUnavailable."""
        return await self._client.standing(session)

    async def end(self, session: Session) -> None:
        """The resident begins another conversation. An operator who had this one sees that it is over."""
        try:
            await self._client.end(session)
        except ServiceUnavailable as error:  # the first words of the next one end it, too
            log.warning("a conversation was not ended: %s", error)

    async def _surely_free(self, session: Session, error: ServiceUnavailable) -> bool:
        """Whether nobody can have the word although the ledger did not say so."""
        if isinstance(error, ServiceGone):  # no operator can speak or take over either
            return await self._scratch.kept(known_as(session.conversation)) != "human"
        if not isinstance(error, LedgerUnwritable):
            return False
        try:
            desk = await self._client.standing(session)
        except ServiceUnavailable:
            return False
        return not desk or desk["state"] != "human"


def known_as(conversation: str) -> str:
    """Where the short memory keeps who had the word when the ledger was last asked."""
    return f"{conversation}:desk"


def _note(notes: Notes, session: Session, desk: Mapping[str, Any] | None) -> None:
    state = str(desk["state"]) if desk else "bot"
    notes.keep(known_as(session.conversation), state, _KNOWN_SECONDS)


def _kept(reply: Reply) -> dict[str, Any]:
    data = reply.json()
    return {name: data[name] for name in ("text", "answer") if name in data}

"""A resident's message on its way to Rasa: numbers masked, phone numbers sealed beside the text."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from actions.dialogue.contact import bound_to
from actions.privacy import take
from actions.tickets.sealing import Sealer
from bot.gateway.sessions import Session

_MAX_PHONES = 3


@dataclass(frozen=True)
class Letter:
    """:param metadata: what the dialogue's actions get beside the text.
    :param masked: whether a number was taken out.
    """

    text: str
    metadata: dict[str, Any]
    masked: bool


class Sealing:
    """Always seals, form or no form: the gateway doesn't know what Rasa is asking, and a number in a first message
    is as good as one in an answer. Without consent nobody opens it.
    """

    def __init__(self, sealer: Sealer) -> None:
        self._sealer = sealer

    def letter(self, session: Session, text: str, id_: str) -> Letter:
        """The message with what goes along.

        :param id_: the client's own id of the message, or empty.
        """
        taken = take(text)
        metadata: dict[str, Any] = {"session": session.name}
        if session.channel != "web":
            metadata["channel"] = session.channel
        if id_:
            metadata["id"] = id_
        if taken.phones:
            bound = bound_to(session.conversation)
            metadata["phones"] = [self._sealer.seal(number, bound) for number in taken.phones[:_MAX_PHONES]]
        return Letter(taken.text, metadata, taken.text != text)

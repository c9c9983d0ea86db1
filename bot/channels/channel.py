"""What every channel has in common, and the whole of what another one must bring.

An update of the platform becomes an :class:`Incoming`; a reply of the gateway becomes bubbles of the platform.
Transport (polling, webhook, passive reply) is each channel's own: see docs/runbooks/channels.md.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Generic, Literal, Protocol, TypeVar

# What a resident did. ``words`` goes to the desk; ``other`` is answered by the channel itself, ``ignored`` by nobody.
Kind = Literal["words", "command", "press", "other", "left", "ignored"]


@dataclass(frozen=True)
class Incoming:
    """One update, as far as anybody needs it.

    :param id: the platform's id of the update; the same at every delivery.
    :param chat: the platform's name of the chat, to be replied to.
    :param text: words, a command's name without slash, a button's data, or what kind of other thing it was.
    :param public: others read along.
    :param message: the platform's id of the message, where a reply or a button refers to it.
    """

    id: str
    chat: str
    kind: Kind
    text: str = ""
    public: bool = False
    message: int = 0
    query: str = ""  # a pressed button waits for its confirmation under this id
    language: str = ""
    shown: tuple[tuple[Mapping[str, Any], ...], ...] = ()  # the rows of buttons under the pressed message
    beside: str = ""  # what else came with the words and is not looked at: photo, video, …


@dataclass(frozen=True)
class Button:
    """Something to tap: ``message`` is said by it, or ``url`` opened. Of a ``group`` only one can be pressed."""

    title: str
    message: str = ""
    url: str = ""
    group: str = ""


@dataclass(frozen=True)
class Capabilities:
    """What a channel can show. ``length`` in its own units, see ``Channel.measure``."""

    length: int
    buttons: bool
    links: bool
    edit: bool
    push: bool


@dataclass(frozen=True)
class Bubble:
    """One message as the platform shows it."""

    text: str
    buttons: tuple[Button, ...] = ()

    def json(self) -> dict[str, Any]:
        """For keeping it until it is sent."""
        return {"text": self.text, "buttons": [vars(button) for button in self.buttons]}

    @classmethod
    def load(cls, data: Mapping[str, Any]) -> Bubble:
        """The inverse of :meth:`json`."""
        return cls(data["text"], tuple(Button(**button) for button in data["buttons"]))


Update_contra = TypeVar("Update_contra", contravariant=True)


class Channel(Protocol, Generic[Update_contra]):
    """The two translations; without state, so that a suite can try them on anything."""

    name: str
    capabilities: Capabilities

    def read(self, update: Update_contra) -> Incoming:
        """What it is. Never raises for anything the platform delivers: the unknown is ``ignored``."""
        ...

    def render(self, body: Mapping[str, Any]) -> tuple[Bubble, ...]:
        """Bubbles for the body of a reply of the gateway, or of a ticket's news in ``{"replies": […]}``."""
        ...

    def measure(self, text: str) -> int:
        """The length that the platform's limit counts."""
        ...

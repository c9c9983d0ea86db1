"""What can go wrong with a conversation.

ConversationError
├── ConversationUnknown   no conversation of that name
├── NotYours              somebody else has it, or nobody, or it is over: nothing was said
├── WordsInvalid          words that cannot be taken as they are
└── Unverified            numbers or names that no source holds, and the operator has not confirmed them

Messages are shown to operators. They hold no word of a resident.
"""

from __future__ import annotations

from collections.abc import Sequence


class ConversationError(Exception):
    """Base of everything this folder raises on purpose."""


class ConversationUnknown(ConversationError):
    def __init__(self, name: str) -> None:
        super().__init__(f"没有会话 {name[:60]}：列表可能已更新，请刷新")


class NotYours(ConversationError):
    pass


class WordsInvalid(ConversationError):
    pass


class Unverified(ConversationError):
    """:param found: what is not proved, as it was typed."""

    def __init__(self, found: Sequence[str]) -> None:
        super().__init__(f"没有出处：{'、'.join(found)}。核对无误再点「仍要发送」")
        self.found = tuple(found)

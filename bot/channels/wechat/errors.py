"""What can go wrong between 微信公众号 and this channel.

WeChatError (a ChannelError)
├── LetterRefused    what came in is unsigned, old, replayed or not readable
├── NotNow           the platform takes no message for this reader until they write again
├── ReaderGone       nothing reaches this reader: not a follower any more
└── TokenRefused     the platform gives no access_token: WECHAT_APPID, WECHAT_SECRET or its list of addresses
"""

from __future__ import annotations

from bot.channels.errors import ChannelError


class WeChatError(ChannelError):
    """Base of this folder's errors; messages carry no resident's text and no secret."""


class LetterRefused(WeChatError):
    """:param code: for the log, in one word."""

    def __init__(self, code: str) -> None:
        super().__init__(f"a letter was turned away: {code}")
        self.code = code


class NotNow(WeChatError):
    """:param code: the platform's ``errcode``."""

    def __init__(self, code: int) -> None:
        super().__init__(f"the platform takes no message for this reader now: errcode {code}")
        self.code = code


class ReaderGone(WeChatError):
    pass


class TokenRefused(WeChatError):
    """:param code: the platform's ``errcode``."""

    def __init__(self, code: int) -> None:
        super().__init__(f"the platform gives no access_token: errcode {code}; see docs/runbooks/wechat.md")
        self.code = code

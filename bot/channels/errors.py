"""What can go wrong between a platform and the gateway.

ChannelError
├── DeskUnavailable    the gateway gave no usable reply; the same message may be handed in again
├── AddressUnknown     a session's name that leads to no chat of this channel
├── WordingMissing     wording.yml lacks an entry the code asks for
└── WeChatError        see bot.channels.wechat.errors
"""

from __future__ import annotations


class ChannelError(Exception):
    """Base of this folder's errors; messages carry no resident's text and no token."""


class DeskUnavailable(ChannelError):
    pass


class AddressUnknown(ChannelError):
    pass


class WordingMissing(ChannelError):
    pass

"""Attends to one message: what it is, what the desk says to it, and that this arrives within the call or after it."""

from __future__ import annotations

import logging

from bot.channels.address import Addresses
from bot.channels.channel import Bubble, Incoming
from bot.channels.chats import Chats
from bot.channels.desk import DeskClient, insist
from bot.channels.spool import Entry, Spool
from bot.channels.wechat.choices import Choices
from bot.channels.wechat.counter import Counter
from bot.channels.wechat.errors import NotNow, ReaderGone
from bot.channels.wechat.later import Later
from bot.channels.wechat.post import Post
from bot.channels.wechat.push import WeChatPush
from bot.channels.wechat.render import WeChatChannel
from bot.channels.wechat.tuning import Tuning
from bot.channels.wechat.wording import say, wording

log = logging.getLogger(__name__)


class Attendant:
    """Turns entries of the spool into replies; every step may be repeated after a crash."""

    def __init__(
        self,
        channel: WeChatChannel,
        desk: DeskClient,
        spool: Spool,
        chats: Chats,
        choices: Choices,
        counter: Counter,
        post: Post,
        later: Later,
        push: WeChatPush,
        addresses: Addresses,
        tuning: Tuning,
    ) -> None:
        self._channel = channel
        self._desk = desk
        self._spool = spool
        self._chats = chats
        self._choices = choices
        self._counter = counter
        self._post = post
        self._later = later
        self._push = push
        self._addresses = addresses
        self._tuning = tuning

    def chat_of(self, entry: Entry) -> str:
        """What is kept in order: the reader, or nothing."""
        return self._channel.read(entry.update).chat

    async def attend(self, entry: Entry) -> None:
        """Act on it and send what there is to send.

        :raises RedisError: when Redis is away; call again.
        """
        incoming = self._channel.read(entry.update)
        user = self._addresses.hide(incoming.chat)
        try:
            if incoming.kind == "left":
                await self._chats.block(user)
            elif incoming.kind != "ignored" and await self._reply(entry, incoming, user):
                await self._push.catch_up(incoming.chat, user)
        finally:
            self._counter.dismiss(entry.id)

    async def _reply(self, entry: Entry, incoming: Incoming, user: str) -> bool:
        """Whether all of it has been taken."""
        reply = await self._spool.reply(entry.id)
        if reply is None:
            await self._chats.wrote(user)
            bubbles, sent = self._channel.pack(await self._answer(incoming, user)), 0
            await self._spool.keep(entry.id, bubbles)
        else:
            bubbles, sent = reply.bubbles, reply.sent
        for number, bubble in enumerate(bubbles[sent:], sent + 1):
            if number == len(bubbles):
                await self._choices.offer(user, bubble.buttons)
            try:
                if number > 1 or not await self._counter.hand(entry.id, bubble.text):
                    await self._post.send(incoming.chat, bubble.text)
            except ReaderGone:
                await self._chats.block(user)
                return False
            except NotNow as error:
                log.error("a reply waits until its reader writes: %s", error)
                await self._later.keep(user, f"r{entry.id}", [b.text for b in bubbles[number - 1 :]])
                return False
            await self._spool.sent(entry.id, number)
        return True

    async def _answer(self, incoming: Incoming, user: str) -> tuple[Bubble, ...]:
        if incoming.kind == "command":
            return await self._command(incoming.text, incoming, user)
        if incoming.kind == "other":
            return (Bubble(say(incoming.text)),)
        words = await self._choices.chosen(user, incoming.text, incoming.id)
        if words is None:
            return (Bubble(say("used")),)
        typed = words.casefold()
        for name, command in wording().entries["commands"].items():
            if typed in command.get("typed", ()):
                return await self._command(name, incoming, user)
        return await self._words(incoming, user, words)

    async def _command(self, name: str, incoming: Incoming, user: str) -> tuple[Bubble, ...]:
        command = wording().entries["commands"].get(name, {})
        if "say" in command:
            return await self._words(incoming, user, command["say"])
        if name == "forget":
            return await self._forget(user)
        if name in ("start", "again", "stop"):
            await self._chats.begin(user)
        if name == "stop":
            await self._chats.stop(user)
        return (Bubble(say(name if name in ("start", "again", "stop") else "help")),)

    async def _forget(self, user: str) -> tuple[Bubble, ...]:
        number = await self._chats.conversation(user)
        body = await insist(lambda: self._desk.forget(user, number), self._tuning)
        if body is None:
            return (Bubble(say("not_forgotten")),)
        if body.get("forgotten"):
            await self._chats.begin(user)
        return self._channel.render(body)

    async def _words(self, incoming: Incoming, user: str, words: str) -> tuple[Bubble, ...]:
        number = await self._chats.conversation(user)
        body = await insist(lambda: self._desk.say(incoming, user, number, words), self._tuning)
        return (Bubble(say("no_reply")),) if body is None else self._channel.render(body)

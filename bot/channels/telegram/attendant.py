"""Attends to one update: what it is, what the desk says to it, and that this arrives."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import replace
from typing import Any

from bot.channels.address import Addresses
from bot.channels.channel import Bubble, Channel, Incoming
from bot.channels.chats import Chats
from bot.channels.desk import DeskClient, insist
from bot.channels.spool import Entry, Spool
from bot.channels.telegram.post import ChatClosed, Post
from bot.channels.telegram.tuning import Tuning
from bot.channels.telegram.wording import say, wording
from bot.channels.wording import language_of

_TYPING_SECONDS = 4.0  # Telegram shows it for five


class Attendant:
    """Turns entries of the spool into replies.

    Every step may be repeated after a crash: the desk knows the update's number, a button knows who pressed it, and
    what was sent is counted bubble by bubble. Only a bubble that Telegram took in the moment of the crash comes twice.
    """

    def __init__(
        self,
        channel: Channel[Mapping[str, Any]],
        desk: DeskClient,
        spool: Spool,
        chats: Chats,
        post: Post,
        addresses: Addresses,
        tuning: Tuning,
    ) -> None:
        self._channel = channel
        self._desk = desk
        self._spool = spool
        self._chats = chats
        self._post = post
        self._addresses = addresses
        self._tuning = tuning

    def chat_of(self, entry: Entry) -> str:
        """What is kept in order: the chat, or nothing."""
        return self._channel.read(entry.update).chat

    async def attend(self, entry: Entry) -> None:
        """Act on it and send what there is to send.

        :raises RedisError: when Redis is away; call again.
        """
        incoming = self._channel.read(entry.update)
        if incoming.kind == "ignored":
            if incoming.query:
                await self._post.confirm(incoming.query)
            return
        user = self._addresses.hide(incoming.chat)
        if incoming.kind == "left":
            await self._chats.block(user)
            return
        reply = await self._spool.reply(entry.id)
        if reply is None:
            await self._chats.wrote(user)
            bubbles = await self._answer(incoming, user)
            await self._spool.keep(entry.id, bubbles)
            sent = 0
        else:
            bubbles, sent = reply.bubbles, reply.sent
        await self._send(entry.id, incoming, user, bubbles[sent:], sent)

    async def _send(
        self, id_: str, incoming: Incoming, user: str, bubbles: tuple[Bubble, ...], sent: int
    ) -> None:
        answers, last = incoming.message if incoming.public else 0, sent + len(bubbles)
        for number, bubble in enumerate(bubbles, sent + 1):
            try:
                await self._post.send(incoming.chat, bubble, await self._chats.offer(bubble.buttons), answers)
            except ChatClosed:
                await self._chats.block(user)
                return
            if number < last:  # after the last the whole entry is done with
                await self._spool.sent(id_, number)

    async def _answer(self, incoming: Incoming, user: str) -> tuple[Bubble, ...]:
        language = language_of(incoming.language)
        if incoming.kind == "command":
            return await self._command(incoming, user, language)
        if incoming.kind == "press":
            return await self._press(incoming, user, language)
        if incoming.kind == "other":
            key = incoming.text if incoming.text == "edited" else _MEDIA.get(incoming.text, "media")
            return (Bubble(say(key, language)),)
        beside = (Bubble(say(_MEDIA.get(incoming.beside, "media"), language)),) if incoming.beside else ()
        return (*await self._words(incoming, user, incoming.text), *beside)

    async def _command(self, incoming: Incoming, user: str, language: str) -> tuple[Bubble, ...]:
        if incoming.text == "status":
            if incoming.public:
                return (Bubble(say("private_only", language)),)
            return await self._words(incoming, user, wording().entries["status"][language])
        if incoming.text == "forget":
            return await self._forget(incoming, user, language)
        if incoming.text in ("start", "stop"):
            await self._chats.begin(user)
        if incoming.text == "stop":
            await self._chats.stop(user)
        known = incoming.text if incoming.text in wording().entries["commands"] else "help"
        return (Bubble(say(known, language)),)

    async def _forget(self, incoming: Incoming, user: str, language: str) -> tuple[Bubble, ...]:
        if incoming.public:
            return (Bubble(say("private_only", language)),)
        number = await self._chats.conversation(user)
        body = await insist(lambda: self._desk.forget(user, number), self._tuning)
        if body is None:
            return (Bubble(say("not_forgotten", language)),)
        if body.get("forgotten"):
            await self._chats.begin(user)
        return self._channel.render(body)

    async def _press(self, incoming: Incoming, user: str, language: str) -> tuple[Bubble, ...]:
        said = await self._chats.press(incoming.text, incoming.id)
        await self._post.confirm(incoming.query, "" if said else say("used", language))
        if not said:
            return ()
        await self._post.redraw(incoming.chat, incoming.message, await self._remaining(incoming))
        return await self._words(incoming, user, said)

    async def _remaining(self, incoming: Incoming) -> tuple[tuple[Mapping[str, Any], ...], ...]:
        """The rows of buttons without those that can't be pressed any more."""
        data = [str(b["callback_data"]) for row in incoming.shown for b in row if "callback_data" in b]
        left = await self._chats.left(data)
        rows = (
            tuple(b for b in row if b.get("callback_data") in left or "url" in b) for row in incoming.shown
        )
        return tuple(row for row in rows if row)

    async def _words(self, incoming: Incoming, user: str, words: str) -> tuple[Bubble, ...]:
        number = await self._chats.conversation(user)
        typing = asyncio.create_task(self._typing(incoming.chat))
        try:
            body = await insist(lambda: self._desk.say(incoming, user, number, words), self._tuning)
        finally:
            typing.cancel()
            with suppress(asyncio.CancelledError):
                await typing
        if body is None:
            return (Bubble(say("no_reply", language_of(incoming.language))),)
        bubbles = self._channel.render(body)
        return self._in_public(body, bubbles, incoming) if incoming.public else bubbles

    def _in_public(
        self, body: Mapping[str, Any], bubbles: tuple[Bubble, ...], incoming: Incoming
    ) -> tuple[Bubble, ...]:
        """What a group may see: no words to press that stand for one person, no reply to personal data."""
        language = language_of(incoming.language)
        if body.get("masked"):
            return (Bubble(say("masked_in_group", language)),)
        shown = tuple(replace(b, buttons=tuple(x for x in b.buttons if x.url)) for b in bubbles)
        refused = any(reply.get("answer", {}).get("refused") for reply in body["replies"])
        return (*shown, Bubble(say("private_only", language))) if refused else shown

    async def _typing(self, chat: str) -> None:
        await asyncio.sleep(self._tuning.typing_after)
        while True:
            await self._post.typing(chat)
            await asyncio.sleep(_TYPING_SECONDS)


_MEDIA = {"voice": "voice", "audio": "voice", "video_note": "voice"}

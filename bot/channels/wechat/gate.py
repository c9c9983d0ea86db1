"""The address that the platform calls: nothing is answered before it is in the spool.

===============  ==========================================================================
``GET /wechat``  the platform's question whether this is the right address
``POST /wechat`` a message or an event → its reply, or ``success`` when that comes later
===============  ==========================================================================
"""

from __future__ import annotations

import logging
import time

from fastapi import APIRouter, Request, Response
from redis.asyncio import Redis
from redis.exceptions import RedisError
from starlette.background import BackgroundTask
from starlette.responses import PlainTextResponse

from actions.serving.body import read_bytes
from actions.serving.errors import RequestRefused
from bot.channels.channel import Incoming
from bot.channels.spool import Spool
from bot.channels.wechat.counter import Counter, Waiter
from bot.channels.wechat.envelope import Envelope
from bot.channels.wechat.errors import LetterRefused
from bot.channels.wechat.render import WeChatChannel
from bot.channels.wechat.tuning import Tuning

log = logging.getLogger(__name__)
PATH = "/wechat"
MAX_BODY_BYTES = 65_536
_LATER = "success"


class Gate:
    """The handlers."""

    def __init__(
        self,
        redis: Redis,
        envelope: Envelope,
        spool: Spool,
        counter: Counter,
        channel: WeChatChannel,
        tuning: Tuning,
    ) -> None:
        self._redis = redis
        self._envelope = envelope
        self._spool = spool
        self._counter = counter
        self._channel = channel
        self._tuning = tuning

    def router(self) -> APIRouter:
        """The routes."""
        router = APIRouter()
        router.get(PATH)(self.echo)
        router.post(PATH)(self.letter)
        return router

    async def echo(self, request: Request) -> Response:
        """``GET /wechat``."""
        try:
            return PlainTextResponse(await self._envelope.echo(request.query_params))
        except LetterRefused as error:
            return _refused(error)

    async def letter(self, request: Request) -> Response:
        """``POST /wechat``; anything but 200 makes the platform send it again."""
        try:
            body = await read_bytes(request, MAX_BODY_BYTES)
            fields = await self._envelope.open(request.query_params, body)
            incoming = self._channel.read(fields)
            if incoming.kind == "ignored":
                return PlainTextResponse(_LATER)
            return await self._take(request, incoming, fields)
        except RequestRefused as error:
            return PlainTextResponse(error.code, error.status)
        except LetterRefused as error:
            return _refused(error)
        except (RedisError, OSError) as error:
            log.warning("a letter could not be kept: %s", type(error).__name__)
            return PlainTextResponse("spool_away", 503)

    async def _take(self, request: Request, incoming: Incoming, fields: dict[str, str]) -> Response:
        waiter = self._counter.wait(incoming.id)
        try:
            fate = await self._spool.put(incoming.id, fields)
            if fate == "done":
                text = await self._redis.get(f"wx:passive:{incoming.id}")
                return self._reply(str(text), fields) if text else PlainTextResponse(_LATER)
            text = await waiter.text(self._tuning.passive_seconds)
        finally:
            self._counter.leave(incoming.id, waiter)
        return await self._passive(request, incoming, fields, waiter, text)

    async def _passive(
        self, request: Request, incoming: Incoming, fields: dict[str, str], waiter: Waiter, text: str
    ) -> Response:
        if not text:
            return PlainTextResponse(_LATER)
        if await request.is_disconnected():
            waiter.shown(False)
            return PlainTextResponse(_LATER)
        await self._redis.set(f"wx:passive:{incoming.id}", text, ex=self._tuning.repeat_seconds)
        response = self._reply(text, fields)
        response.background = BackgroundTask(waiter.shown)
        return response

    def _reply(self, text: str, fields: dict[str, str]) -> Response:
        reply = {
            "ToUserName": fields["FromUserName"],
            "FromUserName": fields.get("ToUserName", ""),
            "CreateTime": str(int(time.time())),
            "MsgType": "text",
            "Content": text,
        }
        return Response(self._envelope.close(reply), media_type="application/xml")


def _refused(error: LetterRefused) -> Response:
    log.warning("%s", error)
    return PlainTextResponse(error.code, 403)

"""Takes updates that Telegram pushes: 200 only once they are in the spool, and only with the secret."""

from __future__ import annotations

import logging
from collections.abc import Mapping
from hashlib import sha256
from hmac import new as hmac
from typing import Any

from fastapi import APIRouter, Request, Response
from fastapi.responses import JSONResponse
from redis.exceptions import RedisError

from actions.serving.body import read_object
from actions.serving.errors import RequestRefused
from actions.serving.token import same
from bot.channels.telegram.spool import OrderedSpool

log = logging.getLogger(__name__)
PATH = "/telegram"
MAX_BODY_BYTES = 1_048_576


def derived_secret(session_secret: str) -> str:
    """The secret to tell Telegram when none is set."""
    return hmac(session_secret.encode(), b"telegram-webhook", sha256).hexdigest()


class Webhook:
    """The handler.

    :param secret: what Telegram was told to send along.
    """

    def __init__(self, spool: OrderedSpool, secret: str) -> None:
        self._spool = spool
        self._secret = secret

    def router(self) -> APIRouter:
        """The route."""
        router = APIRouter()
        router.post(PATH)(self.update)
        return router

    async def update(self, request: Request) -> Response:
        """``POST /telegram``; anything but 200 makes Telegram push it again."""
        given = request.headers.get("x-telegram-bot-api-secret-token", "")
        if not same(given, self._secret):
            log.warning("a push without the right secret was turned away")
            return _error(403, "secret_wrong")
        try:
            body = await read_object(request, MAX_BODY_BYTES)
        except RequestRefused as error:
            return _error(error.status, error.code)
        if not _is_update(body):
            return _error(400, "no_update")
        try:
            await self._spool.accept([body], in_order=False)
        except (RedisError, OSError) as error:
            log.warning("a push could not be kept: %s", type(error).__name__)
            return _error(503, "spool_away")
        return JSONResponse({"ok": True})


def _is_update(body: Mapping[str, Any]) -> bool:
    id_ = body.get("update_id")
    return isinstance(id_, int) and not isinstance(id_, bool) and 0 <= id_ < 2**53


def _error(status: int, code: str) -> Response:
    return JSONResponse({"error": {"code": code}}, status)

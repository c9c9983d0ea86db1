"""What each route of the answering service does; ``actions.app`` mounts them."""

from __future__ import annotations

import asyncio
import logging
import time
from collections.abc import Mapping
from typing import Any

from fastapi import Request, Response
from fastapi.responses import JSONResponse

from actions.answering.answer import Answer, Question
from actions.serving.body import read_object
from actions.serving.errors import BodyInvalid, NotFound
from actions.serving.metrics import CONTENT_TYPE, ServiceMetrics
from actions.serving.parts import Parts
from actions.serving.promises import Promises
from actions.serving.webhook import Webhook
from actions.serving.workers import Workers
from actions.telemetry.correlation import KEY, carrying, current_id
from actions.telemetry.tracing import Tracing

log = logging.getLogger(__name__)
MAX_BODY_BYTES = 1_000_000
MAX_HISTORY = 20


def _question(body: dict[str, Any], max_chars: int) -> Question:
    text, history = body.get("text"), body.get("history", [])
    if not isinstance(text, str) or not text.strip():
        raise BodyInvalid("text 应是非空字符串")
    if not isinstance(history, list) or not all(isinstance(turn, str) for turn in history):
        raise BodyInvalid("history 应是字符串列表")
    if len(history) > MAX_HISTORY or any(len(turn) > max_chars for turn in (text, *history)):
        raise BodyInvalid(f"text 与 history 的每一项至多 {max_chars} 字，history 至多 {MAX_HISTORY} 项")
    return Question(text, tuple(history))


def _metadata(call: Mapping[str, Any]) -> Mapping[str, Any]:
    """What the gateway sent along with the message, as Rasa hands it on."""
    tracker = call.get("tracker")
    latest = tracker.get("latest_message") if isinstance(tracker, dict) else None
    metadata = latest.get("metadata") if isinstance(latest, dict) else None
    return metadata if isinstance(metadata, dict) else {}


class Routes:
    """The handlers, sharing the loaded parts, the threads and the figures.

    :param max_chars: longest question or history turn accepted.
    :param collector: base URL to send traces to; empty: none.
    """

    def __init__(self, parts: Parts, workers: Workers, max_chars: int, collector: str = "") -> None:
        self._parts = parts
        self._workers = workers
        self._max_chars = max_chars
        self._webhook = Webhook(parts.actions, workers)
        self._metrics = ServiceMetrics(parts.rewrites)
        self._promises = Promises(parts.office.store) if parts.office else None
        self._tracing = Tracing(collector, "service", self._metrics.step)

    async def warm(self) -> None:
        """Answer once, so that readiness means an answer has really been made.

        :raises Overloaded: when even that takes too long.
        """
        await self._workers.run(lambda: self._parts.answerer.answer(Question("81890")))

    async def webhook(self, request: Request) -> Response:
        """``POST /webhook``."""
        call = await read_object(request, MAX_BODY_BYTES)
        carried, started = _metadata(call), time.perf_counter()
        with carrying(carried.get(KEY, current_id())), self._tracing.begin("webhook", carried):
            with self._metrics.timed("webhook"):
                status, body = await self._webhook.call(call)
            seconds = time.perf_counter() - started
            log.info("%s %d in %d ms", self._webhook.known(call["next_action"]), status, seconds * 1000)
        for message in body.get("responses", ()):
            self._count(message.get("custom"))
        return JSONResponse(body, status)

    def _count(self, custom: object) -> None:
        payload = custom.get("answer") if isinstance(custom, dict) else None
        if isinstance(payload, dict):
            self._metrics.answered(Answer.from_payload(payload), "webhook")

    async def answer(self, request: Request) -> Response:
        """``POST /answer``."""
        question = _question(await read_object(request, MAX_BODY_BYTES), self._max_chars)
        with self._tracing.begin("answer", request.headers), self._metrics.timed("answer"):
            answer = await self._workers.run(lambda: self._parts.answerer.answer(question))
        self._metrics.answered(answer, "answer")
        log.info("answer %s in %d ms", answer.status, answer.ms)
        return JSONResponse(answer.payload())

    async def sources(self) -> Response:
        """``GET /sources``."""
        return JSONResponse({"sources": [doc.meta() for doc in self._parts.documents.values()]})

    async def source(self, source_id: str) -> Response:
        """``GET /sources/{id}``."""
        document = self._parts.documents.get(source_id)
        if document is None:
            raise NotFound(f"没有编号为 {source_id[:60]} 的文件；全部编号见 /sources")
        return JSONResponse({**document.meta(), "text": document.text})

    async def metrics(self) -> Response:
        """``GET /metrics``."""
        self._metrics.busy.set(self._workers.busy)
        kept = await asyncio.to_thread(self._promises.text) if self._promises else b""
        return Response(self._metrics.text() + kept, media_type=CONTENT_TYPE)

    def close(self) -> None:
        """Send the traces that are left."""
        self._tracing.close()

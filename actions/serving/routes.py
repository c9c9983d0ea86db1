"""What each route of the answering service does; ``actions.app`` mounts them."""

from __future__ import annotations

from typing import Any

from fastapi import Request, Response
from fastapi.responses import JSONResponse

from actions.answering.answer import Answer, Question
from actions.serving.body import read_object
from actions.serving.errors import BodyInvalid, NotFound
from actions.serving.metrics import CONTENT_TYPE, ServiceMetrics
from actions.serving.parts import Parts
from actions.serving.webhook import Webhook
from actions.serving.workers import Workers

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


class Routes:
    """The handlers, sharing the loaded parts, the threads and the figures.

    :param max_chars: longest question or history turn accepted.
    """

    def __init__(self, parts: Parts, workers: Workers, max_chars: int) -> None:
        self._parts = parts
        self._workers = workers
        self._max_chars = max_chars
        self._webhook = Webhook(parts.actions, workers)
        self._metrics = ServiceMetrics(parts.rewrites)

    async def warm(self) -> None:
        """Answer once, so that readiness means an answer has really been made.

        :raises Overloaded: when even that takes too long.
        """
        await self._workers.run(lambda: self._parts.answerer.answer(Question("81890")))

    async def webhook(self, request: Request) -> Response:
        """``POST /webhook``."""
        call = await read_object(request, MAX_BODY_BYTES)
        with self._metrics.timed("webhook"):
            status, body = await self._webhook.call(call)
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
        with self._metrics.timed("answer"):
            answer = await self._workers.run(lambda: self._parts.answerer.answer(question))
        self._metrics.answered(answer, "answer")
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
        return Response(self._metrics.text(), media_type=CONTENT_TYPE)

"""``GET /lookup``: what an operator finds while typing.

``q`` what is typed; ``previous`` the question it follows («2020» after «公租房新增»); ``year``, ``status`` (实际, 目标),
``district``, ``source`` narrow it; ``limit`` rows. ``quick=1`` asks for
the sentences only, while somebody is still typing. ``typist`` and ``turn`` name the page and count its key presses: of one
page only the latest is worked on, the others are answered with 409 ``superseded`` without any work.
"""

from __future__ import annotations

import re
import time
from collections import OrderedDict
from collections.abc import Callable
from threading import Lock
from typing import Any

from fastapi import APIRouter, Request, Response
from starlette.responses import JSONResponse

from actions.answering.answer import Question
from actions.answering.lookup import Looked, Lookup, Narrow
from actions.serving.errors import BodyInvalid, Contradicted
from actions.serving.workers import Workers

MAX_ROWS = 20
MAX_KEPT = 512
MAX_TYPISTS = 500
_TYPIST = re.compile(r"[A-Za-z0-9_-]{0,40}")
_STATUSES = ("", "实际", "目标")
Lookups = Callable[[], tuple[str, Lookup]]  # the generation served now, and the look-up in it


class Superseded(Contradicted):
    code = "superseded"


class LookupRoutes:
    """The handler, what was found lately, and who has typed on.

    :param max_chars: longest text looked up
    """

    def __init__(self, lookups: Lookups, workers: Workers, max_chars: int) -> None:
        self._lookups = lookups
        self._workers = workers
        self._max_chars = max_chars
        self._kept: OrderedDict[tuple[Any, ...], bytes] = OrderedDict()
        self._turns: OrderedDict[str, int] = OrderedDict()
        self._lock = Lock()

    def router(self) -> APIRouter:
        """The route."""
        router = APIRouter()
        router.get("/lookup")(self.look)
        return router

    async def look(self, request: Request) -> Response:
        """``GET /lookup``."""
        question, narrow = self._question(request), _narrow(request)
        most = min(_number(request, "limit", 8), MAX_ROWS)
        typist, turn = request.query_params.get("typist", ""), _number(request, "turn", 0)
        if not _TYPIST.fullmatch(typist):
            raise BodyInvalid("typist 应是至多 40 个字母、数字、连字符或下划线")
        self._typed(typist, turn)
        generation, lookup = self._lookups()
        quick = request.query_params.get("quick", "") == "1"
        key = (generation, question, narrow, most, quick)
        if (known := self._known(key)) is not None:
            return Response(known, media_type="application/json")

        def work() -> bytes:
            if typist and self._turns.get(typist, 0) > turn:
                raise Superseded("这次输入已经过时")
            began = time.perf_counter()
            found = lookup.look(question, narrow, most, quick)
            body = bytes(JSONResponse(_json(found, (time.perf_counter() - began) * 1000)).body)
            self._keep(key, body)
            return body

        return Response(await self._workers.run(work), media_type="application/json")

    def _question(self, request: Request) -> Question:
        text, previous = (request.query_params.get(name, "").strip() for name in ("q", "previous"))
        if not text or max(len(text), len(previous)) > self._max_chars:
            raise BodyInvalid(f"q 应有 1 到 {self._max_chars} 字，previous 至多 {self._max_chars} 字")
        return Question(text, (previous,) if previous else ())

    def _typed(self, typist: str, turn: int) -> None:
        if typist:
            with self._lock:
                self._turns[typist] = max(turn, self._turns.pop(typist, 0))
                while len(self._turns) > MAX_TYPISTS:
                    self._turns.popitem(last=False)

    def _known(self, key: tuple[Any, ...]) -> bytes | None:
        with self._lock:
            if key in self._kept:
                self._kept.move_to_end(key)
            return self._kept.get(key)

    def _keep(self, key: tuple[Any, ...], body: bytes) -> None:
        with self._lock:
            self._kept[key] = body
            while len(self._kept) > MAX_KEPT:
                self._kept.popitem(last=False)


def _narrow(request: Request) -> Narrow:
    query = request.query_params
    status, year = query.get("status", ""), _number(request, "year", 0)
    if status not in _STATUSES:
        raise BodyInvalid(f"status「{status[:10]}」应是 实际、目标 或空")
    return Narrow(year, status, query.get("district", "")[:20], query.get("source", "")[:80])


def _number(request: Request, name: str, default: int) -> int:
    value = request.query_params.get(name, "") or str(default)
    if not (value.isascii() and value.isdigit() and len(value) < 16):
        raise BodyInvalid(f"{name} 应是一个整数")
    return int(value)


def _json(found: Looked, ms: float) -> dict[str, Any]:
    answer = found.answer
    return {
        "answer": None if answer is None else answer.payload(),
        "ladders": list(found.ladders),
        "rows": [vars(row) for row in found.rows],
        "ms": round(ms, 1),
    }

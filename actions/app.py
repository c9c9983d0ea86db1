"""The answering service: one process that holds the encoder and the index.

    uvicorn --factory actions.app:create_app --host 127.0.0.1 --port 8191 --no-access-log

=========================  ======================================================================
``POST /webhook``          Rasa's custom actions
``POST /answer``           ``{"text", "history": [earlier user turns]}`` → ``Answer.payload()``
``GET /sources``           the published documents
``GET /sources/{id}``      one of them with its text as received
``POST /tickets``          a report, and the rest of ``actions.serving.tickets``
``POST /feedback``         whether an answer was of use
``GET /sessions/…``        what readers fetch and what they follow: ``actions.serving.news``
``GET /figures``           how well the promise is kept, for the desk: ``actions.serving.figures``
``GET /casework/…``        tickets for operators: ``actions.serving.casework``
``POST /desk/sign-in``     operators, and the rest of ``actions.serving.accounts``
``POST /conversations/…``  who has the word in a chat, and the rest of ``actions.serving.conversations``
``GET /desk/chats``        the chats for operators, and the rest of ``actions.serving.desk``
``GET /lookup``            what an operator finds while typing
``GET /healthz``           the process is alive
``GET /readyz``            the index is open, the encoder loaded, one question answered
``GET /metrics``           Prometheus
=========================  ======================================================================

Every route but the two health checks needs the service token. Access logs stay off: Rasa hands the token
over in the query string.
"""

from __future__ import annotations

import asyncio
import sys
from collections.abc import AsyncIterator, Callable
from contextlib import AsyncExitStack, asynccontextmanager

from fastapi import FastAPI, Request, Response
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse
from starlette.routing import Route

from actions.serving.accounts import AccountRoutes
from actions.serving.acts import ActRoutes
from actions.serving.caretaker import looked_after
from actions.serving.casework import CaseworkRoutes
from actions.serving.conversations import ConversationRoutes
from actions.serving.desk import DeskRoutes
from actions.serving.entries import EntryRoutes
from actions.serving.errors import RequestRefused
from actions.serving.failures import CatchFailures
from actions.serving.feedback import FeedbackRoutes
from actions.serving.figures import FigureRoutes
from actions.serving.follower import Rhythm, followed
from actions.serving.governance import KnowledgeRoutes
from actions.serving.logs import set_up
from actions.serving.lookup import LookupRoutes
from actions.serving.memory import settle
from actions.serving.news import NewsRoutes
from actions.serving.outbox import OutboxRoutes
from actions.serving.parts import Parts, build_parts
from actions.serving.routes import Routes
from actions.serving.switches import SwitchRoutes
from actions.serving.tickets import TicketRoutes
from actions.serving.token import RequireToken
from actions.serving.workers import Workers
from actions.settings import Settings, load_settings
from actions.telemetry.correlation import Correlate
from actions.telemetry.tracing import NO_SECOND_TELEMETRY

SWITCH_SECONDS = 0.0005
THREADS = 2  # one answer keeps about a core busy; more threads than cores only add waiting
QUEUE = 64
READERS_QUEUE, READING_SECONDS = 4, 75.0  # a file is given up after 30 seconds; two may stand before it


async def refused(_: Request, error: Exception) -> Response:
    """An expected refusal as JSON; the request's text is never echoed."""
    assert isinstance(error, RequestRefused)
    headers = {"Retry-After": str(error.retry_after)} if error.retry_after else None
    body = {"error": {"code": error.code, "message": str(error), **error.more}}
    return JSONResponse(body, error.status, headers)


async def unreadable(_: Request, __: Exception) -> Response:
    """A part of the address that is no number where one belongs; what was sent is never echoed."""
    return JSONResponse({"error": {"code": "invalid", "message": "地址里的编号应是整数"}}, 422)


def failed() -> Response:
    """A defect, told without any detail."""
    return JSONResponse({"error": {"code": "internal", "message": "服务内部错误"}}, 500)


def create_app(settings: Settings | None = None, build: Callable[[Settings], Parts] = build_parts) -> FastAPI:
    """The ASGI app; the heavy parts are built when it starts up.

    :raises SettingsError: when a setting is unusable or a secret is missing.
    """
    settings = settings or load_settings()
    settings.require_secrets()
    # The event loop shares the interpreter with threads that compute; it must get its turn sooner than every 5 ms.
    sys.setswitchinterval(SWITCH_SECONDS)
    set_up(settings.log_level, settings.log_format)

    @asynccontextmanager
    async def lifespan(app: FastAPI) -> AsyncIterator[None]:
        workers = Workers(THREADS, QUEUE, settings.answer_timeout)
        clerks = Workers(THREADS, QUEUE, settings.answer_timeout)  # a ticket never waits behind answers
        lookers = Workers(
            THREADS, QUEUE, settings.answer_timeout
        )  # an operator's typing never delays a resident
        readers = Workers(1, READERS_QUEUE, READING_SECONDS)  # one handed-in file at a time
        parts = await asyncio.to_thread(build, settings)
        routes = Routes(parts, workers, settings.question_max_chars, settings.otel_exporter_otlp_endpoint)
        # Paths are tried in this order: first what each message, or each key press, asks for.
        app.router.routes.append(Route("/webhook", routes.webhook, methods=["POST"]))
        if parts.room:
            talks = ConversationRoutes(parts.room, clerks)
            app.router.routes += talks.every_message()
            app.include_router(talks.router())
        if parts.lookups:
            app.include_router(LookupRoutes(parts.lookups, lookers, settings.question_max_chars).router())
        _mount(app, routes)
        if parts.office:
            app.include_router(TicketRoutes(parts.office, clerks).router())
        if parts.care:
            app.include_router(NewsRoutes(parts.care, clerks).router())
            app.include_router(OutboxRoutes(parts.care.delivery, clerks).router())
        if parts.opinions:
            app.include_router(FeedbackRoutes(parts.opinions, clerks).router())
        if parts.accounts:
            app.include_router(AccountRoutes(parts.accounts, clerks).router())
            app.include_router(ActRoutes(parts.accounts, clerks).router())
        if parts.care and parts.accounts:
            app.include_router(CaseworkRoutes(parts.care, parts.accounts, clerks).router())
            app.include_router(FigureRoutes(parts.care, parts.accounts, clerks).router())
        if parts.room:
            app.include_router(DeskRoutes(parts.room, clerks, workers, parts.accounts).router())
        if parts.knowledge and parts.accounts:
            app.include_router(KnowledgeRoutes(parts.knowledge, parts.accounts, clerks, readers).router())
        if parts.entries and parts.gaps and parts.accounts:
            entries = EntryRoutes(parts.entries, parts.gaps, parts.accounts, clerks, readers)
            app.include_router(entries.router())
        if parts.switches and parts.accounts:
            app.include_router(SwitchRoutes(parts.switches, parts.accounts, clerks).router())
        await routes.warm()
        settle()
        async with AsyncExitStack() as beside:
            if parts.care:
                await beside.enter_async_context(looked_after(parts.care))
            if parts.current:
                await beside.enter_async_context(followed(parts.current, Rhythm.load()))
            app.state.ready = True
            yield
            app.state.ready = False
        for pool in (workers, clerks, lookers, readers):
            pool.close()
        await asyncio.to_thread(routes.close)
        if parts.knowledge:
            await asyncio.to_thread(parts.knowledge.close)
        if parts.office:
            parts.office.close()

    app = FastAPI(
        lifespan=lifespan, docs_url=None, redoc_url=None, openapi_url=None, telemetry=NO_SECOND_TELEMETRY
    )
    app.state.ready = False
    app.add_middleware(RequireToken, secret=settings.service_token.get_secret_value())
    app.add_exception_handler(RequestRefused, refused)
    app.add_exception_handler(RequestValidationError, unreadable)
    app.add_middleware(CatchFailures, render=failed)
    app.add_middleware(Correlate)
    _mount_health(app)
    return app


def _mount(app: FastAPI, routes: Routes) -> None:
    app.post("/answer")(routes.answer)
    app.get("/sources")(routes.sources)
    app.get("/sources/{source_id}")(routes.source)
    app.get("/metrics")(routes.metrics)


def _mount_health(app: FastAPI) -> None:
    @app.get("/healthz")
    async def healthz() -> dict[str, str]:
        return {"status": "alive"}

    @app.get("/readyz")
    async def readyz() -> Response:
        ready = bool(app.state.ready)
        return JSONResponse(
            {"ready": ready, "checks": {"answers": "up" if ready else "down"}}, 200 if ready else 503
        )

"""The gateway: the only public door.

    uvicorn --factory bot.gateway.app:create_app --port 8189 --no-access-log

========================  ======================================================================
``GET /``                 the web chat
``POST /api/chat``        ``{"message", "id"?}`` → ``{"replies": [{"text", "answer"?, "buttons"?}]}``
``POST /api/restart``     a new conversation in the same session
``POST /api/forget``      what was said is erased; tickets stay
``POST /channels/{name}`` the same from a channel's process, with the service token
``GET /api/history``      what was said in this session, and the rest of ``bot.gateway.mine``
``GET /api/news``         messages for the page, and the rest of ``bot.gateway.news``
``/open311/v2/…``         Open311 GeoReport v2, see ``bot.gateway.open311.routes``
``GET /sources``          the documents the answers rest on
``GET /sources/{id}``     one of them, ``?start=…&end=…`` marked
``/desk/…``               the operators' desk, see ``bot.console.router``
``GET /widget.js``        the chat on another site's pages, when WIDGET_ORIGINS names it
``GET /healthz``          the process is alive
``GET /readyz``           every process behind it answers; ``?level=answers``: questions are answered
``GET /metrics``          Prometheus; from this machine or with the service token
========================  ======================================================================
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from fastapi import FastAPI, Request, Response
from fastapi.responses import JSONResponse
from starlette.exceptions import HTTPException
from starlette.middleware.gzip import GZipMiddleware

from actions.serving.errors import RequestRefused
from actions.serving.failures import CatchFailures
from actions.serving.logs import set_up
from actions.serving.memory import settle
from actions.settings import SERVER_SECRETS, Settings, load_settings
from actions.telemetry.correlation import Correlate
from actions.telemetry.tracing import NO_SECOND_TELEMETRY, Tracing
from actions.tickets.sealing import Sealer
from bot.console.wiring import build_console
from bot.gateway.api import Api
from bot.gateway.channels import ChannelDoor
from bot.gateway.chat import Desk
from bot.gateway.claims import Claims
from bot.gateway.conversation_client import ConversationClient
from bot.gateway.door import Door
from bot.gateway.floor import Floor
from bot.gateway.forget import Forget
from bot.gateway.gauges import Gauges
from bot.gateway.headers import SecurityHeaders
from bot.gateway.health import Doctor
from bot.gateway.history import History
from bot.gateway.letters import Sealing
from bot.gateway.limits import Limits
from bot.gateway.metrics import GatewayMetrics
from bot.gateway.mine import Mine
from bot.gateway.news import News
from bot.gateway.open311.keys import ApiKeys
from bot.gateway.open311.routes import Open311
from bot.gateway.outcome import notice
from bot.gateway.pages import Pages
from bot.gateway.rasa_fleet import RasaFleet
from bot.gateway.scratch import MemoryScratch
from bot.gateway.scratch_redis import FallbackScratch, RedisScratch
from bot.gateway.service_client import ServiceClient
from bot.gateway.sessions import Sessions
from bot.gateway.switches import Switches
from bot.gateway.ticket_client import TicketClient

ZIPPED = 4  # of 9: what more would take off is not worth the time of every answer


def create_app(settings: Settings | None = None) -> FastAPI:
    """The ASGI app; nothing is connected before the first message.

    :raises SettingsError: when a setting is unusable or a secret is missing.
    """
    settings = settings or load_settings()
    settings.require_secrets((*SERVER_SECRETS, "contact_key"))
    settings.require_safe_door()
    set_up(settings.log_level, settings.log_format)
    token = settings.service_token.get_secret_value()
    turn_seconds = int(settings.session_hours * 3600)

    rasa = RasaFleet(settings.rasa_addresses(), settings.rasa_timeout)
    service = ServiceClient(settings.service_addresses(), token, settings.answer_timeout)
    scratch = FallbackScratch(
        RedisScratch(settings.redis_address(), turn_seconds), MemoryScratch(turn_seconds)
    )
    limits = Limits(
        scratch, settings.rate_posts_per_minute, settings.rate_reads_per_minute, settings.rate_conversations
    )
    metrics = GatewayMetrics()
    tracing = Tracing(settings.otel_exporter_otlp_endpoint, "gateway")
    sessions = Sessions(
        settings.session_secret.get_secret_value(), settings.session_hours, settings.cookie_secure
    )
    door = Door(sessions, token, framed=bool(settings.framing_sites()))
    doctor = Doctor(rasa, service, scratch)
    sealer = Sealer([settings.contact_key.get_secret_value()])
    sealing, history = Sealing(sealer), History(scratch, sealer)
    talks = ConversationClient(settings.service_addresses(), token)
    floor, claims = Floor(talks, scratch), Claims(settings.redis_address())
    desk = Desk(
        rasa,
        service,
        scratch,
        limits,
        doctor,
        metrics,
        sealing,
        history,
        floor,
        settings.question_max_chars,
        tracing,
        Switches(service),
        claims,
    )
    gauges = Gauges(metrics, doctor, settings.redis_address())
    api = Api(desk, door, limits, scratch, history, floor, doctor, metrics, gauges)
    channels = ChannelDoor(desk, door, sessions)
    forget = Forget(desk, talks, scratch, history, sessions)
    pages = Pages(service, door, limits, widget=bool(settings.framing_sites()))
    tickets = TicketClient(settings.service_addresses(), token, settings.answer_timeout)
    keys = ApiKeys(settings.open311_keys.get_secret_value())
    open311 = Open311(tickets, keys, limits, door, settings.open311_jurisdiction)

    console = build_console(settings, scratch)

    @asynccontextmanager
    async def lifespan(_: FastAPI) -> AsyncIterator[None]:
        settle()
        yield
        for closing in (rasa, service, talks, tickets, console, scratch, gauges, claims):
            await closing.close()
        await asyncio.to_thread(tracing.close)

    app = FastAPI(
        lifespan=lifespan, docs_url=None, redoc_url=None, openapi_url=None, telemetry=NO_SECOND_TELEMETRY
    )
    app.add_middleware(GZipMiddleware, minimum_size=1024, compresslevel=ZIPPED)
    app.add_middleware(CatchFailures, render=_failed)
    app.add_middleware(SecurityHeaders, https=settings.cookie_secure, framed_by=settings.framing_sites())
    app.add_middleware(Correlate)
    app.add_exception_handler(RequestRefused, _refused)
    app.add_exception_handler(HTTPException, _no_route)
    app.router.routes += [api.every_message(), channels.every_message()]  # paths are tried in this order
    app.include_router(api.router())
    console.mount(app)  # soon: an operator's every key press asks
    app.include_router(pages.router())
    app.include_router(open311.router())
    app.include_router(forget.router(door, limits, channels))
    app.include_router(News(tickets, history, floor, door, limits).router())
    app.include_router(Mine(tickets, history, door, limits).router())
    app.mount("/static", pages.static(), name="static")
    return app


async def _refused(_: Request, error: Exception) -> Response:
    """A body that can't be used; the page shows the sentence like any reply."""
    assert isinstance(error, RequestRefused)
    key = error.code if error.code in ("body_invalid", "body_unreadable") else "too_large"
    body = {**notice(key).json(), "error": {"code": error.code, "message": str(error)}}
    return JSONResponse(body, error.status)


async def _no_route(_: Request, error: Exception) -> Response:
    assert isinstance(error, HTTPException)
    code = "not_found" if error.status_code == 404 else "not_allowed"
    body = {**notice("not_found").json(), "error": {"code": code, "message": str(error.detail)}}
    return JSONResponse(body, error.status_code, dict(error.headers or {}))


def _failed() -> Response:
    """A defect of ours: the resident gets the apology."""
    return JSONResponse(notice("apology").json(), 500)

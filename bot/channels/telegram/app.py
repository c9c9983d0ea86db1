"""The Telegram channel: one process, with a health check and, if updates are pushed, the webhook.

    uvicorn --factory bot.channels.telegram.app:create_app --port 8192 --no-access-log

==================  =====================================================================
``POST /telegram``  an update, with Telegram's secret (only when TELEGRAM_WEBHOOK_URL is set)
``GET /healthz``    200 while updates are taken and worked on
==================  =====================================================================
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from fastapi import FastAPI, Response
from fastapi.responses import JSONResponse

from actions.serving.logs import set_up
from actions.settings import SERVER_SECRETS, Settings, SettingsError, load_settings
from bot.channels.discretion import Discretion
from bot.channels.running import end
from bot.channels.telegram.office import Office
from bot.channels.telegram.tuning import Tuning
from bot.channels.telegram.webhook import Webhook, derived_secret


def create_app(settings: Settings | None = None, tuning: Tuning | None = None) -> FastAPI:
    """The ASGI app; Telegram is asked for nothing before it starts up.

    :raises SettingsError: when the token or another secret is missing.
    """
    settings = settings or load_settings()
    settings.require_secrets((*SERVER_SECRETS, "contact_key"))
    token = settings.telegram_token.get_secret_value()
    if not token:
        raise SettingsError("缺少 TELEGRAM_TOKEN：从 @BotFather 取得，写进环境变量或 .env")
    set_up(settings.log_level, settings.log_format)
    Discretion(token).watch()
    secret = settings.telegram_webhook_secret.get_secret_value() or derived_secret(
        settings.session_secret.get_secret_value()
    )
    office = Office(settings, tuning or Tuning.load(), secret)

    @asynccontextmanager
    async def lifespan(app: FastAPI) -> AsyncIterator[None]:
        work = asyncio.create_task(office.keep_running())
        app.state.work = work
        yield
        await end([work])
        await office.close()

    app = FastAPI(lifespan=lifespan, docs_url=None, redoc_url=None, openapi_url=None)
    if settings.telegram_webhook_url:
        app.include_router(Webhook(office.spool, secret).router())

    @app.get("/healthz")
    async def healthz() -> Response:
        alive = not app.state.work.done()
        return JSONResponse({"status": "alive" if alive else "stopped"}, 200 if alive else 503)

    return app

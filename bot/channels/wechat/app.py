"""The channel for a 微信公众号: one process with the address that the platform calls, and a health check.

    uvicorn --factory bot.channels.wechat.app:create_app --port 8193 --no-access-log

================  ======================================================
``GET /wechat``   see ``bot.channels.wechat.gate``
``POST /wechat``
``GET /healthz``  200 while messages are worked on
================  ======================================================
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
from bot.channels.wechat.office import Office
from bot.channels.wechat.tuning import Tuning

_NEEDED = ("wechat_token", "wechat_appid", "wechat_secret")


def create_app(settings: Settings | None = None, tuning: Tuning | None = None) -> FastAPI:
    """The ASGI app; the platform is asked for nothing before there is something to send.

    :raises SettingsError: when a setting of the account or another secret is missing.
    """
    settings = settings or load_settings()
    settings.require_secrets((*SERVER_SECRETS, "contact_key"))
    if missing := [name.upper() for name in _NEEDED if not _value(settings, name)]:
        raise SettingsError(f"缺少 {'、'.join(missing)}：在微信公众平台的「基本配置」里，写进环境变量或 .env")
    set_up(settings.log_level, settings.log_format)
    discretion = Discretion(*(_value(settings, name) for name in (*_NEEDED, "wechat_aes_key")))
    discretion.watch()
    office = Office(settings, tuning or Tuning.load(), discretion)

    @asynccontextmanager
    async def lifespan(app: FastAPI) -> AsyncIterator[None]:
        work = asyncio.create_task(office.keep_running())
        app.state.work = work
        yield
        await end([work])
        await office.close()

    app = FastAPI(lifespan=lifespan, docs_url=None, redoc_url=None, openapi_url=None)
    app.include_router(office.gate().router())

    @app.get("/healthz")
    async def healthz() -> Response:
        alive = not app.state.work.done()
        return JSONResponse({"status": "alive" if alive else "stopped"}, 200 if alive else 503)

    return app


def _value(settings: Settings, name: str) -> str:
    value = getattr(settings, name)
    return str(value if isinstance(value, str) else value.get_secret_value())

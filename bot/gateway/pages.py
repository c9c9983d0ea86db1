"""The web chat's own files and the pages that show published documents."""

from __future__ import annotations

from pathlib import Path

from fastapi import APIRouter, Request, Response
from fastapi.responses import FileResponse, HTMLResponse, RedirectResponse
from jinja2 import Environment, FileSystemLoader, StrictUndefined
from starlette.staticfiles import StaticFiles

from bot.gateway.document import cut
from bot.gateway.door import Door
from bot.gateway.errors import ServiceUnavailable, SourceUnknown
from bot.gateway.limits import Limits
from bot.gateway.service_client import ServiceClient
from bot.gateway.wording import say

WEB = Path(__file__).with_name("web")


class Pages:
    """Everything a browser opens."""

    def __init__(self, service: ServiceClient, door: Door, limits: Limits) -> None:
        self._service = service
        self._door = door
        self._limits = limits
        # Autoescape for every template: document text may hold anything.
        self._templates = Environment(
            loader=FileSystemLoader(WEB / "templates"), autoescape=True, undefined=StrictUndefined
        )

    def router(self) -> APIRouter:
        """The routes."""
        router = APIRouter()
        router.api_route("/", methods=["GET", "HEAD"])(self.chat)
        router.get("/sources")(self.sources)
        router.get("/sources/{source_id}")(self.source)
        router.get("/favicon.ico")(self.icon)
        return router

    def static(self) -> StaticFiles:
        """Scripts, styles and the icon."""
        return StaticFiles(directory=WEB / "static")

    async def chat(self) -> Response:
        """``GET /``."""
        return FileResponse(WEB / "index.html", headers={"Cache-Control": "no-cache"})

    async def icon(self) -> Response:
        """Browsers ask for it by this name whatever the page says."""
        return RedirectResponse("/static/icon.svg", 308)

    async def sources(self, request: Request) -> Response:
        """``GET /sources``: which documents the answers rest on."""
        if wait := await self._wait(request):
            return self._message("请稍等", say("rate_limited", seconds=wait), 429, wait)
        try:
            sources = await self._service.sources()
        except ServiceUnavailable:
            return self._message("暂时打不开", say("document_unavailable"), 503, 5)
        return self._render("sources.html", sources=sources)

    async def source(self, request: Request, source_id: str) -> Response:
        """``GET /sources/{id}?start=…&end=…``: the document with that place marked."""
        if wait := await self._wait(request):
            return self._message("请稍等", say("rate_limited", seconds=wait), 429, wait)
        try:
            source = await self._service.source(source_id)
        except SourceUnknown:
            return self._message("没有这份资料", say("document_unknown"), 404)
        except ServiceUnavailable:
            return self._message("暂时打不开", say("document_unavailable"), 503, 5)
        start, end = _offset(request, "start"), _offset(request, "end")
        lines = list(cut(source["text"], start, end))
        return self._render("source.html", source=source, lines=lines, found=any(x.first for x in lines))

    async def _wait(self, request: Request) -> int:
        session = self._door.session(request)
        return await self._limits.read(self._door.caller(request, session))

    def _render(self, name: str, status: int = 200, **values: object) -> Response:
        return HTMLResponse(self._templates.get_template(name).render(values), status)

    def _message(self, title: str, text: str, status: int, retry_after: int = 0) -> Response:
        response = self._render("message.html", status, title=title, text=text)
        if retry_after:
            response.headers["Retry-After"] = str(retry_after)
        return response


def _offset(request: Request, name: str) -> int:
    value = request.query_params.get(name, "")
    return int(value) if value.isascii() and value.isdigit() and len(value) < 9 else -1

"""The web chat, its files, and the pages that show published documents.

``?lang=en`` shows any of them in English; ``/?embed=1`` is the chat for the frame that ``/widget.js`` opens.
"""

from __future__ import annotations

import json
from pathlib import Path

from fastapi import APIRouter, Request, Response
from fastapi.responses import HTMLResponse, RedirectResponse
from jinja2 import Environment, FileSystemLoader, StrictUndefined
from starlette.staticfiles import StaticFiles

from bot.gateway.document import cut
from bot.gateway.door import Door
from bot.gateway.errors import ServiceUnavailable, SourceUnknown
from bot.gateway.limits import Limits
from bot.gateway.service_client import ServiceClient
from bot.gateway.wording import say
from bot.gateway.words import LANGUAGES, language_of, query_of, words

WEB = Path(__file__).with_name("web")
_WIDGET_SECONDS = 3600  # a site that includes the script learns of a new one within the hour


class Pages:
    """Everything a browser opens.

    :param widget: whether other sites may show the chat in a frame.
    """

    def __init__(self, service: ServiceClient, door: Door, limits: Limits, widget: bool) -> None:
        self._service = service
        self._door = door
        self._limits = limits
        self._widget = widget
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
        router.get("/widget.js")(self.widget)
        router.get("/favicon.ico")(self.icon)
        return router

    def static(self) -> StaticFiles:
        """Scripts, styles and the icon."""
        return StaticFiles(directory=WEB / "static")

    async def chat(self, request: Request) -> Response:
        """``GET /``."""
        script = json.dumps(words(language_of(request))["script"], ensure_ascii=False)
        embedded = request.query_params.get("embed") == "1"
        response = self._render(request, "chat.html", script_words=script, embedded=embedded)
        response.headers["Cache-Control"] = "no-cache"
        return response

    async def widget(self) -> Response:
        """``GET /widget.js``: what another site includes; there is none unless a site is named in WIDGET_ORIGINS."""
        if not self._widget:
            return Response("// WIDGET_ORIGINS 是空的：没有网站可以嵌入\n", 404, media_type="text/javascript")
        said = {language: words(language)["widget"] for language in LANGUAGES}
        script = self._templates.get_template("widget.js").render(words=said)
        headers = {"Cache-Control": f"public, max-age={_WIDGET_SECONDS}"}
        return Response(script, headers=headers, media_type="text/javascript")

    async def icon(self) -> Response:
        """Browsers ask for it by this name whatever the page says."""
        return RedirectResponse("/static/icon.svg", 308)

    async def sources(self, request: Request) -> Response:
        """``GET /sources``: which documents the answers rest on."""
        if wait := await self._wait(request):
            return self._message(request, "请稍等", say("rate_limited", seconds=wait), 429, wait)
        try:
            sources = await self._service.sources()
        except ServiceUnavailable:
            return self._message(request, "暂时打不开", say("document_unavailable"), 503, 5)
        return self._render(request, "sources.html", sources=sources)

    async def source(self, request: Request, source_id: str) -> Response:
        """``GET /sources/{id}?start=…&end=…``: the document with that place marked."""
        if wait := await self._wait(request):
            return self._message(request, "请稍等", say("rate_limited", seconds=wait), 429, wait)
        try:
            source = await self._service.source(source_id)
        except SourceUnknown:
            return self._message(request, "没有这份资料", say("document_unknown"), 404)
        except ServiceUnavailable:
            return self._message(request, "暂时打不开", say("document_unavailable"), 503, 5)
        start, end = _offset(request, "start"), _offset(request, "end")
        lines = list(cut(source["text"], start, end))
        found = any(line.first for line in lines)
        return self._render(request, "source.html", source=source, lines=lines, found=found)

    async def _wait(self, request: Request) -> int:
        session = self._door.session(request)
        return await self._limits.read(self._door.caller(request, session))

    def _render(self, request: Request, name: str, status: int = 200, **values: object) -> Response:
        language = language_of(request)
        shown = {"w": words(language), "query": query_of(language), **values}
        return HTMLResponse(self._templates.get_template(name).render(shown), status)

    def _message(
        self, request: Request, title: str, text: str, status: int, retry_after: int = 0
    ) -> Response:
        response = self._render(request, "message.html", status, title=title, text=text)
        if retry_after:
            response.headers["Retry-After"] = str(retry_after)
        return response


def _offset(request: Request, name: str) -> int:
    value = request.query_params.get(name, "")
    return int(value) if value.isascii() and value.isdigit() and len(value) < 9 else -1

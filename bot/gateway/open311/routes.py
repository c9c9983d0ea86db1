"""The routes of Open311 GeoReport v2, under ``/open311/v2``.

===================================  =========================================================================
``GET services.{format}``            what can be reported
``GET services/{code}.{format}``     what is asked in addition
``POST requests.{format}``           file a report; needs ``api_key``
``GET requests.{format}``            requests by id, service, time, status
``GET requests/{id}.{format}``       one of them
``GET /open311/discovery.{format}``  where all this is
===================================  =========================================================================

Only what came in by Open311 is shown by Open311: what residents tell the chat is not published.
"""

from __future__ import annotations

from collections.abc import Callable, Coroutine
from datetime import datetime
from functools import wraps
from typing import Any, Concatenate, ParamSpec

from fastapi import APIRouter, Request, Response

from actions.serving.body import read_bytes
from actions.serving.errors import RequestRefused
from actions.tickets.moment import now
from bot.gateway.door import Door
from bot.gateway.errors import ServiceUnavailable, TicketRefused
from bot.gateway.limits import Caller, Limits
from bot.gateway.open311 import reading, render
from bot.gateway.open311.errors import NotFound, Open311Error, TooOften, Unreachable
from bot.gateway.open311.keys import ApiKeys
from bot.gateway.open311.requests import as_request
from bot.gateway.open311.services import load_catalogue
from bot.gateway.ticket_client import TicketClient

PREFIX = "/open311/v2"
MAX_BODY_BYTES = 64_000
Arguments = ParamSpec("Arguments")
Handler = Callable[Concatenate[Any, Request, str, Arguments], Coroutine[Any, Any, Response]]


def told(handler: Handler[Arguments]) -> Handler[Arguments]:
    """Any failure in the shape of the specification, in the format that was asked for."""

    @wraps(handler)
    async def answered(
        self: Any, request: Request, form: str, *args: Arguments.args, **kwargs: Arguments.kwargs
    ) -> Response:
        shape = form if form in render.FORMATS else "xml"
        try:
            render.checked_format(form)
            return await handler(self, request, form, *args, **kwargs)
        except Open311Error as error:
            return render.failure(error, shape)
        except (TicketRefused, RequestRefused) as error:
            return render.failure(Open311Error(str(error)), shape)
        except ServiceUnavailable:
            return render.failure(
                Unreachable("the service is not reachable; nothing was filed for sure"), shape
            )

    return answered  # type: ignore[return-value]  # the framework needs the names that this type leaves out


class Open311:
    """The handlers.

    :param jurisdiction: the only ``jurisdiction_id`` that is known; empty: any is
    """

    def __init__(
        self,
        tickets: TicketClient,
        keys: ApiKeys,
        limits: Limits,
        door: Door,
        jurisdiction: str = "",
        clock: Callable[[], datetime] = now,
    ) -> None:
        self._tickets = tickets
        self._keys = keys
        self._limits = limits
        self._door = door
        self._jurisdiction = jurisdiction
        self._clock = clock
        self._catalogue = load_catalogue()

    def router(self) -> APIRouter:
        """The routes."""
        router = APIRouter()
        router.get("/open311/discovery.{form}")(self.discovery)
        router.get(f"{PREFIX}/services.{{form}}")(self.services)
        router.get(f"{PREFIX}/services/{{code}}.{{form}}")(self.definition)
        router.post(f"{PREFIX}/requests.{{form}}")(self.file)
        router.get(f"{PREFIX}/requests.{{form}}")(self.search)
        router.get(f"{PREFIX}/requests/{{number}}.{{form}}")(self.request)
        return router

    @told
    async def discovery(self, request: Request, form: str) -> Response:
        """``GET /open311/discovery``."""
        endpoint = {
            "specification": "http://wiki.open311.org/GeoReport_v2",
            "url": f"{str(request.base_url).rstrip('/')}{PREFIX}",
            "changeset": "2026-11-22T00:00:00+08:00",
            "type": "production",
            "formats": ["text/xml", "application/json"],
        }
        found = {"changeset": endpoint["changeset"], "contact": "81890", "endpoints": [endpoint]}
        return render.one(found, "discovery", form)

    @told
    async def services(self, request: Request, form: str) -> Response:
        """``GET services``."""
        await self._admit(request, request.query_params.get("jurisdiction_id", ""))
        services = [service.json() for service in self._catalogue.services.values()]
        return render.many(services, render.SERVICES, form)

    @told
    async def definition(self, request: Request, form: str, code: str) -> Response:
        """``GET services/{code}``."""
        await self._admit(request, request.query_params.get("jurisdiction_id", ""))
        return render.one(self._catalogue.definition(code), "service_definition", form)

    @told
    async def file(self, request: Request, form: str) -> Response:
        """``POST requests``."""
        fields = reading.read_form(await read_bytes(request, MAX_BODY_BYTES))
        holder = self._keys.holder(fields.get("api_key", ""))
        await self._admit(request, fields.get("jurisdiction_id", ""), f"open311:{holder}")
        report = reading.read_report(fields, self._catalogue)
        given = request.headers.get("idempotency-key", "")
        key = reading.retry_key(holder, given, fields, self._clock())
        receipt = await self._tickets.file(report, key)
        entry = {
            "service_request_id": receipt["number"],
            "service_notice": self._notice(receipt, fields, report),
            "account_id": None,
        }
        return render.many([entry], render.REQUESTS, form)

    @told
    async def search(self, request: Request, form: str) -> Response:
        """``GET requests``."""
        query = {name: value for name, value in request.query_params.items() if value}
        await self._admit(request, query.get("jurisdiction_id", ""))
        found = await self._tickets.list(reading.read_filters(query, self._catalogue, self._clock()))
        return render.many([as_request(t, self._catalogue) for t in found], render.REQUESTS, form)

    @told
    async def request(self, request: Request, form: str, number: str) -> Response:
        """``GET requests/{id}``."""
        await self._admit(request, request.query_params.get("jurisdiction_id", ""))
        found = await self._tickets.list([("channel", reading.CHANNEL), ("number", number)])
        if not found:
            raise NotFound(f"service_request_id {number[:40]} was not found")
        return render.many([as_request(found[0], self._catalogue)], render.REQUESTS, form)

    async def _admit(self, request: Request, jurisdiction: str, holder: str = "") -> None:
        if self._jurisdiction and jurisdiction not in ("", self._jurisdiction):
            raise NotFound(f"jurisdiction_id {jurisdiction[:60]} was not found")
        caller = self._door.caller(request, self._door.session(request))
        caller = Caller(holder or f"open311:{caller.address}", caller.address, caller.trusted)
        if wait := await self._limits.read(caller):
            raise TooOften(f"too many calls; again in {wait} seconds")

    def _notice(self, receipt: dict[str, Any], fields: dict[str, str], report: dict[str, Any]) -> str:
        notices = self._catalogue.notices
        parts = [notices["filed"].format(code=receipt["code"])]
        if fields.get("phone") and not report["contact"]:
            parts.append(notices["contact_dropped"])
        if {"email", "first_name", "last_name", "device_id"} & fields.keys():
            parts.append(notices["kept_little"])
        if receipt["provisional"]:
            parts.append(notices["provisional"])
        return "".join(parts)

"""Operators over HTTP, for the console: JSON in, JSON out.

==================================  ======================================================================
``POST /desk/sign-in``              ``login``, ``password`` → ``token``, ``stage``: "in", or "code" first
``POST /desk/sign-in/code``         ``token``, ``code`` → a new ``token``
``POST /desk/sign-in/vouched``      ``issuer``, ``subject``, after the gateway has checked the id_token
``POST /desk/session``              ``token``, ``active`` → ``operator``, ``stage``, ``must_change``, ``ends``
``POST /desk/sign-out``             ``token``
``GET /accounts``                   all of them; with ``POST /accounts`` for administrators
``POST /accounts/{id}/{change}``    roles, disable, enable, reset, code-reset, link
``GET /me``                         one's own account
``POST /me/password``               ``old``, ``new`` → ``token``
``POST /me/code/{step}``            begin, confirm, drop
==================================  ======================================================================

Every route needs the service token; those that are not about a session also ``X-Operator``.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeVar

from fastapi import APIRouter, Request, Response
from fastapi.responses import JSONResponse

from actions.accounts.office import AccountOffice
from actions.accounts.passwords import generated
from actions.accounts.records import Account, Operator
from actions.serving.account_bodies import account_json, operator_json, read_bound, read_limited, read_roles
from actions.serving.body import read_object
from actions.serving.errors import NotFound
from actions.serving.numbers import Number
from actions.serving.operator import Operators, translated
from actions.serving.ticket_bodies import read_text
from actions.serving.tickets import refusal
from actions.serving.workers import Workers
from actions.tickets.errors import TicketError
from actions.tickets.moment import LOCAL

MAX_BODY_BYTES = 16_000
T = TypeVar("T")


class AccountRoutes:
    """The handlers. Their work goes to threads: a password takes its time, a transaction waits for the disk."""

    def __init__(self, office: AccountOffice, workers: Workers) -> None:
        self._office = office
        self._workers = workers
        self._operators = Operators(office.accounts)

    def router(self) -> APIRouter:
        """The routes."""
        router = APIRouter()
        router.post("/desk/sign-in")(self.sign_in)
        router.post("/desk/sign-in/code")(self.code)
        router.post("/desk/sign-in/vouched")(self.vouched)
        router.post("/desk/session")(self.session)
        router.post("/desk/sign-out")(self.sign_out)
        router.get("/accounts")(self.list)
        router.post("/accounts")(self.add)
        router.post("/accounts/{id_}/{change}")(self.change)
        router.get("/me")(self.me)
        router.post("/me/password")(self.password)
        router.post("/me/code/{step}")(self.own_code)
        return router

    async def sign_in(self, request: Request) -> Response:
        """``POST /desk/sign-in``."""
        body = await read_object(request, MAX_BODY_BYTES)
        login, password = read_limited(body, "login"), read_limited(body, "password")
        token, stage = await self._run(lambda: self._office.entrance.password(login, password))
        return JSONResponse({"token": token, "stage": stage})

    async def code(self, request: Request) -> Response:
        """``POST /desk/sign-in/code``."""
        body = await read_object(request, MAX_BODY_BYTES)
        given, code = read_limited(body, "token"), read_limited(body, "code")
        token, stage = await self._run(lambda: self._office.entrance.code(given, code))
        return JSONResponse({"token": token, "stage": stage})

    async def vouched(self, request: Request) -> Response:
        """``POST /desk/sign-in/vouched``."""
        body = await read_object(request, MAX_BODY_BYTES)
        issuer, subject = read_limited(body, "issuer"), read_limited(body, "subject")
        token, stage = await self._run(lambda: self._office.entrance.vouched(issuer, subject))
        return JSONResponse({"token": token, "stage": stage})

    async def session(self, request: Request) -> Response:
        """``POST /desk/session``."""
        body = await read_object(request, MAX_BODY_BYTES)
        token, active = read_limited(body, "token"), body.get("active", True) is True
        found = await self._run(lambda: self._office.sessions.find(token, active))
        ends = found.ends.astimezone(LOCAL).isoformat(timespec="seconds")
        who = {"operator": operator_json(found.operator), "stage": found.stage}
        return JSONResponse({**who, "must_change": found.must_change, "ends": ends})

    async def sign_out(self, request: Request) -> Response:
        """``POST /desk/sign-out``: an unknown token is no error."""
        token = read_limited(await read_object(request, MAX_BODY_BYTES), "token")
        await self._run(lambda: self._office.sessions.end(token))
        return JSONResponse({"signed_out": True})

    async def list(self, request: Request) -> Response:
        """``GET /accounts``: everything for administrators, names and roles for everybody else."""

        def read() -> list[dict[str, Any]]:
            who, found = self._operators.of(request), self._office.accounts.all()
            if who.has("admin"):
                return [account_json(one) for one in found]
            return [operator_json(one.operator) for one in found if not one.disabled]

        return JSONResponse({"accounts": await self._run(read)})

    async def add(self, request: Request) -> Response:
        """``POST /accounts``: ``login``, ``name``, ``roles`` → the account and its first password."""
        body = await read_object(request, MAX_BODY_BYTES)
        login, name = read_limited(body, "login"), read_limited(body, "name")
        roles, password = read_roles(body), generated()
        bound = read_bound(body)

        def add() -> Account:
            by = self._operators.of(request, "admin")
            return self._office.accounts.add(by, login, name, roles, password, **bound)

        made = await self._run(add)
        return JSONResponse({"account": account_json(made), "password": password}, 201)

    async def change(self, request: Request, id_: Number, change: str) -> Response:
        """``POST /accounts/{id}/{change}``."""
        body = await read_object(request, MAX_BODY_BYTES)

        def act() -> dict[str, Any]:
            by = self._operators.of(request, "admin")
            return self._change(by, id_, change, body)

        return JSONResponse(await self._run(act))

    def _change(self, by: Operator, id_: int, change: str, body: dict[str, Any]) -> dict[str, Any]:
        accounts = self._office.accounts
        if change == "roles":
            accounts.give(by, id_, read_roles(body), **read_bound(body))
        elif change in ("disable", "enable"):
            accounts.switch(by, id_, change == "disable")
        elif change == "reset":
            password = generated()
            accounts.reset(by, id_, password)
            return {"changed": True, "password": password}
        elif change == "code-reset":
            accounts.forget_code(by, id_)
        elif change == "link":
            accounts.link(by, id_, read_text(body, "issuer"), read_text(body, "subject"))
        else:
            raise NotFound("没有这一步")
        return {"changed": True}

    async def me(self, request: Request) -> Response:
        """``GET /me``: one's own account."""

        def read() -> Account:
            login = self._operators.of(request).login
            found = self._office.accounts.find(login)
            if found is None:
                raise NotFound("没有这个账号")
            return found

        return JSONResponse({"account": account_json(await self._run(read))})

    async def password(self, request: Request) -> Response:
        """``POST /me/password``: the new token, because all sessions have ended."""
        body = await read_object(request, MAX_BODY_BYTES)
        old, new = read_limited(body, "old"), read_limited(body, "new")
        change = self._office.own.change_password
        return JSONResponse({"token": await self._run(lambda: change(self._operators.of(request), old, new))})

    async def own_code(self, request: Request, step: str) -> Response:
        """``POST /me/code/{step}``."""
        body = await read_object(request, MAX_BODY_BYTES)
        given = {name: read_text(body, name, "")[:300] for name in ("password", "code")}

        def act() -> dict[str, Any]:
            who, own = self._operators.of(request), self._office.own
            if step == "begin":
                return {"address": own.begin_code(who, given["password"])}
            if step == "confirm":
                own.confirm_code(who, given["code"])
            elif step == "drop":
                own.drop_code(who, given["password"], given["code"])
            else:
                raise NotFound("没有这一步")
            return {"changed": True}

        return JSONResponse(await self._run(act))

    async def _run(self, work: Callable[[], T]) -> T:
        try:
            return await self._workers.run(lambda: translated(work))
        except TicketError as error:
            raise refusal(error) from None

"""One ticket at the desk: everything about it, and every step as a form that says what will happen and by when."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any
from uuid import uuid4

from fastapi import Request, Response
from fastapi.responses import RedirectResponse

from actions.tickets.deadline_rules import read_rules
from actions.tickets.numbers import tidy_number
from bot.console.errors import Refused
from bot.console.guard import form
from bot.console.operator import Operator
from bot.console.router import DeskRouter
from bot.console.screens import Screens, shown
from bot.console.service import DeskService
from bot.console.ticket_words import Step, person, told, wording
from bot.console.tickets import HOME, ROLES

_TEXTS = ("words", "department", "category", "kind", "into", "score", "priority")
_NUMBERS = ("days", "version")


class TicketPages:
    """``/desk/tickets/{number}``."""

    def __init__(self, screens: Screens, service: DeskService) -> None:
        self._screens = screens
        self._service = service

    def register(self, router: DeskRouter) -> None:
        """The routes."""
        router.page("/tickets/{number}", self.show, roles=ROLES)
        router.act("/tickets/{number}/reveal", self.reveal, roles=ROLES)
        router.act("/tickets/{number}/{step}", self.take, roles=ROLES)

    async def show(self, request: Request, operator: Operator) -> Response:
        """``GET /desk/tickets/{number}``."""
        step = wording().steps.get(request.query_params.get("done", ""))
        return await self._page(request, operator, done=f"{step.label}：已经办好" if step else "")

    async def take(self, request: Request, operator: Operator) -> Response:
        """``POST /desk/tickets/{number}/{step}``."""
        given, step = await form(request), str(request.path_params["step"])
        body: dict[str, Any] = {name: str(given.get(name, "")) for name in (*_TEXTS, "key")}
        body |= {name: _whole(str(given.get(name, ""))) for name in _NUMBERS}
        if step not in wording().steps:
            raise Refused("not_found", "没有这一步", 404)
        try:
            found = await self._service.by(operator).post(f"{_path(request)}/{step}", body)
        except Refused as error:
            if error.status == 404 and not body["into"]:
                raise
            seen = body["version"] if error.code == "conflict" else None
            return await self._page(
                request, operator, error.message, step=step, given=body, seen=seen, status=error.status
            )
        if operator.bound and found["ticket"]["department"] != operator.department:
            return RedirectResponse(f"{HOME}?gone={step}", 303)  # it is no longer theirs to look at
        return RedirectResponse(f"{HOME}/{found['ticket']['number']}?done={step}", 303)

    async def reveal(self, request: Request, operator: Operator) -> Response:
        """``POST /desk/tickets/{number}/reveal``: the number stands on this one page and nowhere else."""
        reason = str((await form(request)).get("reason", ""))
        try:
            found = await self._service.by(operator).post(f"{_path(request)}/reveal", {"reason": reason})
        except Refused as error:
            return await self._page(request, operator, error.message, status=error.status)
        return await self._page(request, operator, contact=found["contact"] or "没有留电话")

    async def _page(
        self,
        request: Request,
        operator: Operator,
        problem: str = "",
        done: str = "",
        contact: str = "",
        step: str = "",
        given: Mapping[str, Any] | None = None,
        seen: int | None = None,
        status: int = 200,
    ) -> Response:
        """:param seen: the version that the operator had before them when somebody else was faster"""
        mine = self._service.by(operator)
        ticket = await mine.get(_path(request))
        choices = (await mine.get("/casework/queues"))["choices"]
        history = [_line(event) for event in ticket["history"]]
        return self._screens.page(
            "ticket.html",
            operator,
            status,
            here=HOME,
            ticket=ticket,
            choices=choices,
            history=history,
            steps=[one for one in wording().steps.values() if one.name in ticket["steps"]],
            says={one.name: _says(one, ticket) for one in wording().steps.values()},
            words=wording(),
            key=uuid4().hex,
            problem=problem,
            done=done,
            contact=contact,
            opened=step,
            given={**dict.fromkeys((*_TEXTS, "days"), ""), **(given or {})},
            seen=seen,
            missed=[line for line in history if seen is not None and line["version"] > seen],
        )


def _path(request: Request) -> str:
    """The ticket at the service. Raises Refused for what cannot be a number, which then is part of no address."""
    number = tidy_number(str(request.path_params["number"]))
    if not number:
        raise Refused("not_found", "没有这个单号", 404)
    return f"/casework/tickets/{number}"


def _says(step: Step, ticket: Mapping[str, Any]) -> str:
    due = shown(ticket["due"]) + ("（暂定）" if ticket["provisional"] else "")
    return step.says.format(due=due, number=ticket["number"], days=read_rules().extension_days)


def _line(event: Mapping[str, Any]) -> dict[str, Any]:
    return {
        "version": event["version"],
        "at": event["at"],
        "who": person(event["actor"], event["role"]),
        "role": wording().roles[event["role"]],
        "what": wording().moves.get(event["move"], event["move"]),
        "state": event["state"],
        "public": event["public"],
        "told": told(event["details"]),
    }


def _whole(text: str) -> int:
    return int(text) if text.isascii() and text.isdigit() and len(text) < 9 else 0

"""Draws the desk's pages: templates within the shell, with the navigation that the operator's roles allow."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from fastapi import Response
from fastapi.responses import HTMLResponse
from jinja2 import Environment, FileSystemLoader, StrictUndefined

from actions.tickets.moment import LOCAL
from bot.console.operator import Operator

HERE = Path(__file__).parent


@dataclass(frozen=True)
class Tab:
    """One entry of the navigation."""

    path: str
    label: str
    roles: frozenset[str]


class Screens:
    """Templates lie in ``bot/console/templates``; each begins with ``{% extends "shell.html" %}``."""

    def __init__(self) -> None:
        self.tabs: list[Tab] = []
        self._templates = Environment(
            loader=FileSystemLoader(HERE / "templates"),
            autoescape=True,
            undefined=StrictUndefined,
            trim_blocks=True,
            lstrip_blocks=True,
        )
        self._templates.filters["moment"] = shown

    def page(self, template: str, operator: Operator, status: int = 200, **values: object) -> Response:
        """A whole page within the shell. In it: ``operator``, ``csrf``, ``tabs`` and ``values``."""
        return HTMLResponse(self.fragment(template, operator, **values), status)

    def fragment(self, template: str, operator: Operator, **values: object) -> str:
        """A part of a page as HTML, for what a script fetches."""
        tabs = [tab for tab in self.tabs if operator.has(*tab.roles)] if not operator.must_change else []
        shell = {"operator": operator, "csrf": operator.csrf, "tabs": tabs}
        return self._templates.get_template(template).render({"here": "", **shell, **values})

    def bare(self, template: str, status: int = 200, **values: object) -> Response:
        """A page for nobody in particular: sign-in, errors before it."""
        return HTMLResponse(self._templates.get_template(template).render(values), status)


def shown(at: str | datetime) -> str:
    """A moment in the district's time: ``11-22 13:05``; as a filter ``{{ ticket.due|moment }}``."""
    moment = datetime.fromisoformat(at) if isinstance(at, str) else at
    return moment.astimezone(LOCAL).strftime("%m-%d %H:%M")

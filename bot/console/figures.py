"""The dashboard, and the weekly report as a page that prints."""

from __future__ import annotations

import asyncio
from datetime import date, datetime, time, timedelta
from typing import Any

from fastapi import Request, Response

from actions.tickets.moment import LOCAL, now
from bot.console.charts import bars, lines
from bot.console.errors import Refused
from bot.console.operator import Operator
from bot.console.router import PREFIX, DeskRouter
from bot.console.screens import Screens
from bot.console.service import DeskService

ROLES = {"supervisor", "editor", "admin"}
SPANS = {"7": "最近7天", "30": "最近30天", "90": "最近90天"}
SERIES = ("问题", "答出", "资料里没有", "转人工")


class FigurePages:
    """``/desk/figures`` and ``/desk/figures/week``."""

    def __init__(self, screens: Screens, service: DeskService) -> None:
        self._screens = screens
        self._service = service

    def register(self, router: DeskRouter) -> None:
        """The routes."""
        router.page("/figures", self.span, roles=ROLES, label="数据")
        router.page("/figures/week", self.week, roles=ROLES)

    async def span(self, request: Request, operator: Operator) -> Response:
        """``GET /desk/figures?days=7``."""
        given = request.query_params.get("days", "7")
        days = given if given in SPANS else "7"
        last = now().date()
        found = await self._found(operator, last - timedelta(days=int(days) - 1), last)
        return self._screens.page(
            "figures.html",
            operator,
            here=f"{PREFIX}/figures",
            title=SPANS[days],
            spans=SPANS,
            days=days,
            **found,
        )

    async def week(self, request: Request, operator: Operator) -> Response:
        """``GET /desk/figures/week?week=2026-W47``; without one, the last whole week."""
        today = now().date()
        first = _monday(request.query_params.get("week", "")) or today - timedelta(days=today.weekday() + 7)
        found = await self._found(operator, first, first + timedelta(days=6))
        found |= {"before": _week(first - timedelta(days=7)), "after": _week(first + timedelta(days=7))}
        found |= {"week": _week(first), "made": now()}
        return self._screens.page("week.html", operator, here=f"{PREFIX}/figures", **found)

    async def _found(self, operator: Operator, first: date, last: date) -> dict[str, Any]:
        since, until = _midnight(first), _midnight(last + timedelta(days=1))
        mine, span = self._service.by(operator), {"since": since.isoformat(), "until": until.isoformat()}
        tickets, talk = await asyncio.gather(mine.get("/figures", **span), mine.get("/figures/talk", **span))
        units = [line for line in tickets["departments"] if line["matters"] or line["steps"]]
        return {
            "first": first,
            "last": last,
            "total": tickets["total"],
            "units": units,
            "undelivered": tickets["undelivered"],
            "talk": talk,
            "series": SERIES,
            **charts(talk, units),
        }


def charts(talk: dict[str, Any], units: list[dict[str, Any]]) -> dict[str, Any]:
    """The drawings; each has its table on the page."""
    days = [
        (day["day"][5:], (day["questions"], day["answered"], day["refused"], day["handed_over"]))
        for day in talk["days"]
    ]
    topics = [(name, count, str(count)) for name, count in talk["topics"]]
    late = [(unit["name"], unit["overdue"], f"{unit['overdue']} 件") for unit in units if unit["overdue"]]
    rates = [
        (unit["name"], unit["on_time_rate"], f"{unit['on_time_rate']:.0%}")
        for unit in units
        if unit["on_time_rate"] is not None
    ]
    return {
        "days_chart": bars(days, "每天的问题、答出、资料里没有、转人工", SERIES),
        "topics_chart": lines(topics, "问得最多的主题"),
        "rates_chart": lines(rates, "各部门按时办结率"),
        "late_chart": lines(late, "各部门超期件数"),
    }


def _midnight(day: date) -> datetime:
    return datetime.combine(day, time(), LOCAL)


def _week(day: date) -> str:
    year, week, _ = day.isocalendar()
    return f"{year}-W{week:02}"


def _monday(week: str) -> date | None:
    if not week:
        return None
    try:
        return datetime.strptime(f"{week}-1", "%G-W%V-%u").date()
    except ValueError:
        raise Refused("week_invalid", f"「{week[:12]}」不是一周，要写成 2026-W47", 422) from None

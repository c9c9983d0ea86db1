"""The same step for many tickets: each by itself, each with its own outcome."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from actions.serving.errors import BodyInvalid, LedgerDown, Overloaded, RequestRefused
from actions.serving.tickets import refusal
from actions.tickets.errors import TicketError

MOST = 100
_HOPELESS = (LedgerDown, Overloaded)  # what stops the next row, too


def read_rows(body: dict[str, Any]) -> list[dict[str, Any]]:
    """Number and version of each ticket. Raises BodyInvalid."""
    rows = body.get("rows")
    if not isinstance(rows, list) or not 1 <= len(rows) <= MOST:
        raise BodyInvalid(f"rows 应是 1 到 {MOST} 张工单的列表")
    if not all(isinstance(row, dict) and isinstance(row.get("number"), str) for row in rows):
        raise BodyInvalid("rows 的每一项要有 number 和 version")
    if len({row["number"] for row in rows}) < len(rows):
        raise BodyInvalid("rows 里有一张工单写了两次")
    return [{"number": row["number"], "version": row.get("version")} for row in rows]


def take_each(
    rows: list[dict[str, Any]], take: Callable[[str, dict[str, Any]], dict[str, Any]]
) -> dict[str, Any]:
    """An outcome for every row, and how many were done.

    :param take: the step for one ticket; what it refuses is told for that row
    """
    outcomes: list[dict[str, Any]] = []
    stopped: RequestRefused | None = None
    for row in rows:
        if stopped is None:
            outcome, stopped = _one(row, take)
        else:
            outcome = _failed(row["number"], stopped)
        outcomes.append(outcome)
    return {"rows": outcomes, "done": sum(outcome["done"] for outcome in outcomes)}


def _one(
    row: dict[str, Any], take: Callable[[str, dict[str, Any]], dict[str, Any]]
) -> tuple[dict[str, Any], RequestRefused | None]:
    number = row["number"]
    try:
        ticket = take(number, row)["ticket"]
    except TicketError as error:
        refused = refusal(error)
    except RequestRefused as error:
        refused = error
    else:
        return {"number": number, "done": True, "state": ticket["state"], "version": ticket["version"]}, None
    return _failed(number, refused), refused if isinstance(refused, _HOPELESS) else None


def _failed(number: str, error: RequestRefused) -> dict[str, Any]:
    return {"number": number, "done": False, "code": error.code, "message": str(error)}

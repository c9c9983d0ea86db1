"""One line a log entry, on standard error, where the supervisor or the container engine collects it.

``text`` is for people: ``2026-11-22 13:05:01 INFO bot.gateway.chat [3f2a…] chat 9c1… answered 41 ms``. ``json`` is for
machines: one object a line with ``at``, ``level``, ``logger``, ``request``, ``message``.
"""

from __future__ import annotations

import json
import logging
from datetime import UTC, datetime

from actions.serving.failures import place
from actions.telemetry.correlation import NONE, AddRequest

_TEXT = "%(asctime)s %(levelname)s %(name)s [%(request)s]: %(message)s"
_OWN_HANDLERS = (
    "uvicorn",
    "uvicorn.error",
)  # its access log stays off: Rasa hands the token over in the address


def set_up(level: str, form: str = "text") -> None:
    """Give the process its log format, unless whoever started it has chosen one.

    :param level: ``DEBUG``, ``INFO``, ``WARNING`` or ``ERROR``.
    :param form: ``text`` or ``json``.
    """
    root = logging.getLogger()
    if not root.handlers:
        handler = logging.StreamHandler()
        handler.setFormatter(Lines() if form == "json" else logging.Formatter(_TEXT))
        handler.addFilter(AddRequest())
        root.addHandler(handler)
        root.setLevel(level)
        for name in _OWN_HANDLERS:  # the server's own lines in the same form
            logging.getLogger(name).handlers.clear()
            logging.getLogger(name).propagate = True
    # One line for every call between the processes says nothing that the figures don't.
    for name in ("httpx2", "httpcore2", "httpx", "httpcore"):
        logging.getLogger(name).setLevel(max(logging.WARNING, logging.getLevelName(level)))


class Lines(logging.Formatter):
    """One JSON object a line. Of an exception: its type and places, without what it says."""

    def format(self, record: logging.LogRecord) -> str:
        at = datetime.fromtimestamp(record.created, UTC)
        line = {
            "at": at.isoformat(timespec="milliseconds"),
            "level": record.levelname,
            "logger": record.name,
            "request": getattr(record, "request", NONE),
            "message": record.getMessage(),
        }
        if record.exc_info and record.exc_info[1]:
            line["failed"] = place(record.exc_info[1])
        return json.dumps(line, ensure_ascii=False)

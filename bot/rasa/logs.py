"""Keeps what residents write out of the dialogue process's logs.

Rasa puts the message into its failure lines (``text=…``), and exceptions may quote it. What is kept of a failure
is where it happened: file, line, function and the exception's type.
"""

from __future__ import annotations

import logging
import sys
import traceback
from collections.abc import MutableMapping
from typing import Any

import structlog

# Keys of Rasa's structured lines that say which component did what; every other key may hold a message.
_KEPT = frozenset({"event", "level", "event_info", "action_name", "filename", "url"})
_FRAMES = 6


class PlacesOnly(logging.Formatter):
    """Formats an exception as its type and places, without its message."""

    def formatException(self, ei: Any) -> str:
        return places(ei)


def places(exc_info: Any) -> str:
    """``ValueError at processor.py:12 in handle < …``, innermost first."""
    kind, _, trace = exc_info
    frames = reversed(traceback.extract_tb(trace)[-_FRAMES:])
    where = " < ".join(f"{f.filename.rsplit('/', 1)[-1]}:{f.lineno} in {f.name}" for f in frames)
    return f"{kind.__name__} at {where}"


def without_messages(_: Any, __: str, event: MutableMapping[str, Any]) -> MutableMapping[str, Any]:
    """structlog processor: drops every value that is not known to be harmless."""
    info = event.pop("exc_info", None)
    kept = {key: value for key, value in event.items() if key in _KEPT}
    if isinstance(info, BaseException):
        info = (type(info), info, info.__traceback__)
    if info is True:
        info = sys.exc_info()
    if isinstance(info, tuple) and info[0]:
        kept["exception"] = places(info)
    return kept


def configure(level: int) -> None:
    """Set up both of Rasa's ways of logging; call it before anything logs.

    DEBUG is raised to INFO: Rasa's debug lines hold whole conversations.
    """
    level = max(level, logging.INFO)
    handler = logging.StreamHandler()
    handler.setFormatter(PlacesOnly("%(levelname)s %(name)s %(message)s"))
    logging.basicConfig(level=level, handlers=[handler], force=True)
    structlog.configure(
        processors=[
            structlog.stdlib.filter_by_level,
            structlog.processors.add_log_level,
            structlog.dev.set_exc_info,
            without_messages,
            structlog.processors.JSONRenderer(ensure_ascii=False),
        ],
        logger_factory=structlog.stdlib.LoggerFactory(),
        wrapper_class=structlog.make_filtering_bound_logger(level),
        cache_logger_on_first_use=True,
    )

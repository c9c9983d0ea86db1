"""One line a log entry, on standard error, where the supervisor collects it."""

from __future__ import annotations

import logging


def set_up(level: str) -> None:
    """Give the process its log format, unless whoever started it has chosen one.

    :param level: ``DEBUG``, ``INFO``, ``WARNING`` or ``ERROR``.
    """
    logging.basicConfig(level=level, format="%(asctime)s %(levelname)s %(name)s: %(message)s")
    # One line for every call between the processes says nothing that the figures don't.
    for name in ("httpx2", "httpcore2", "httpx", "httpcore"):
        logging.getLogger(name).setLevel(max(logging.WARNING, logging.getLevelName(level)))

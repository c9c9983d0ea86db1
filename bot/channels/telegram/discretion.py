"""Keeps the bot's token out of the log: the Bot API has it in every address, and libraries quote addresses."""

from __future__ import annotations

import logging


class Discretion(logging.Filter):
    """A filter that knows the token.

    :param token: what must not be written; empty: nothing is replaced.
    """

    def __init__(self, token: str) -> None:
        super().__init__()
        self._token = token

    def watch(self) -> None:
        """Stand before every place the root logger writes to."""
        for handler in logging.getLogger().handlers:
            handler.addFilter(self)

    def filter(self, record: logging.LogRecord) -> bool:
        """Replace the token in the line and in the traceback below it."""
        if not self._token:
            return True
        if record.exc_info and not record.exc_text:
            record.exc_text = logging.Formatter().formatException(record.exc_info)
        if record.exc_text:
            record.exc_text = record.exc_text.replace(self._token, "…")
        line = record.getMessage()
        if self._token in line:
            record.msg, record.args = line.replace(self._token, "…"), ()
        return True

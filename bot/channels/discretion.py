"""Keeps a platform's token out of the log: it stands in the address of every call, and libraries quote addresses."""

from __future__ import annotations

import logging

_MOST = 20


class Discretion(logging.Filter):
    """A filter that knows what must not be written.

    :param secrets: the first ones; others come with :meth:`hide`.
    """

    def __init__(self, *secrets: str) -> None:
        super().__init__()
        self._secrets = [secret for secret in secrets if secret]

    def hide(self, secret: str) -> None:
        """One more; of those that change only the latest few matter."""
        self._secrets = [*self._secrets[-_MOST:], secret]

    def watch(self) -> None:
        """Stand before every place the root logger writes to."""
        for handler in logging.getLogger().handlers:
            handler.addFilter(self)

    def filter(self, record: logging.LogRecord) -> bool:
        """Replace them in the line and in the traceback below it."""
        if not self._secrets:
            return True
        if record.exc_info and not record.exc_text:
            record.exc_text = logging.Formatter().formatException(record.exc_info)
        if record.exc_text:
            record.exc_text = self._without(record.exc_text)
        line = record.getMessage()
        if (clean := self._without(line)) != line:
            record.msg, record.args = clean, ()
        return True

    def _without(self, text: str) -> str:
        for secret in self._secrets:
            text = text.replace(secret, "…")
        return text

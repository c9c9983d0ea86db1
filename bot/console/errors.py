"""What the desk's pages tell the operator instead of their content.

ConsoleError
├── Refused           the service says why not; code, message and HTTP status are shown
├── NotSignedIn       no session, or its time is up
└── RequestForged     a POST without its CSRF token or from another origin

``ServiceUnavailable`` of ``bot.gateway.errors`` comes through as it is.
"""

from __future__ import annotations


class ConsoleError(Exception):
    """Base of this folder's errors."""


class Refused(ConsoleError):
    """:param code: of the service's error; ``message`` may be shown to the operator."""

    def __init__(self, code: str, message: str, status: int) -> None:
        super().__init__(message)
        self.code = code
        self.message = message
        self.status = status


class NotSignedIn(ConsoleError):
    pass


class RequestForged(ConsoleError):
    pass

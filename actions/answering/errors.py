"""Why the optional language model had no say in an answer. None of these reaches a resident: the extractive
answer is sent instead, and the reason is counted.

RewriteError
├── EndpointFailed     no connection, an HTTP error, a broken stream, or nothing said
├── EndpointLate       the time for the whole call was up
├── ReplyTooLong       more characters or bytes than any rewrite needs
├── EndpointResting    it failed several times in a row and is left alone for a while
└── ReplyRejected      what it said may not be shown; ``reason`` names the check
"""

from __future__ import annotations


class RewriteError(Exception):
    """``reason`` is a short English word for logs and figures; texts never go in."""

    reason = "error"


class EndpointFailed(RewriteError):
    reason = "endpoint"


class EndpointLate(RewriteError):
    reason = "late"


class ReplyTooLong(RewriteError):
    reason = "too_long"


class EndpointResting(RewriteError):
    reason = "resting"


class ReplyRejected(RewriteError):
    """:param reason: a check of ``llm_reply.py``, such as ``number`` or ``language``."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason

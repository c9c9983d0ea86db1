"""What can go wrong with a request, and the HTTP status that says so.

RequestRefused
├── BodyTooLarge     413  more bytes than allowed, counted after inflating
├── BodyUnreadable   400  not JSON, not UTF-8, a broken compression stream
├── BodyInvalid      422  JSON, but not what the route takes
├── NotAllowed       401  the shared token is missing or wrong
├── Forbidden        403  the operator has not the role, or is not let in
├── NotFound         404
├── Contradicted     409  the ticket's state or version does not allow that
│   └── Changed      409  somebody else was first: who did what stands in ``more``
├── Unproved         409  an operator's words hold what no source holds, and it is not confirmed
├── TooManyTries     429  wrong codes for one ticket
├── Overloaded       503  every worker is busy and the queue is full, or the work took too long
└── LedgerDown       503  the tickets' database cannot be used right now: nothing was written
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any


class RequestRefused(Exception):
    """A request that gets an error answer; the message is safe to show to the caller."""

    status = 400
    code = "bad_request"
    retry_after = 0  # whole seconds; 0 says nothing about it
    more: Mapping[str, Any] = {}  # what the error tells beside code and message


class BodyTooLarge(RequestRefused):
    status = 413
    code = "body_too_large"


class BodyUnreadable(RequestRefused):
    status = 400
    code = "body_unreadable"


class BodyInvalid(RequestRefused):
    status = 422
    code = "body_invalid"


class NotAllowed(RequestRefused):
    status = 401
    code = "token_required"


class Forbidden(RequestRefused):
    status = 403
    code = "forbidden"


class NotFound(RequestRefused):
    status = 404
    code = "not_found"


class Contradicted(RequestRefused):
    status = 409
    code = "contradicted"


class Changed(Contradicted):
    """:param more: ``now``, the version there is, and ``changes``, the lines of history that the caller has not seen."""

    code = "conflict"

    def __init__(self, message: str, more: Mapping[str, Any]) -> None:
        super().__init__(message)
        self.more = more


class Unproved(RequestRefused):
    status = 409
    code = "unproved"


class TooManyTries(RequestRefused):
    status = 429
    code = "too_many_tries"
    retry_after = 3600


class Overloaded(RequestRefused):
    status = 503
    code = "overloaded"
    retry_after = 2


class LedgerDown(RequestRefused):
    status = 503
    code = "ledger_down"
    retry_after = 5

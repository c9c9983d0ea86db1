"""What can go wrong with a request, and the HTTP status that says so.

RequestRefused
├── BodyTooLarge     413  more bytes than allowed, counted after inflating
├── BodyUnreadable   400  not JSON, not UTF-8, a broken compression stream
├── BodyInvalid      422  JSON, but not what the route takes
├── NotAllowed       401  the shared token is missing or wrong
├── NotFound         404
└── Overloaded       503  every worker is busy and the queue is full, or the work took too long
"""

from __future__ import annotations


class RequestRefused(Exception):
    """A request that gets an error answer; the message is safe to show to the caller."""

    status = 400
    code = "bad_request"


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


class NotFound(RequestRefused):
    status = 404
    code = "not_found"


class Overloaded(RequestRefused):
    status = 503
    code = "overloaded"

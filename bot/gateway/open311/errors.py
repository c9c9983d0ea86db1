"""What an Open311 client is told when something is wrong, with the HTTP status that the specification asks for.

Open311Error                400  anything else that cannot be done as asked
├── NotFound                404  a service, request, jurisdiction or format that does not exist
├── KeyRefused              403  api_key is missing or wrong
├── TooOften                429
└── Unreachable             400  the ledger does not answer; the code in the body is 503
"""

from __future__ import annotations


class Open311Error(Exception):
    """Shown to the client as it is."""

    status = 400
    code = 400
    retry_after = 0


class NotFound(Open311Error):
    status = code = 404


class KeyRefused(Open311Error):
    status = code = 403


class TooOften(Open311Error):
    status = code = 429
    retry_after = 60


class Unreachable(Open311Error):
    """The specification wants 400 for every failure that is not the client's key or a missing thing."""

    code = 503
    retry_after = 5

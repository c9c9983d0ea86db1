"""Which operator a call is for: the header ``X-Operator``, which counts because the service token came with it."""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeVar

from fastapi import Request

from actions.accounts import errors
from actions.accounts.accounts import Accounts
from actions.accounts.records import ROLES, Operator
from actions.serving.errors import BodyInvalid, Contradicted, Forbidden, NotFound, RequestRefused

HEADER = "X-Operator"
T = TypeVar("T")


class SessionEnded(Forbidden):
    code = "session_over"


class SignInFailed(Forbidden):
    code = "sign_in_refused"


_REFUSALS: tuple[tuple[type[errors.AccountError], type[RequestRefused]], ...] = (
    (errors.SessionOver, SessionEnded),
    (errors.SignInRefused, SignInFailed),
    (errors.NotPermitted, Forbidden),
    (errors.AccountUnknown, NotFound),
    (errors.AccountInvalid, BodyInvalid),
)


class Operators:
    """Tells who is meant, for every route that operators' pages call.

    who = operators.of(request, "operator", "supervisor")
    """

    def __init__(self, accounts: Accounts) -> None:
        self._accounts = accounts

    def of(self, request: Request, *roles: str) -> Operator:
        """The operator, as the accounts have them now; reads the database, so call it in a worker thread.

        :param roles: one of these is needed; none given: any will do
        :raises Forbidden: without the header, for an account switched off, or without the role
        """
        given = request.headers.get(HEADER, "")
        if not (given.isascii() and given.isdigit() and len(given) < 10):
            raise Forbidden(f"需要 {HEADER}：操作者的账号编号")
        try:
            who = self._accounts.active(int(given))
        except errors.NotPermitted as error:
            raise Forbidden(str(error)) from None
        if roles and not who.has(*roles):
            raise Forbidden(f"需要角色：{'、'.join(ROLES[role] for role in roles)}")
        return who


def translated(work: Callable[[], T]) -> T:
    """Do it; an account's error becomes what the caller is told."""
    try:
        return work()
    except errors.AccountError as error:
        for known, told_as in _REFUSALS:
            if isinstance(error, known):
                raise told_as(str(error)) from None
        raise Contradicted(str(error)) from None

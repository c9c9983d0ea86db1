"""What can go wrong with an operator's account.

AccountError
├── SignInRefused      wrong login, password or code, a locked or switched-off account: never told apart
├── SessionOver        no such session, or its time is up
├── NotPermitted       the account is switched off or has not the role
├── AccountUnknown     no account with this id or login
└── AccountInvalid     a login, name, role, password or code that cannot be taken as it is

Messages may be shown to the operator. They never hold a password, a code or a token.
"""

from __future__ import annotations


class AccountError(Exception):
    """Base of everything this folder raises on purpose."""


class SignInRefused(AccountError):
    """Says the same whatever was wrong, so that nobody learns which logins exist."""

    def __init__(self) -> None:
        super().__init__(
            "登录名、密码或验证码不对，或者账号暂时锁定。连错5次会锁定15分钟；请核对后再试，或找管理员"
        )


class SessionOver(AccountError):
    def __init__(self) -> None:
        super().__init__("登录已经结束，请重新登录")


class NotPermitted(AccountError):
    pass


class AccountUnknown(AccountError):
    def __init__(self, named: object) -> None:
        super().__init__(f"没有账号「{str(named)[:40]}」；accounts list 列出全部账号")


class AccountInvalid(AccountError):
    pass

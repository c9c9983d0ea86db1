"""``accounts add-admin|list|disable|enable|reset|code-reset``: who may sign in at the desk.

Everything but the first administrator can be done in the console, too. Passwords are typed or generated, never given on
the command line, where the process list and the shell's history would keep them.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Annotated

import typer
from rich.table import Table
from rich.text import Text

from actions.accounts.acts import COMMAND_LINE
from actions.accounts.office import AccountOffice
from actions.accounts.passwords import generated
from actions.accounts.records import ROLES, Account
from actions.bootstrap import build_accounts, build_office
from actions.settings import load_settings
from actions.tickets.moment import LOCAL, now
from bot.commands import show
from bot.commands.errors import NothingFound

app = typer.Typer(no_args_is_help=True, help="坐席系统的账号：建第一个管理员、列出、停用、重设。")

Login = Annotated[str, typer.Argument(help="登录名，例如 wangqiao。")]
Typed = Annotated[bool, typer.Option("--type", help="自己输入密码；不写就生成一个，显示一次。")]


@contextmanager
def office() -> Iterator[AccountOffice]:
    """The accounts of these settings."""
    settings = load_settings()
    tickets = build_office(settings)
    try:
        yield build_accounts(settings, tickets.store)
    finally:
        tickets.close()


@app.command("add-admin")
def add_admin(
    login: Login,
    name: Annotated[str, typer.Option(help="姓名，同事和居民会看到。")],
    typed: Typed = False,
) -> None:
    """建一个管理员。其余账号由管理员在网页里建。"""
    password = _password(typed)
    with office() as desk:
        made = desk.accounts.add(COMMAND_LINE, login, name, ["admin"], password, own=typed)
    show.out.print(Text(f"已建管理员 {made.operator.login}（{made.operator.name}），在 /desk 登录"))
    _tell(password, typed)


@app.command("list")
def list_() -> None:
    """列出全部账号。"""
    table = Table("登录名", "姓名", "角色", "状态", "验证码", "建于")
    with office() as desk:
        found = desk.accounts.all()
    for one in found:
        roles = "、".join(ROLES[role] for role in sorted(one.operator.roles))
        when = one.created.astimezone(LOCAL).strftime("%Y-%m-%d")
        cells = (one.operator.login, one.operator.name, roles, _state(one), "有" if one.totp else "无", when)
        table.add_row(*(Text(cell) for cell in cells))
    show.out.print(table)


@app.command()
def disable(login: Login) -> None:
    """停用账号，并让它立刻退出登录。"""
    with office() as desk:
        desk.accounts.switch(COMMAND_LINE, _found(desk, login), off=True)
    show.out.print(f"{login} 已停用")


@app.command()
def enable(login: Login) -> None:
    """重新启用账号。"""
    with office() as desk:
        desk.accounts.switch(COMMAND_LINE, _found(desk, login), off=False)
    show.out.print(f"{login} 已启用")


@app.command()
def reset(login: Login, typed: Typed = False) -> None:
    """重设密码并解除锁定；本人下次登录要自己改一次。"""
    password = _password(typed)
    with office() as desk:
        desk.accounts.reset(COMMAND_LINE, _found(desk, login), password)
    show.out.print(f"{login} 的密码已重设")
    _tell(password, typed)


@app.command("code-reset")
def code_reset(login: Login) -> None:
    """手机丢了：取消登录验证码，本人可重新设置。"""
    with office() as desk:
        desk.accounts.forget_code(COMMAND_LINE, _found(desk, login))
    show.out.print(f"{login} 的登录验证码已取消")


def _password(typed: bool) -> str:
    if not typed:
        return generated()
    return str(typer.prompt("密码", hide_input=True, confirmation_prompt="再输入一次"))


def _tell(password: str, typed: bool) -> None:
    if not typed:
        show.out.print(Text(f"密码（只显示这一次，登录后要改）：{password}"))


def _found(desk: AccountOffice, login: str) -> int:
    one = desk.accounts.find(login)
    if one is None:
        raise NothingFound(f"没有登录名「{login[:40]}」；accounts list 列出全部账号")
    return one.operator.id


def _state(one: Account) -> str:
    if one.disabled:
        return "停用"
    if one.locked_until and one.locked_until > now():
        return f"锁定到 {one.locked_until.astimezone(LOCAL):%H:%M}"
    return "要改密码" if one.must_change else "正常"

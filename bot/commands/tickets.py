"""``tickets list|show|move|contact|reseal|rotate-ledger-key`` and ``tickets audit verify``: the ledger from the command line.

Whoever can run these holds the keys of the ledger: they are for the people who run the service. Each change still
stands in the history under the name given with ``--as``.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Annotated, cast

import typer
from rich.table import Table
from rich.text import Text

from actions.bootstrap import build_accounts, build_office, build_rotation
from actions.settings import load_settings
from actions.tickets.moment import LOCAL, now
from actions.tickets.office import Office
from actions.tickets.records import Actor, Role
from actions.tickets.register import Wanted
from actions.tickets.steps import STEPS, Given
from actions.tickets.ticket import Ticket
from bot.commands import figures, show
from bot.commands.errors import InputInvalid

app = typer.Typer(no_args_is_help=True, help="工单：列出、查看、办理、核验历史。")
audit = typer.Typer(no_args_is_help=True, help="核验历史有没有被改动。")
app.add_typer(audit, name="audit")
app.command()(figures.figures)
app.command()(figures.similar)

Number = Annotated[str, typer.Argument(help="单号，例如 HS-261122-48371。")]
Who = Annotated[str, typer.Option("--as", help="谁在办，记入历史。")]
_TIME = "%Y-%m-%d %H:%M"


@contextmanager
def office() -> Iterator[Office]:
    """The ledger of these settings."""
    opened = build_office(load_settings())
    try:
        yield opened
    finally:
        opened.close()


@app.command("list")
def list_(
    state: Annotated[list[str] | None, typer.Option(help="只看这些状态，可写多次。")] = None,
    department: Annotated[str | None, typer.Option(help="只看这个部门；写空字符串就是待分派的。")] = None,
    overdue: Annotated[bool, typer.Option("--overdue", help="只看已经超期的。")] = False,
    most: Annotated[int, typer.Option(min=1, max=1000, help="最多几张。")] = 50,
) -> None:
    """列出工单，新的在前。"""
    wanted = Wanted(
        states=state or (),
        departments=None if department is None else [department],
        overdue_at=now() if overdue else None,
    )
    with office() as desk:
        found = desk.register.list(wanted, most)
    table = Table("单号", "版", "状态", "类别", "部门", "到期", "内容")
    for ticket in found:
        table.add_row(*(Text(cell) for cell in _cells(ticket)))
    show.out.print(table)


@app.command("show")
def show_(number: Number) -> None:
    """一张工单和它的历史，没有联系电话。"""
    with office() as desk:
        ticket = desk.register.get(number)
        events = desk.register.events(ticket)
    for name, value in ticket.values().items():
        if name not in ("id", "code") and value not in ("", None):
            shown = value.astimezone(LOCAL).strftime(_TIME) if hasattr(value, "astimezone") else value
            show.line(Text(f"{name}: {shown}"))
    for event in events:
        when = event.at.astimezone(LOCAL).strftime("%Y-%m-%d %H:%M:%S")
        show.line(
            Text(f"  {event.version}. {when} {event.actor} {event.move} → {event.state} {event.details}")
        )


@app.command()
def move(
    number: Number,
    step: Annotated[str, typer.Argument(metavar="STEP", help=f"{'、'.join(STEPS)}")],
    who: Who,
    role: Annotated[str, typer.Option(help="operator 或 supervisor。")] = "operator",
    words: Annotated[str, typer.Option(help="答复、理由、问题或备注。")] = "",
    department: Annotated[str, typer.Option(help="派给哪个部门。")] = "",
    category: Annotated[str, typer.Option(help="改成哪一类。")] = "",
    kind: Annotated[str, typer.Option(help="咨询、求助、投诉或建议。")] = "",
    days: Annotated[int, typer.Option(help="申请延期几个工作日。")] = 0,
    into: Annotated[str, typer.Option(help="并入哪一张。")] = "",
    score: Annotated[str, typer.Option(help="回访：满意、基本满意或不满意。")] = "",
    priority: Annotated[str, typer.Option(help="普通或加急。")] = "",
    version: Annotated[int, typer.Option(help="您看的是第几版；不写就是现在的。")] = 0,
) -> None:
    """办一步。别人在此之间改过，就不写入并说明是谁、何时。"""
    if step not in STEPS or role not in ("operator", "supervisor"):
        raise InputInvalid(f"没有「{step}」这一步或「{role}」这个身份；步骤有：{'、'.join(STEPS)}")
    actor = Actor(_named(who), cast(Role, role))
    with office() as desk:
        seen = version or desk.register.get(number).version
        given = Given(number, seen, actor, words, department, category, kind, days, into, score, priority)
        ticket = STEPS[step](desk.casework, given)
    show.out.print(f"{ticket.number} 现在是「{ticket.state}」，第 {ticket.version} 版")


@app.command()
def contact(number: Number, who: Who, reason: Annotated[str, typer.Option(help="为什么要看。")]) -> None:
    """显示联系电话；每看一次都记入历史。"""
    with office() as desk:
        found = desk.contacts.reveal(number, Actor(_named(who), "operator"), reason)
    show.out.print(found or "没有留电话")


@app.command()
def reseal() -> None:
    """换了 CONTACT_KEY 之后：用新密钥重新加密全部电话、查询码和坐席的登录验证码。"""
    with office() as desk:
        count = desk.contacts.reseal() + build_accounts(load_settings(), desk.store).accounts.reseal()
        show.out.print(f"重新加密了 {count} 项；旧密钥可以从 CONTACT_KEY_OLD 去掉了")


@app.command("rotate-ledger-key")
def rotate_ledger_key(
    who: Who, lost: Annotated[bool, typer.Option("--lost", help="旧密钥丢了：之前的历史不能核验。")] = False
) -> None:
    """换了 LEDGER_KEY 之后：用旧密钥核验历史，在新密钥下封存。"""
    rotation = build_rotation(load_settings())
    try:
        seal = rotation.rotate(_named(who), lost)
    finally:
        rotation.close()
    checked = "已用旧密钥核验" if seal.verified else "没有核验（旧密钥丢了）"
    show.out.print(f"第 1–{seal.position} 行{checked}，在密钥 {seal.key_new} 下封存；重启服务后生效")


@audit.command()
def verify(
    expect: Annotated[str, typer.Option(help="另外记下的「行数:链头」，也一并核对。")] = "",
) -> None:
    """重算整条历史和坐席操作记录的签名，指出被改动、删除、调换或插入的行；有就以状态 1 结束。"""
    with office() as desk:
        verdict = desk.audit.verify(expect)
        acts = build_accounts(load_settings(), desk.store).acts.verify()
    findings = (*verdict.findings, *acts.findings)
    for finding in findings:
        show.line(Text(f"✗ {finding}", style="red"))
    show.out.print(f"{verdict.length}:{verdict.head}")
    show.out.print(f"操作记录 {acts.length}:{acts.head}")
    show.err.print("历史完好。把第一行记在别处，下次用 --expect 核对" if not findings else "历史被动过")
    if findings:
        raise typer.Exit(1)


def _cells(ticket: Ticket) -> tuple[str, ...]:
    due = ticket.due.astimezone(LOCAL).strftime(_TIME) + ("（暂定）" if ticket.provisional else "")
    department = ticket.department or "待分派"
    return (
        *(ticket.number, str(ticket.version), ticket.state, ticket.category, department, due),
        ticket.problem.replace("\n", " ")[:40],
    )


def _named(who: str) -> str:
    name = who.strip()
    if not name or len(name) > 80:
        raise InputInvalid("--as 要写明是谁，至多 80 字")
    return name

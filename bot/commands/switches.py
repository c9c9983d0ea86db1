"""``switch off|on|list``: the whole bot, or one channel, switched off at the ledger."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Annotated

import typer
from rich.table import Table

from actions.governance.switches import CHANNELS, Switches
from actions.settings import load_settings
from bot.commands import show

app = typer.Typer(no_args_is_help=True, help="机器人开关：停用、启用、查看；几秒内生效，都有记录。")
Channel = Annotated[str, typer.Argument(help="* 全部、web、telegram、wechat。")]


@app.command()
def off(channel: Channel, reason: Annotated[str, typer.Option(help="原因。")]) -> None:
    """停用：居民看到请拨 81890 的说明。"""
    _turn(channel, True, reason)


@app.command()
def on(channel: Channel) -> None:
    """重新启用。"""
    _turn(channel, False, "")


@app.command("list")
def list_() -> None:
    """列出动过的开关。"""
    table = Table("渠道", "状态", "原因", "谁", "时间")
    with _switches() as switches:
        for one in switches.all():
            state = "已停用" if one.off else "开着"
            table.add_row(CHANNELS[one.channel], state, one.reason, one.name, f"{one.at:%Y-%m-%d %H:%M}")
    show.out.print(table)


def _turn(channel: str, off: bool, reason: str) -> None:
    from actions.accounts.acts import COMMAND_LINE

    with _switches() as switches:
        switches.turn(COMMAND_LINE, channel, off, reason)
    show.out.print(f"{CHANNELS[channel]}：{'已停用' if off else '已启用'}")


@contextmanager
def _switches() -> Iterator[Switches]:
    from actions.accounts.acts import Acts
    from actions.settings import LEDGER_SECRETS
    from actions.tickets.chain import Chain
    from actions.tickets.moment import now
    from actions.tickets.store import open_store

    settings = load_settings()
    settings.require_secrets(LEDGER_SECRETS)
    store = open_store(settings.ledger_url())
    try:
        yield Switches(store, Acts(store, Chain(settings.ledger_key.get_secret_value()), now), now)
    finally:
        store.close()

"""``ask`` and ``chat``: questions from the terminal."""

from __future__ import annotations

from collections.abc import Callable
from enum import StrEnum
from typing import Annotated

import typer
from rich.text import Text

from actions.settings import Settings, load_settings
from bot.commands import show
from bot.commands.errors import InputInvalid
from bot.commands.tell import Teller, Told, chat_teller, pipeline_teller, post


class Via(StrEnum):
    """Where the answer comes from."""

    PIPELINE = "pipeline"
    CHAT = "chat"


ViaOption = Annotated[
    Via, typer.Option(help="pipeline：在本进程里回答；chat：经过正在运行的网关、Rasa 和服务。")
]
_GOODBYE = frozenset({"再见", "退出", "exit", "quit", "/exit", "/quit"})


def teller(via: Via, settings: Settings) -> Teller:
    """The one asked for; loading the pipeline shows a spinner."""
    if via is Via.CHAT:
        settings.require_secrets()
        return chat_teller(settings)
    with show.err.status("正在载入索引和嵌入模型…"):
        return pipeline_teller(settings)


def ask(
    question: Annotated[str, typer.Argument(help="要问的话。")],
    history: Annotated[list[str] | None, typer.Option(help="之前说过的话，可重复，先说的在前。")] = None,
    via: ViaOption = Via.PIPELINE,
) -> None:
    """问一个问题，打印回答和出处。"""
    if not question.strip():
        raise InputInvalid('没有问题。用法：make ask Q="海曙有多少家居家养老机构"')
    show.told(teller(via, load_settings()).tell(question, history or []))


def chat(via: ViaOption = Via.PIPELINE) -> None:
    """在终端里对话，记得前面说过的话；空行或「再见」结束。"""
    settings = load_settings()
    show.line(Text("海曙81890问答。空行或「再见」结束。", style="bold"))
    if via is Via.CHAT:
        settings.require_secrets()
        with chat_teller(settings).session() as session:
            _loop(lambda text, _: Told(tuple(post(session, text)), 0.0))
    else:
        _loop(teller(via, settings).tell)


def _loop(tell: Callable[[str, list[str]], Told]) -> None:
    history: list[str] = []
    while True:
        try:
            text = show.out.input("[bold]您：[/bold]").strip()
        except (EOFError, KeyboardInterrupt):
            text = ""
        if not text or text in _GOODBYE:
            show.out.print("再见。")
            return
        show.told(tell(text, history))
        history.append(text)

"""``search``, ``sources``, ``passages``, ``settings``: what the answers are made from."""

from __future__ import annotations

from typing import Annotated

import typer
from pydantic import SecretStr
from rich.table import Table
from rich.text import Text

from actions.serving.parts import shown_date
from actions.settings import Settings, load_settings
from bot.commands import show
from bot.commands.errors import NothingFound
from bot.commands.tell import pipeline_teller
from knowledge.library import Library
from knowledge.records import Passage


def search(
    question: Annotated[str, typer.Argument(help="要找的话。")],
    top: Annotated[int, typer.Option(min=1, max=50, help="最多几条。")] = 8,
) -> None:
    """只看检索：按分数排列的语句和它们所在的段落，连同没有采用的原因。"""
    settings = load_settings()
    with show.err.status("正在载入索引和嵌入模型…"):
        teller = pipeline_teller(settings)
    passages = {passage.id: passage for passage in library(settings).passages}
    answer = teller.answer(question)
    found = answer.trace.get("evidence", [])[:top]
    for rank, hit in enumerate(found, 1):
        passage = passages[hit["key"].partition(":")[0]]
        numbers = f"分数 {hit['score']:.3f}  相似 {hit['similarity']:.3f}  覆盖 {hit['coverage']:.2f}"
        show.line(Text(f"{rank}. {hit['text']}", style="strike" if hit["rejected"] else "bold"))
        show.line(Text(f"   {numbers}  {hit['rejected']}", style="dim"))
        show.line(Text(f"   {_place(passage)}\n   {passage.text}", style="dim"))
    if not found:
        show.line(Text("这一问没有走到检索（名词、表格、专栏或规则直接回答）：", style="dim"))
        for citation in answer.citations:
            show.line(Text(f"   {citation.title} › {' › '.join(citation.heading)}\n   {citation.quote}"))
    show.line(Text(f"回答的状态：{answer.status}", style="dim"))


def sources() -> None:
    """列出全部文件：编号、标题、发布时间、区、段落数。"""
    shelf = library(load_settings())
    table = Table("编号", "标题", "发布", "区", "段落", "原文件")
    for source in shelf.sources:
        count = sum(passage.source.id == source.id for passage in shelf.passages)
        table.add_row(source.id, source.title, shown_date(source), source.district, str(count), source.origin)
    show.out.print(table)


def passages(
    source: Annotated[str | None, typer.Argument(help="文件编号；不写就是全部。")] = None,
    kind: Annotated[str | None, typer.Option(help="prose、box、table_row 或 term。")] = None,
) -> None:
    """列出段落：编号、类别、标题路径、原文位置和文字。"""
    shelf = library(load_settings())
    chosen = [p for p in shelf.passages if source in (None, p.source.id) and kind in (None, p.kind)]
    if not chosen:
        ids = "、".join(s.id for s in shelf.sources)
        raise NothingFound(f"没有这样的段落（文件 {source}，类别 {kind}）。文件编号有：{ids}")
    for passage in chosen:
        show.line(Text(f"{passage.id} {passage.kind} {_place(passage)}", style="cyan"))
        show.line(Text(passage.text))
    show.err.print(f"共 {len(chosen)} 段")


def settings() -> None:
    """列出每个设置现在的值；密钥只说有没有。"""
    values = load_settings()
    table = Table("环境变量", "现在的值", "说明")
    for name, field in type(values).model_fields.items():
        value = getattr(values, name)
        if isinstance(value, SecretStr) or not field.repr:
            shown = "（已设置）" if str(value) else "（未设置）"
        else:
            shown = "" if value is None else str(value)
        table.add_row(name.upper(), Text(shown), Text(field.description or ""))
    show.out.print(table)


def library(values: Settings) -> Library:
    """The documents of the generation that is served."""
    from actions.bootstrap import current_library

    return current_library(values)


def _place(passage: Passage) -> str:
    heading = " › ".join((*passage.heading, passage.label) if passage.label else passage.heading)
    return f"{passage.source.id} [{passage.span.start}:{passage.span.end}] {heading}"

"""``index build|learn|list|verify|rollback``: the generations of the index."""

from __future__ import annotations

from typing import Annotated

import typer
from rich.table import Table

from actions.settings import load_settings
from bot.commands import show
from bot.commands.errors import NothingFound
from embeddings.store import Store

app = typer.Typer(no_args_is_help=True, help="索引：建立、列出、校验、回退。")


def _store() -> Store:
    return Store(load_settings().index_path())


@app.command()
def build() -> None:
    """读文件、算向量、发布新一代索引；什么都没变就不重建。"""
    # Imported here: the encoder's libraries take seconds, and the other commands don't need them.
    from actions.bootstrap import build_index

    generation = build_index(load_settings(), progress=True)
    show.out.print(f"索引 {generation} 已就绪")


@app.command()
def learn() -> None:
    """从「居民怎么问」学习比较向量的尺度，写进 embeddings/metric.npz；问法或嵌入模型变了以后用。"""
    from actions.bootstrap import learn_metric

    found = learn_metric(load_settings(), progress=True)
    show.out.print(
        f"学了 {found.asks} 个问法。另学一次，留出五分之一的句子来量（{found.held_out} 问，只凭向量）："
    )
    table = Table("", "首位命中", "前五命中")
    for name, figures in (("原样", found.plain), ("学过", found.seen)):
        table.add_row(name, *(f"{figure:.3f}" for figure in figures))
    show.out.print(table)


@app.command("list")
def list_() -> None:
    """列出磁盘上的各代索引。"""
    table = Table("", "编号", "建立时间", "嵌入模型", "条目", "语料")
    for generation in _store().list():
        counts = "，".join(f"{name} {count}" for name, count in generation.counts.items())
        mark = "▶" if generation.current else ""
        table.add_row(
            mark, generation.id, generation.created, generation.encoder, counts, generation.corpus_hash[:12]
        )
    show.out.print(table)


@app.command()
def verify(generation: Annotated[str | None, typer.Argument(help="编号；不写就是全部。")] = None) -> None:
    """按清单里的 sha256 校验每个文件；有坏的就以状态 1 结束。"""
    store = _store()
    names = [generation] if generation else [found.id for found in store.list()]
    if not names:
        raise NothingFound("还没有索引。先建立：make index")
    broken = {name: files for name in names if (files := store.verify(name))}
    for name in names:
        show.out.print(f"{name}: {'损坏 ' + '、'.join(broken[name]) if name in broken else '完好'}")
    if broken:
        raise typer.Exit(1)


@app.command()
def rollback(generation: Annotated[str | None, typer.Argument(help="编号；不写就是上一代。")] = None) -> None:
    """改用另一代索引；正在运行的服务几秒内跟上。"""
    show.out.print(f"现在使用 {_store().rollback(generation)}")

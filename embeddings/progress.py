"""Progress of long work, on standard error so that piped output stays clean."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from typing import TypeVar

from rich.console import Console
from rich.progress import (
    BarColumn,
    MofNCompleteColumn,
    Progress,
    SpinnerColumn,
    TextColumn,
    TimeRemainingColumn,
)

T = TypeVar("T")


@contextmanager
def step(title: str, shown: bool) -> Iterator[None]:
    """Show ``title`` with a spinner while the block runs."""
    if not shown:
        yield
        return
    with Console(stderr=True).status(title):
        yield


def tracked(items: Iterable[T], total: int, title: str, shown: bool) -> Iterator[T]:
    """Pass ``items`` through, with a bar of ``total`` steps when ``shown``."""
    if not shown or not total:
        yield from items
        return
    columns = (
        SpinnerColumn(),
        TextColumn("{task.description}"),
        BarColumn(),
        MofNCompleteColumn(),
        TimeRemainingColumn(),
    )
    with Progress(*columns, console=Console(stderr=True)) as bar:
        task = bar.add_task(title, total=total)
        for item in items:
            yield item
            bar.advance(task)

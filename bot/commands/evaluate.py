"""``evaluate``: a file of questions in, a file of answers out, one JSON object a line; a report where the questions
carry answer keys."""

from __future__ import annotations

import json
import os
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from statistics import quantiles
from typing import Annotated, Any

import typer
from rich.progress import track

from actions.evaluation.report import Judged, listing, table
from actions.evaluation.scorer import Expected, Given, expected, judge
from actions.settings import load_settings
from bot.commands import show
from bot.commands.errors import InputInvalid
from bot.commands.talk import Via, ViaOption, teller
from bot.commands.tell import Teller, Told


@dataclass(frozen=True)
class Item:
    """One line of the input."""

    id: str
    question: str
    history: tuple[str, ...] = ()
    expected: Expected | None = None  # what a right answer says, where the file tells


def evaluate(
    questions: Annotated[Path, typer.Argument(help="JSONL：每行 {id, question, history?}。")],
    out: Annotated[Path, typer.Argument(help="结果写到这里，每题一行。")],
    via: ViaOption = Via.PIPELINE,
) -> None:
    """批量回答并写出 {id, answer, status, refused, passages, ms}；题目带答案要点时，打印各类成绩和按步骤分组的错题。"""
    items = read_items(questions)
    results = [
        *track(
            _results(teller(via, load_settings()), items),
            "回答",
            total=len(items),
            console=show.err,
        )
    ]
    write_lines(out, results)
    _summary(results, out)
    judged = verdicts(items, results)
    if judged:
        show.out.print("\n".join([*table(judged), *listing(judged)]), markup=False, soft_wrap=True)


def read_items(path: Path) -> list[Item]:
    """The questions in order.

    :raises InputInvalid: naming the line that can't be used.
    """
    try:
        lines = path.read_text("utf-8-sig").splitlines()
    except (OSError, UnicodeDecodeError) as error:
        raise InputInvalid(f"读不了 {path}：{error}。要一个 UTF-8 的 JSONL 文件") from None
    items = [_item(path, number, line) for number, line in enumerate(lines, 1) if line.strip()]
    if not items:
        raise InputInvalid(f"{path} 里没有题目")
    seen: set[str] = set()
    for item in items:
        if item.id in seen:
            raise InputInvalid(f"{path}：编号 {item.id} 出现了两次")
        seen.add(item.id)
    return items


def _item(path: Path, number: int, line: str) -> Item:
    try:
        data = json.loads(line)
        id_, question, history = data["id"], data["question"], data.get("history") or []
        usable = isinstance(question, str) and all(isinstance(turn, str) for turn in history)
    except (ValueError, KeyError, TypeError, AttributeError) as error:
        raise InputInvalid(f"{path} 第 {number} 行用不了（{error!r}）。每行要有 id 和 question") from None
    if not usable or not isinstance(id_, str | int):
        raise InputInvalid(f"{path} 第 {number} 行用不了：question 是字符串，history 是字符串列表")
    try:
        return Item(str(id_), question, tuple(history), expected(data))
    except ValueError as error:
        raise InputInvalid(f"{path} 第 {number} 行的答案要点用不了：{error}") from None


def _results(source: Teller, items: list[Item]) -> Iterator[dict[str, Any]]:
    for item in items:
        yield result(item, source.tell(item.question, item.history))


def result(item: Item, told: Told) -> dict[str, Any]:
    """One output line; ``passages`` are only those the answer cites."""
    answer = told.answer
    return {
        "id": item.id,
        "answer": told.text,
        "status": answer["status"],
        "refused": answer["refused"],
        "passages": [{"doc": c["origin"], "text": c["passage_text"]} for c in answer["citations"]],
        "ms": round(told.ms, 1),
    }


def verdicts(items: list[Item], results: list[dict[str, Any]]) -> list[Judged]:
    """A verdict for every item that says what is expected."""
    return [
        Judged(item.id, item.question, result["answer"], judge(item.expected, given(result)))
        for item, result in zip(items, results, strict=True)
        if item.expected is not None
    ]


def given(result: dict[str, Any]) -> Given:
    """An output line as the judge reads it."""
    passages = tuple((passage["doc"], passage["text"]) for passage in result["passages"])
    return Given(result["answer"], result["refused"], passages)


def write_lines(path: Path, results: list[dict[str, Any]]) -> None:
    """Write all or nothing: a half-written file would pass for a short evaluation."""
    part = path.with_name(f"{path.name}.{os.getpid()}.part")
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        part.write_text("".join(json.dumps(r, ensure_ascii=False) + "\n" for r in results), "utf-8")
        part.replace(path)
    except OSError as error:
        raise InputInvalid(f"写不了 {path}：{error}") from None
    finally:
        part.unlink(missing_ok=True)


def _summary(results: list[dict[str, Any]], out: Path) -> None:
    times = sorted(result["ms"] for result in results)
    middle, high = (times[0], times[0]) if len(times) == 1 else (quantiles(times, n=20)[i] for i in (9, 18))
    refused = sum(result["refused"] for result in results)
    show.err.print(
        f"{len(results)} 题写到 {out}；拒答 {refused}；耗时中位 {middle:.0f} ms，95% {high:.0f} ms"
    )

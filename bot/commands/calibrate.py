"""``calibrate``: what each threshold of the gate costs on a question set, as a table and a picture. Changes nothing."""

from __future__ import annotations

import json
from dataclasses import asdict
from pathlib import Path
from typing import Annotated

import typer
from rich.progress import track

from actions.answering.answer import Question
from actions.answering.gate import Gate
from actions.answering.pipeline import Step
from actions.evaluation.calibration import Case, Curve, lines, reached, settings, sweep, values
from actions.evaluation.curve import svg
from actions.privacy import mask
from actions.settings import load_settings
from bot.commands import show
from bot.commands.errors import InputInvalid
from bot.commands.evaluate import Item, read_items
from bot.gateway.clean import clean

PICTURE, FIGURES = "curves.svg", "curves.json"


def calibrate(
    questions: Annotated[
        Path, typer.Argument(help="JSONL：每行 {id, question, answerable, answer_keys, …}。")
    ],
    out: Annotated[Path, typer.Argument(help="曲线图和数字写到这个文件夹。")],
) -> None:
    """按各个门槛值重判一套题：打印正确、覆盖、风险，画出曲线，说明会选哪个值；只建议，不改任何设置。"""
    items = [item for item in read_items(questions) if item.expected is not None]
    if not items:
        raise InputInvalid(f"{questions} 里没有带答案要点（answer_keys）的题，量不了对错")
    values_in_force = load_settings()
    with show.err.status("正在载入索引和嵌入模型…"):
        from actions.bootstrap import build_steps  # its libraries take seconds to load

        # The language model changes wording, not what the gate decides.
        steps = build_steps(values_in_force.model_copy(update={"llm_base_url": ""}))
    limit = values_in_force.question_max_chars
    cases = [case(steps, item, limit) for item in track(items, "检索", console=show.err)]
    names = settings()["sweeps"]
    curves = [sweep(name, values(name), cases) for name in track(names, "重判", console=show.err)]
    _write(out, curves)
    for curve in curves:
        show.out.print("\n".join([*lines(curve), ""]), markup=False, soft_wrap=True)
    show.err.print(f"{len(cases)} 题；曲线 {out / PICTURE}，数字 {out / FIGURES}。没有改动任何设置")


def case(steps: list[Step], item: Item, max_chars: int) -> Case:
    """The item as it reaches the gate, asked as the gateway would ask."""
    assert item.expected is not None
    turns = (mask(clean(turn, max_chars).text) for turn in item.history)
    question = Question(mask(clean(item.question, max_chars).text), tuple(turn for turn in turns if turn))
    before = steps[: next(i for i, step in enumerate(steps) if isinstance(step, Gate))]
    return Case(question, item.expected, reached(before, question))


def _write(out: Path, curves: list[Curve]) -> None:
    figures = {c.name: {"in_force": c.in_force, "points": [asdict(p) for p in c.points]} for c in curves}
    try:
        out.mkdir(parents=True, exist_ok=True)
        (out / PICTURE).write_text(svg(curves), "utf-8")
        (out / FIGURES).write_text(json.dumps(figures, ensure_ascii=False, indent=1) + "\n", "utf-8")
    except OSError as error:
        raise InputInvalid(f"写不了 {out}：{error}") from None

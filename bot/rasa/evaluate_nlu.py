"""Measures intent recognition (Python 3.10, from the repository root, ``OMP_NUM_THREADS=1``).

python -m bot.rasa.evaluate_nlu data file.jsonl      # {"text","intent"} lines against the trained model
python -m bot.rasa.evaluate_nlu cv [--folds 5]       # cross-validation on bot/data/nlu
"""

from __future__ import annotations

import argparse
import asyncio
import json
import logging
import sys
import time
from pathlib import Path
from typing import Any

from bot.rasa.environment import ROOT
from bot.rasa.errors import DialogueError, ModelUnusable
from bot.rasa.scores import Scores

FALLBACK = "nlu_fallback"
_SHOWN = 500


def read_lines(path: Path) -> list[tuple[str, str]]:
    """(text, intent) of each line.

    :raises DialogueError: naming the first line that holds something else.
    """
    try:
        lines = path.read_text(encoding="utf-8").splitlines()
    except (OSError, UnicodeDecodeError) as error:
        raise DialogueError(f"{path} 读不出来：{error}") from error
    found = []
    for number, line in enumerate(lines, 1):
        if line.strip():
            found.append(_example(path, number, line))
    if not found:
        raise DialogueError(f'{path} 里没有数据：每行一个 {{"text": …, "intent": …}}')
    return found


def _example(path: Path, number: int, line: str) -> tuple[str, str]:
    try:
        data = json.loads(line)
        text, intent = data["text"], data["intent"]
    except (ValueError, KeyError, TypeError) as error:
        raise DialogueError(f'{path} 第 {number} 行应是 {{"text": …, "intent": …}}') from error
    if not (isinstance(text, str) and isinstance(intent, str) and text.strip()):
        raise DialogueError(f"{path} 第 {number} 行的 text 和 intent 应是非空的文字")
    return text, intent


def newest_model(folder: Path) -> Path:
    """The model that training last pointed to.

    :raises ModelUnusable: when there is none.
    """
    current = folder / "current.tar.gz"
    if not current.is_file():
        raise ModelUnusable(f"没有 {current}：运行 make train")
    return current.resolve()


async def parsed(model: Path, texts: list[str]) -> list[tuple[dict[str, Any], float]]:
    """What the whole pipeline makes of each text, and its milliseconds."""
    from rasa.core.agent import Agent

    agent = Agent.load(str(model))
    await agent.parse_message("您好")  # the first message warms up
    results = []
    for text in texts:
        start = time.perf_counter()
        data = await agent.parse_message(text)
        results.append((dict(data), (time.perf_counter() - start) * 1000))
    return results


def report(examples: list[tuple[str, str]], results: list[tuple[dict[str, Any], float]], shown: int) -> str:
    """The figures; an unsure classifier is judged by its first guess and counted besides."""
    guesses = [
        next(r["name"] for r in data["intent_ranking"] if r["name"] != FALLBACK) for data, _ in results
    ]
    unsure = [data["intent"]["name"] == FALLBACK for data, _ in results]
    expected = [intent for _, intent in examples]
    wrong = [(t, e, g, u) for (t, e), g, u in zip(examples, guesses, unsure, strict=True) if e != g]
    kept = sum(not u for *_, u in wrong)
    times = sorted(ms for _, ms in results)
    lines = [
        Scores.of(expected, guesses).text("意图识别"),
        f"  不确定而转去查资料：{sum(unsure)} 条（{sum(unsure) / len(unsure):.1%}）；判错且没有转去：{kept} 条",
        f"  每条毫秒：中位 {times[len(times) // 2]:.1f}，95% {times[int(len(times) * 0.95)]:.1f}",
        *(["  判错的"] if shown and wrong else []),
        *(f"    {t}　应为 {e}，判为 {g}{'（不确定）' if u else ''}" for t, e, g, u in wrong[:shown]),
    ]
    return "\n".join(lines)


def evaluate(options: argparse.Namespace) -> None:
    """The trained model on a file."""
    examples = read_lines(options.file)
    results = asyncio.run(parsed(newest_model(options.models), [text for text, _ in examples]))
    print(report(examples, results, options.show))


def validate(options: argparse.Namespace) -> None:
    """Cross-validation, plain and with near-duplicates kept together."""
    import numpy as np
    from rasa.shared.nlu.training_data.loading import load_data
    from rasa.shared.utils.io import read_yaml_file

    from bot.rasa.classifier import tuning_of
    from bot.rasa.crossvalidation import alike_groups, cross_validate
    from bot.rasa.encoder import Encoder
    from bot.rasa.text import canonical

    parts = {
        part["name"].rsplit(".", 1)[-1]: part for part in read_yaml_file(ROOT / "config.yml")["pipeline"]
    }
    tuning = tuning_of(parts["IntentModelClassifier"])
    encoder = Encoder(int(parts["E5Featurizer"]["max_chars"]), 1)
    examples = load_data(str(ROOT / "bot/data/nlu")).intent_examples
    texts = [canonical(e.get("text")) for e in examples]
    labels = [e.get("intent") for e in examples]
    parts_done = []
    for start in range(0, len(texts), _SHOWN):
        parts_done.append(encoder.vectors(texts[start : start + _SHOWN]))
        print(f"句向量 {min(start + _SHOWN, len(texts))}/{len(texts)}", file=sys.stderr, flush=True)
    matrix = np.concatenate(parts_done)
    print(cross_validate(texts, matrix, labels, tuning, options.folds).text(f"{options.folds} 折交叉验证"))
    groups = alike_groups(texts, labels)
    grouped = cross_validate(texts, matrix, labels, tuning, options.folds, groups)
    print(grouped.text(f"近似句不分开（{len(set(groups))} 组）的 {options.folds} 折交叉验证"))


def arguments(argv: list[str] | None = None) -> argparse.Namespace:
    """The command line."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    commands = parser.add_subparsers(required=True)
    data = commands.add_parser("data", help="用标注文件量训练好的模型")
    data.add_argument("file", type=Path)
    data.add_argument("--models", type=Path, default=ROOT / "var/rasa/models")
    data.add_argument("--show", type=int, default=0, help="列出多少条判错的消息")
    data.set_defaults(run=evaluate)
    cv = commands.add_parser("cv", help="在 bot/data/nlu 上交叉验证")
    cv.add_argument("--folds", type=int, default=5)
    cv.set_defaults(run=validate)
    return parser.parse_args(argv)


def main() -> int:
    """Exit code 1 when something is missing."""
    options = arguments()
    # Imported here, so that --help answers at once. Rasa otherwise prints every message it parses.
    from bot.rasa import logs

    logs.configure(logging.ERROR)
    try:
        options.run(options)
    except DialogueError as error:
        print(error, file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())

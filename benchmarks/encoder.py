"""``make bench-encoder``: what one question costs with either encoder, what int8 loses, what a whole answer adds.

The questions are those that the corpus ships beside its facts (``knowledge/asks``). Both encoders, and then
encoder and pipeline, take turns at each question, so that other work on the machine slows them alike.
"""

from __future__ import annotations

import argparse
import statistics
import sys
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from actions.answering.answer import Question
from actions.bootstrap import Corpus, build_answerer, build_encoder, load_corpus, statement_text
from actions.settings import Settings, SettingsError, load_settings
from benchmarks.record import commit, write_section
from embeddings.encoder import Encoder
from embeddings.errors import EmbeddingError
from knowledge.asks import Ask
from knowledge.errors import KnowledgeError

TOP = 5
WARM = 3


@dataclass(frozen=True)
class Cost:
    """Medians of one thing done once a question, in milliseconds: on the clock, and of it on the processor."""

    clock: float
    processor: float


def main(arguments: list[str] | None = None) -> int:
    """Measure, print, and write if told to; 0, or 1 with a message."""
    options, measured = _options(arguments), commit()
    try:
        text = report(load_settings(), options.questions)
    except (EmbeddingError, KnowledgeError, SettingsError) as error:
        print(f"bench-encoder: {error}", file=sys.stderr)
        return 1
    print(text)
    if options.out:
        write_section(
            options.out, "Encoder and answer", "make bench-encoder OUT=benchmarks/RESULTS.md", measured, text
        )
    return 0


def report(settings: Settings, count: int) -> str:
    """The figures as Markdown."""
    corpus = load_corpus(settings)
    asks = spread(corpus.asks, count)
    texts = [ask.text for ask in asks]
    fast, full = (
        build_encoder(settings.model_copy(update={"encoder_backend": backend}), progress=True)
        for backend in ("onnx-int8", "torch")
    )
    torch_cost, int8_cost = taking_turns([_one(full), _one(fast)], texts)
    every = spread(corpus.asks, len(corpus.asks))  # with 600 the difference is mostly chance
    found = [recall(encoder, corpus, every) for encoder in (full, fast)]
    answerer = build_answerer(settings.model_copy(update={"llm_base_url": ""}))
    own = build_encoder(settings)
    encode_cost, answer_cost = taking_turns(
        [own.encode_question, lambda text: answerer.answer(Question(text))], texts
    )
    return "\n".join(
        [
            f"{len(asks)} questions of the corpus, {len(corpus.statements)} statements, {settings.encoder_threads} thread",
            "",
            "| p50 of one question | ms on the clock | ms on the processor |",
            "|---|---|---|",
            _line("torch fp32, vector", torch_cost),
            _line("ONNX int8, vector", int8_cost),
            f"| ratio | {int8_cost.clock / torch_cost.clock:.2f} | {int8_cost.processor / torch_cost.processor:.2f} |",
            _line(f"{settings.encoder_backend}, vector and tokens", encode_cost),
            _line("whole answer", answer_cost),
            f"| ratio | {answer_cost.clock / encode_cost.clock:.2f} | {answer_cost.processor / encode_cost.processor:.2f} |",
            "",
            f"Recall@{TOP} of the statement by its vector alone, {len(every)} questions: torch fp32 {100 * found[0]:.2f}, "
            f"ONNX int8 {100 * found[1]:.2f}, difference {100 * (found[1] - found[0]):+.2f} points.",
        ]
    )


def spread(asks: Sequence[Ask], count: int) -> list[Ask]:
    """About ``count`` of them from everywhere, no text twice: the second would come from a cache."""
    unique = list({ask.text: ask for ask in asks}.values())
    return unique[:: max(1, len(unique) // count)][:count]


def taking_turns(works: Sequence[Callable[[str], object]], texts: Sequence[str]) -> list[Cost]:
    """What each of the works costs a text, done one after the other on each text."""
    for text in texts[:WARM]:
        for work in works:
            work(f"{text}。")
    spent: list[list[tuple[float, float]]] = [[] for _ in works]
    for text in texts:
        for work, times in zip(works, spent, strict=True):
            clock, processor = time.perf_counter(), time.process_time()
            work(text)
            times.append(((time.perf_counter() - clock) * 1000, (time.process_time() - processor) * 1000))
    return [Cost(*(statistics.median(column) for column in zip(*times, strict=True))) for times in spent]


def recall(encoder: Encoder, corpus: Corpus, asks: Sequence[Ask]) -> float:
    """Share of the asks whose statement is among the nearest ``TOP`` vectors, 0…1."""
    statements = encoder.encode_passages([statement_text(s) for s in corpus.statements], progress=True)
    row = {statement.key: i for i, statement in enumerate(corpus.statements)}
    scores = encoder.encode_queries([ask.text for ask in asks]) @ statements.T
    nearest = np.argsort(-scores, axis=1, kind="stable")[:, :TOP]
    return float(np.mean([row[ask.statement] in found for ask, found in zip(asks, nearest, strict=True)]))


def _one(encoder: Encoder) -> Callable[[str], object]:
    return lambda text: encoder.encode_queries([text])


def _line(name: str, cost: Cost) -> str:
    return f"| {name} | {cost.clock:.1f} | {cost.processor:.1f} |"


def _options(arguments: list[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--questions", type=int, default=600, help="about so many questions")
    parser.add_argument("--out", type=Path, help="also write the figures into this file")
    return parser.parse_args(arguments)


if __name__ == "__main__":
    raise SystemExit(main())

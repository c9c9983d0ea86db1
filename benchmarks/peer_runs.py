"""LangChain, LlamaIndex, Haystack and txtai on the same questions, each in a process of the peers' environment."""

from __future__ import annotations

import hashlib
import json
import os
import subprocess
import sys
import venv
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np

from benchmarks.ours import Run
from benchmarks.squad import Dataset
from embeddings.batched import Prompts, Vectors
from embeddings.encoder import Encoder, model_prompts

ROOT = Path(__file__).parents[1]
ADAPTERS = ROOT / "benchmarks" / "peers"
PEERS = {"LangChain": "langchain", "LlamaIndex": "llamaindex", "Haystack": "haystack", "txtai": "txtai"}
MADE = ".made"  # written last into a finished environment


class PeerError(Exception):
    """A peer's environment or run failed; the message carries its own words."""


def run_peers(
    dataset: Dataset,
    wording: Dataset,
    reference: Encoder,
    model: Path,
    scratch: Path,
    timed: int,
    threads: int,
) -> dict[str, Run]:
    """Every peer, dense and hybrid, over ``wording`` (the set as it is, or normalised).

    ``reference`` is the torch encoder of ``model``; its vectors are what sentence-transformers gives a peer.
    """
    python = environment(ROOT / "var" / "env")
    job = _write_job(wording, reference, model, scratch, {"timed": timed, "threads": threads})
    found = {}
    for title, name in PEERS.items():
        print(f"{title} …", file=sys.stderr, flush=True)
        for variant, result in _run(python, name, job).items():
            found[f"{title} {variant}"] = Run(**result)
    if any(len(run.ranked) != len(dataset.questions) for run in found.values()):
        raise PeerError("a peer left questions out")
    return found


def environment(home: Path) -> Path:
    """The peers' Python, installed once per state of their requirements file."""
    requirements = ADAPTERS / "requirements.txt"
    torch = ROOT / "requirements" / "torch.txt"
    key = hashlib.sha256(requirements.read_bytes() + torch.read_bytes()).hexdigest()[:12]
    folder = home / f"peers-{key}"
    python = folder / "bin" / "python"
    if (folder / MADE).exists():
        return python
    print("Installing the peers' environment; this takes minutes …", file=sys.stderr, flush=True)
    venv.create(folder, with_pip=True, clear=True)
    for file in (torch, requirements):
        _checked([str(python), "-m", "pip", "install", "-q", "-r", str(file)], "installing the peers")
    (folder / MADE).touch()
    return python


def _write_job(
    wording: Dataset, reference: Encoder, model: Path, scratch: Path, settings: dict[str, int]
) -> Path:
    scratch.mkdir(parents=True, exist_ok=True)
    prompts: Prompts = model_prompts(model)
    facts = {
        "model": str(model.resolve()),
        "passages": wording.passages,
        "questions": wording.questions,
        "query_prompt": prompts.query,
        "passage_prompt": prompts.passage,
    }
    np.savez(
        scratch / "vectors.npz",
        passages=_kept(scratch, reference, wording.passages, lambda t: reference.encode_passages(t, True)),
        questions=_kept(scratch, reference, wording.questions, reference.encode_queries),
    )
    (scratch / "job.json").write_text(json.dumps({**facts, **settings}, ensure_ascii=False), encoding="utf-8")
    return scratch


def _kept(
    scratch: Path, reference: Encoder, texts: Sequence[str], encode: Callable[[Sequence[str]], Vectors]
) -> Vectors:
    """What ``encode`` gives for these texts, computed once: it takes the better part of an hour for a large set."""
    key = hashlib.sha256(json.dumps([reference.name, *texts]).encode()).hexdigest()[:16]
    file = scratch / f"{key}.npy"
    if not file.exists():
        part = file.with_suffix(".part.npy")
        np.save(part, encode(texts), allow_pickle=False)
        part.replace(file)
    return np.asarray(np.load(file, allow_pickle=False), dtype=np.float32)


def _run(python: Path, name: str, job: Path) -> dict[str, Any]:
    result = job / f"{name}.json"
    threads = str(json.loads((job / "job.json").read_text(encoding="utf-8"))["threads"])
    limits = dict.fromkeys(("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS"), threads)  # as for ours
    command = [str(python), str(ADAPTERS / f"{name}_peer.py"), str(job), str(result)]
    _checked(command, f"running {name}", limits)
    found: dict[str, Any] = json.loads(result.read_text(encoding="utf-8"))
    return found


def _checked(command: list[str], what: str, variables: Mapping[str, str] | None = None) -> None:
    environment = {**os.environ, **(variables or {})}
    done = subprocess.run(command, capture_output=True, text=True, check=False, env=environment)
    if done.returncode:
        raise PeerError(
            f"{what} failed with code {done.returncode}:\n{done.stderr[-3000:]}{done.stdout[-1000:]}"
        )

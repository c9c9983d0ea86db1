"""Texts become unit vectors. One protocol, two backends: torch, and ONNX int8 exported from it."""

from __future__ import annotations

import json
import re
from collections.abc import Sequence
from pathlib import Path
from typing import Literal, Protocol, runtime_checkable

from embeddings.batched import Prompts, Vectors
from embeddings.models import DEFAULT_MODEL, model_hash, prepare_model, verified
from embeddings.threads import limit_matrix_threads

Backend = Literal["onnx-int8", "torch"]


@runtime_checkable
class Encoder(Protocol):
    """Anything that turns texts into comparable vectors."""

    @property
    def name(self) -> str:
        """Model, version, weights and backend: vectors of equal names may be compared."""

    @property
    def dims(self) -> int:
        """Length of each vector."""

    def encode_queries(self, texts: Sequence[str]) -> Vectors:
        """(n, dims) float32, each row of length 1; row i belongs to ``texts[i]``."""

    def encode_passages(self, texts: Sequence[str], progress: bool = False) -> Vectors:
        """Like ``encode_queries``, for texts that are to be found."""

    def encode_passages_with_tokens(
        self, texts: Sequence[str], progress: bool = False
    ) -> tuple[Vectors, list[Vectors]]:
        """The vectors, and per text a (tokens, dims) array of unit rows, in one forward pass.

        The tokens of the prompt and the special tokens are left out.
        """

    def encode_question(self, text: str) -> tuple[Vectors, Vectors]:
        """(dims,) vector and (tokens, dims) token vectors of one question, in one forward pass."""


def load_encoder(
    spec: str = DEFAULT_MODEL,
    cache_dir: Path = Path("var/models"),
    backend: Backend = "onnx-int8",
    threads: int = 1,
    progress: bool = False,
) -> Encoder:
    """The encoder for ``spec`` (see ``prepare_model``), computing on ``threads`` threads, as do matrix products.

    The first call converts or fetches the model and, for ``onnx-int8``, exports it; later calls
    verify checksums and load. Raises ModelError.

    >>> load_encoder().encode_queries(["海曙有多少家居家养老机构"]).shape
    (1, 384)
    """
    limit_matrix_threads(threads)
    folder = prepare_model(spec, cache_dir, progress)
    if backend == "torch":
        from embeddings.torch_encoder import TorchEncoder  # torch takes seconds to import

        return TorchEncoder(folder, encoder_name(folder, backend), threads)
    if backend == "onnx-int8":
        from embeddings.onnx_encoder import OnnxEncoder, exported_folder

        exported = exported_folder(folder, cache_dir)
        if exported.is_dir():
            verified(exported)
        else:
            from embeddings.onnx_export import export  # imports torch, which serving does without

            export(folder, exported, threads, progress)
        return OnnxEncoder(exported, encoder_name(folder, backend), threads)
    raise ValueError(f"backend {backend!r} is unknown: use 'onnx-int8' or 'torch'")


def encoder_name(folder: Path, backend: str) -> str:
    """Folder name, first digits of the model's hash, backend."""
    return f"{folder.name}:{model_hash(folder)[:12]}:{backend}"


def model_prompts(folder: Path) -> Prompts:
    """The model's own prompts; ``query: ``/``passage: `` for an e5 that states none; else none."""
    path = folder / "config_sentence_transformers.json"
    stated = json.loads(path.read_text(encoding="utf-8")).get("prompts") if path.is_file() else None
    stated = stated or {}
    query, passage = stated.get("query", ""), stated.get("passage") or stated.get("document", "")
    if not query and not passage and re.search(r"(^|[^a-z])e5([^a-z]|$)", folder.name.lower()):
        return Prompts("query: ", "passage: ")
    return Prompts(query, passage)

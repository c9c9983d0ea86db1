"""The reference backend: sentence-transformers on torch, full precision."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
import torch
from sentence_transformers import SentenceTransformer
from transformers.utils import logging as transformers_logging

from embeddings.batched import BatchedEncoder, Vectors, unit_rows
from embeddings.encoder import model_prompts
from embeddings.errors import ModelCorrupted

# Loading takes under a second; our own steps show what takes longer.
transformers_logging.disable_progress_bar()  # type: ignore[no-untyped-call]


def load_sentence_transformer(folder: Path) -> SentenceTransformer:
    """The model in ``folder`` on the CPU. Raises ModelCorrupted when it does not load."""
    try:
        return SentenceTransformer(str(folder), device="cpu", local_files_only=True)
    except (OSError, ValueError, KeyError) as error:
        raise ModelCorrupted(f"{folder} is no usable sentence-transformers model: {error}") from error


class TorchEncoder(BatchedEncoder):
    """A sentence-transformers folder behind the Encoder protocol."""

    def __init__(self, folder: Path, name: str, threads: int = 1) -> None:
        torch.set_num_threads(threads)
        self.model = load_sentence_transformer(folder)
        dims = self.model.get_embedding_dimension()
        if dims is None:
            raise ModelCorrupted(f"{folder} does not say how long its vectors are")
        super().__init__(name, dims, model_prompts(folder))

    def _embed(self, texts: Sequence[str]) -> Vectors:
        # prompt="" because the texts carry theirs: a model's default prompt must not come on top.
        vectors = self.model.encode(list(texts), prompt="", batch_size=len(texts), show_progress_bar=False)
        return unit_rows(vectors)

    def _embed_both(self, texts: Sequence[str], skip: int) -> tuple[Vectors, list[Vectors]]:
        outputs: Any = self.model.encode(
            list(texts), prompt="", batch_size=len(texts), output_value=None, show_progress_bar=False
        )
        vectors = np.stack([output["sentence_embedding"].numpy() for output in outputs])
        tokens = []
        for output in outputs:
            kept = output["token_embeddings"][output["attention_mask"].bool()]  # without padding
            tokens.append(unit_rows(kept[1 + skip : -1].numpy()))
        return unit_rows(vectors), tokens

    def _token_count(self, text: str) -> int:
        return len(self.model.tokenizer(text, add_special_tokens=False)["input_ids"])

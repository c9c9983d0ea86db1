"""The fast backend: an exported int8 graph on onnxruntime. Imports neither torch nor transformers."""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path

import numpy as np
import onnxruntime
from numpy.typing import NDArray
from tokenizers import Tokenizer

from embeddings.batched import BatchedEncoder, Prompts, Vectors, unit_rows
from embeddings.models import model_hash

GRAPH, TOKENIZER, CONFIG = "model.onnx", "tokenizer.json", "encoder.json"
INPUTS = ("input_ids", "attention_mask")
SENTENCE, TOKENS = "sentence_vector", "token_vectors"

EXPORTER = 1  # raise it when the export changes, so that old graphs are not used


def exported_folder(model: Path, cache_dir: Path) -> Path:
    """Where the graph exported from the model folder ``model`` is or will be."""
    return cache_dir / f"{model.name}-int8-{model_hash(model)[:12]}-{EXPORTER}"


class OnnxEncoder(BatchedEncoder):
    """A folder made by ``prepare_onnx`` behind the Encoder protocol."""

    def __init__(self, folder: Path, name: str, threads: int = 1) -> None:
        config = json.loads((folder / CONFIG).read_text(encoding="utf-8"))
        self._tokenizer = Tokenizer.from_file(str(folder / TOKENIZER))
        self._tokenizer.enable_truncation(config["max_length"])
        self._tokenizer.enable_padding(pad_id=config["pad_id"], pad_token=config["pad_token"])
        options = onnxruntime.SessionOptions()
        options.intra_op_num_threads = threads
        options.inter_op_num_threads = 1
        # Waiting threads would spin on cores that the other processes of the service need.
        options.add_session_config_entry("session.intra_op.allow_spinning", "0")
        self._session = onnxruntime.InferenceSession(
            str(folder / GRAPH), options, providers=["CPUExecutionProvider"]
        )
        super().__init__(name, config["dims"], Prompts(config["query_prompt"], config["passage_prompt"]))

    def _embed(self, texts: Sequence[str]) -> Vectors:
        (vectors,) = self._session.run([SENTENCE], self._inputs(texts))
        return unit_rows(vectors)

    def _embed_both(self, texts: Sequence[str], skip: int) -> tuple[Vectors, list[Vectors]]:
        inputs = self._inputs(texts)
        vectors, tokens = self._session.run([SENTENCE, TOKENS], inputs)
        lengths = inputs["attention_mask"].sum(axis=1)
        rows = [
            unit_rows(found[1 + skip : length - 1]) for found, length in zip(tokens, lengths, strict=True)
        ]
        return unit_rows(vectors), rows

    def _token_count(self, text: str) -> int:
        return len(self._tokenizer.encode(text, add_special_tokens=False).ids)

    def _inputs(self, texts: Sequence[str]) -> dict[str, NDArray[np.int64]]:
        encoded = self._tokenizer.encode_batch(list(texts))
        return {
            "input_ids": np.array([e.ids for e in encoded], dtype=np.int64),
            "attention_mask": np.array([e.attention_mask for e in encoded], dtype=np.int64),
        }

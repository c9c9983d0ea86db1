"""sentence-transformers folder -> int8 ONNX graph, made here and checked against its origin."""

from __future__ import annotations

import contextlib
import json
import logging
import tempfile
import warnings
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import torch
from onnxruntime.quantization import QuantType, quantize_dynamic
from sentence_transformers import SentenceTransformer

from embeddings.encoder import Encoder, encoder_name
from embeddings.errors import EncoderMismatch
from embeddings.manifest import new_folder, seal
from embeddings.models import model_hash
from embeddings.onnx_encoder import CONFIG, GRAPH, INPUTS, SENTENCE, TOKENIZER, TOKENS, OnnxEncoder
from embeddings.progress import step
from embeddings.torch_encoder import TorchEncoder

COSINE_FLOOR = 0.98  # of int8 to full precision, for the worst text
MAX_BATCH = 4096
PROBES = (
    "海曙有多少家居家养老机构",
    "2025年人才总量要达到43万人",
    "紧密型医联体是啥意思",
    "镇海高新企业有几家",
    "推进区域性居家养老服务中心建设，完善助餐、助浴、助医等服务，实现城乡社区居家养老服务全覆盖。",
    "全年实现地区生产总值1200亿元，同比增长6.5%；一般公共预算收入105.8亿元，城乡居民人均可支配收入之比缩小到1.7。",
    "How many elderly care institutions are there in Haishu?",
    "The district plans to attract 430,000 skilled workers by 2025.",
    "你好",
    "报修路灯",
)


def export(model: Path, target: Path, threads: int = 1, progress: bool = False) -> None:
    """Write the int8 graph of the model in ``model`` as the folder ``target``.

    Raises EncoderMismatch when its vectors differ from the model's by more than COSINE_FLOOR allows.
    """
    with step(f"Exporting {model.name} to ONNX int8", progress), new_folder(target) as folder:
        reference = TorchEncoder(model, encoder_name(model, "torch"), threads)
        _write_config(reference, folder)
        with _without_chatter():
            _write_graph(reference.model, folder / GRAPH)
        worst = check_agreement(reference, OnnxEncoder(folder, encoder_name(model, "onnx-int8"), threads))
        seal(folder, {"model": model.name, "hash": model_hash(model), "worst_cosine": round(worst, 4)})


def _write_graph(model: SentenceTransformer, target: Path) -> None:
    with tempfile.TemporaryDirectory(dir=target.parent) as scratch:
        full = Path(scratch) / "full.onnx"
        _trace(model, full)
        # reduce_range: processors without VNNI add int8 products in 16 bits and would overflow.
        quantize_dynamic(
            full,
            target,
            op_types_to_quantize=["MatMul", "Gemm", "Gather"],  # Gather: the vocabulary, most of the file
            per_channel=True,
            reduce_range=True,
            weight_type=QuantType.QInt8,
        )


@contextlib.contextmanager
def _without_chatter() -> Iterator[None]:
    """The exporter and the quantiser warn about their own internals; errors still come through."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        logging.disable(logging.WARNING)
        try:
            yield
        finally:
            logging.disable(logging.NOTSET)


def _trace(model: SentenceTransformer, target: Path) -> None:
    """Write the full-precision graph: token ids and mask in, sentence and token vectors out."""
    example = (torch.randint(5, 1000, (2, 16)), torch.ones(2, 16, dtype=torch.long))
    example[1][1, 10:] = 0  # a padded row, so that masking is part of what is traced
    axes = {0: torch.export.Dim("batch", min=1, max=MAX_BATCH), 1: torch.export.Dim("tokens", min=2, max=512)}
    program = torch.onnx.export(
        _Pooled(model).eval(),
        example,
        dynamo=True,
        external_data=False,
        input_names=list(INPUTS),
        output_names=[SENTENCE, TOKENS],
        dynamic_shapes=dict.fromkeys(INPUTS, axes),
        verbose=False,
    )
    if program is None:
        raise EncoderMismatch(f"{model}: torch gave no ONNX program. Use the torch backend for this model.")
    program.save(str(target))


class _Pooled(torch.nn.Module):
    """A transformer with the modules that follow it, as one graph."""

    def __init__(self, model: SentenceTransformer) -> None:
        super().__init__()
        modules: list[Any] = list(model)
        first, *rest = modules
        self.transformer = first.auto_model
        self.rest = torch.nn.ModuleList(rest)

    def forward(
        self, input_ids: torch.Tensor, attention_mask: torch.Tensor
    ) -> tuple[torch.Tensor, torch.Tensor]:
        tokens = self.transformer(input_ids=input_ids, attention_mask=attention_mask).last_hidden_state
        features = {"token_embeddings": tokens, "attention_mask": attention_mask}
        for module in self.rest:
            features = module(features)
        return features["sentence_embedding"], tokens


def _write_config(encoder: TorchEncoder, folder: Path) -> None:
    tokenizer = encoder.model.tokenizer
    tokenizer.backend_tokenizer.save(str(folder / TOKENIZER))
    config = {
        "dims": encoder.dims,
        "max_length": encoder.model.max_seq_length,
        "pad_id": tokenizer.pad_token_id,
        "pad_token": tokenizer.pad_token,
        "query_prompt": encoder.prompts.query,
        "passage_prompt": encoder.prompts.passage,
    }
    (folder / CONFIG).write_text(json.dumps(config, ensure_ascii=False, indent=2) + "\n", encoding="utf-8")


def check_agreement(reference: Encoder, candidate: Encoder, floor: float = COSINE_FLOOR) -> float:
    """The worst cosine between the two encoders over PROBES; EncoderMismatch when below ``floor``."""
    cosines = np.sum(reference.encode_passages(PROBES) * candidate.encode_passages(PROBES), axis=1)
    worst = int(np.argmin(cosines))
    if not cosines[worst] >= floor:  # written so that NaN fails too
        raise EncoderMismatch(
            f"{candidate.name} and {reference.name} differ: cosine {cosines[worst]:.4f} < {floor} "
            f"for {PROBES[worst]!r}. Use the torch backend for this model."
        )
    return float(cosines[worst])

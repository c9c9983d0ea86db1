"""The real library, read once, and a small catalogue to break."""

from __future__ import annotations

from collections.abc import Callable
from hashlib import sha256
from pathlib import Path

import pytest
import yaml

import knowledge
from knowledge.library import Library

Shelf = Callable[..., Path]


@pytest.fixture(scope="session")
def library() -> Library:
    return knowledge.load()


@pytest.fixture
def shelf(tmp_path: Path) -> Shelf:
    """Writes one file with its catalogue entry; returns the root to load."""

    def build(data: bytes | str, origin: str = "page.txt", **entry: object) -> Path:
        content = data.encode() if isinstance(data, str) else data
        folder = tmp_path / "sources"
        folder.mkdir(exist_ok=True)
        (folder / origin).write_bytes(content)
        listed = {
            "id": "page",
            "origin": origin,
            "title": "试页",
            "publisher": "试报",
            "district": "海曙",
            "published": "2021-03-01",
            "period": [2020, 2021],
            "kind": "press",
            "sha256": sha256(content).hexdigest(),
        } | entry
        text = yaml.safe_dump({"sources": [listed]}, allow_unicode=True).replace("'2021-03-01'", "2021-03-01")
        (tmp_path / "sources.yml").write_text(text, encoding="utf-8")
        return tmp_path

    return build

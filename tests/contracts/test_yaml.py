"""Every YAML file of the project can be read, holds something, and repeats no key."""

from __future__ import annotations

from collections.abc import Hashable
from pathlib import Path
from typing import Any

import pytest
import yaml

ROOT = Path(__file__).parents[2]
FOLDERS = ("knowledge", "embeddings", "actions", "bot", "tests", "docs", ".ci")
FILES = sorted(
    [
        *ROOT.glob("*.yml"),
        *(path for folder in FOLDERS for path in (ROOT / folder).rglob("*.y*ml")),
    ]
)


class Unrepeating(yaml.SafeLoader):
    """YAML lets a later key overwrite an earlier one in silence; here it is an error."""

    def construct_mapping(self, node: yaml.MappingNode, deep: bool = False) -> dict[Hashable, Any]:
        merge = "tag:yaml.org,2002:merge"
        keys = [self.construct_object(key, deep=True) for key, _ in node.value if key.tag != merge]
        repeated = [key for key in keys if keys.count(key) > 1]
        if repeated:
            raise yaml.constructor.ConstructorError(problem=f"key {repeated[0]!r} stands twice")
        return super().construct_mapping(node, deep)


def test_there_are_files_in_every_folder_that_has_rules() -> None:
    assert len(FILES) > 15
    assert {"knowledge", "actions", "bot"} <= {path.relative_to(ROOT).parts[0] for path in FILES}


@pytest.mark.parametrize("path", FILES, ids=lambda path: str(path.relative_to(ROOT)))
def test_a_file_can_be_read_and_repeats_no_key(path: Path) -> None:
    text = path.read_text("utf-8")
    data = yaml.load(text, Loader=Unrepeating)
    assert data
    assert "\t" not in text
    assert text.endswith("\n")


def test_a_repeated_key_is_noticed() -> None:
    with pytest.raises(yaml.constructor.ConstructorError, match="'a' stands twice"):
        yaml.load("a: 1\nb: 2\na: 3\n", Loader=Unrepeating)

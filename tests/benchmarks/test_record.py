"""Results files: each command replaces its own section and says what it measured."""

from __future__ import annotations

import re
from pathlib import Path

from benchmarks.record import circumstances, commit, write_section


def test_a_section_is_added_then_replaced_and_the_others_stay(tmp_path: Path) -> None:
    file = tmp_path / "RESULTS.md"
    write_section(file, "One", "make one", "abc1234", "| 1 |")
    write_section(file, "Two", "make two", "abc1234", "| 2 |")
    write_section(file, "One", "make one", "abc1234", "| \\1 again |")
    text = file.read_text("utf-8")
    assert re.findall(r"^#+ .*", text, re.M) == ["# Results", "## One", "## Two"]
    assert "| 1 |" not in text
    assert "| \\1 again |" in text
    assert "| 2 |" in text
    assert "`make two`" in text
    assert text.endswith("|\n")
    assert "\n\n\n" not in text


def test_what_was_measured_is_named() -> None:
    assert re.match(r"[0-9a-f]{7,}( with changes)?$", commit())
    assert "commit abc1234," in circumstances("abc1234")
    assert re.search(r"\d+ cores with a load of \d", circumstances("abc1234"))

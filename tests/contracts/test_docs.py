"""What the documents for people say exists: commands, files, settings; and the two READMEs agree."""

import re
from pathlib import Path

import pytest

from actions.settings import ROOT, Settings

READMES = (ROOT / "README.md", ROOT / "README.zh-CN.md")
PAGES = sorted(
    [*READMES, ROOT / "CHANGELOG.md", *(ROOT / "docs").rglob("*.md"), ROOT / "tests/evaluation/README.md"]
)
TARGETS = set(re.findall(r"^([a-z][a-z-]*):", (ROOT / "Makefile").read_text("utf-8"), re.M))
# Variables of make, of pip and uv, and of the compose file; every other NAME=value is a setting.
NOT_SETTINGS = {
    "Q",
    "QUESTIONS",
    "OUT",
    "SIZES",
    "VIA",
    "DATA",
    "DATASET",
    "DETACH",
    "NAME",
    "PY",
    "FROM",
    "FORCE",
    "KEYS",
    "TO",
    "GRAFANA_PASSWORD",
    "POSTGRES_PASSWORD",
}

_LINK = re.compile(r"\]\(([^)#\s]+)[^)]*\)")
_MAKE = re.compile(r"^(?:[A-Z_]+=\S+ )*make ([a-z][a-z-]*)")
_BLOCK = re.compile(r"^ *```[a-z]*\n(.*?)^ *```", re.S | re.M)
_INLINE = re.compile(r"`([^`\n]+)`")
_PATH = re.compile(
    r"(?:knowledge|embeddings|actions|bot|tests|benchmarks|scripts|requirements|docs|docker)/[\w./-]*"
)


def text(page: Path) -> str:
    return page.read_text("utf-8")


def commands(page: Path) -> list[str]:
    """Every command line of the page's code blocks without the comment behind it."""
    lines = [line.strip() for block in _BLOCK.findall(text(page)) for line in block.splitlines()]
    return [re.sub(r"\s+# .*", "", line) for line in lines if line and not line.startswith(("#", "{"))]


def made(page: Path) -> set[str]:
    """Every make target that the page names, in blocks and in running text."""
    named = [*commands(page), *_INLINE.findall(text(page))]
    return {match.group(1) for words in named if (match := _MAKE.match(words))}


@pytest.mark.parametrize("page", PAGES, ids=lambda page: str(page.relative_to(ROOT)))
def test_every_make_target_that_is_named_exists(page: Path) -> None:
    assert made(page) <= TARGETS


def test_the_readmes_name_targets_at_all() -> None:
    for page in READMES:
        assert {"up", "test", "ask", "evaluate"} <= made(page)


@pytest.mark.parametrize("page", PAGES, ids=lambda page: str(page.relative_to(ROOT)))
def test_every_link_leads_somewhere(page: Path) -> None:
    links = [link for link in _LINK.findall(text(page)) if not re.match(r"[a-z]+:", link)]
    missing = [link for link in links if not (page.parent / link).exists()]
    assert missing == []


@pytest.mark.parametrize("page", PAGES, ids=lambda page: str(page.relative_to(ROOT)))
def test_every_path_in_code_type_exists(page: Path) -> None:
    words = [words.rstrip("/") for words in _INLINE.findall(text(page)) if _PATH.fullmatch(words)]
    paths = [path for path in words if not re.search(r"/[A-Z]+(\.\w+)?$", path)]  # FILE, NAME: put your own
    missing = [path for path in paths if not (ROOT / path).exists()]
    assert missing == []


@pytest.mark.parametrize("page", PAGES, ids=lambda page: str(page.relative_to(ROOT)))
def test_every_setting_that_is_set_exists(page: Path) -> None:
    known = {name.upper() for name in Settings.model_fields} | NOT_SETTINGS
    places = [*commands(page), *_INLINE.findall(text(page))]
    named = {name for words in places for name in re.findall(r"(?<![\w$])([A-Z][A-Z_]*)=", words)}
    assert named <= known


def test_both_readmes_give_the_same_commands() -> None:
    english, chinese = (commands(page) for page in READMES)
    assert english == chinese


def test_both_readmes_link_to_the_same_pages() -> None:
    english, chinese = ({*_LINK.findall(text(page))} - {page.name for page in READMES} for page in READMES)
    assert english == chinese


def test_every_decision_has_its_parts_and_its_number() -> None:
    pages = sorted((ROOT / "docs/adr").glob("*.md"))
    numbers = [int(page.name[:4]) for page in pages]
    assert numbers == sorted(set(numbers)), "two decisions have one number"
    for page in pages:
        headings = re.findall(r"^## (.+)$", text(page), re.M)
        assert headings[:4] == ["Context", "Decision", "Rationale", "Consequences"], page.name
        assert text(page).startswith(f"# {int(page.name[:4])}. "), page.name


def test_the_licence_is_whole() -> None:
    licence = text(ROOT / "LICENSE")
    assert "Apache License" in licence
    assert "END OF TERMS AND CONDITIONS" in licence

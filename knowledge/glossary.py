"""The 名词解释 appendix: bold name with page, colon, definition."""

from __future__ import annotations

import re

from knowledge.outline import Mark, Path, TermElement
from knowledge.traced import Traced

TITLE = "名词解释"

_ENTRY = re.compile(r"\*\*(?P<name>.+?) ?[（(](?P<page>P\d+)[）)](?:\*\*：|：\*\*)(?P<definition>.+)")
_BOLD = re.compile(r"\*\*")
_PAGE = re.compile(r" ?[（(]P\d+[）)]")
_QUOTED = re.compile(r"“([^”]+)”")
_TYPE = re.compile(r"^[\u4e00-\u9fff]{2}型(?=[\u4e00-\u9fff]{2})")
_LATIN = re.compile(r"[A-Za-z]{3,}")
# What kind of thing the term is; people leave it out.
_SUFFIXES = ("预警预判监测系统", "政策体系", "综合枢纽", "体系", "行动", "产业", "企业", "项目", "教育")
_MIN_CHARS = 2
_PART_CHARS = 4  # what is left beside a quotation must be this long to mean the term alone


def read_term(path: Path, line: Traced) -> tuple[TermElement | Mark, ...]:
    """The glossary entry in ``line`` and its page mark; empty when ``line`` is no entry."""
    match = _ENTRY.fullmatch(line.text)
    if match is None:
        return ()
    text = line.without(_BOLD)
    page = _PAGE.search(text.text)
    assert page is not None  # _ENTRY demands it
    kept = text.cut(0, page.start()) + text.cut(page.end())
    mark = Mark("heading", text.cut(page.start(), page.end()))
    return TermElement(path, match["name"], match["page"], match["definition"], kept), mark


def aliases(name: str) -> tuple[str, ...]:
    """Other ways to write ``name``, longest first: without quotes, kind word, qualifier or blanks.

    >>> aliases("企业“两链”")
    ('企业两链', '两链')
    """
    plain = re.sub(r"[“”\s]", "", name)
    found = {plain, *_QUOTED.findall(name), *_LATIN.findall(name), _TYPE.sub("", plain)}
    found |= {_without_kind(form) for form in tuple(found)}
    before, _, rest = name.partition("“")
    quoted, _, behind = rest.partition("”")
    parts = [before, behind] if re.search("[0-9A-Z+]", quoted) else [before]
    found |= {part.strip() for part in parts if len(part.strip()) >= _PART_CHARS}
    kept = {form for form in found if len(form) >= _MIN_CHARS and form != name}
    return tuple(sorted(kept, key=lambda form: (-len(form), form)))


def _without_kind(form: str) -> str:
    for suffix in _SUFFIXES:
        if form.endswith(suffix) and len(form) - len(suffix) >= _MIN_CHARS:
            return form.removesuffix(suffix)
    return form

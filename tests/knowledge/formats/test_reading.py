"""Good files of every kind: the same report comes out the same."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

import knowledge
from knowledge.claims import Claim, claims, conflicts
from knowledge.formats.limited import preview_limited, read_limited
from knowledge.formats.lines import Lines, joined
from knowledge.formats.refusal import FileRefused, limits, wordings
from knowledge.formats.sniff import format_of
from knowledge.formats.suggest import suggestion
from knowledge.statements import statements
from tests.actions.answering.making import statement
from tests.faults.documents.office import (
    cells,
    docx_parts,
    packed,
    paragraph,
    pdf_pages,
    xlsx_parts,
)

STYLES = (
    '<?xml version="1.0"?><w:styles xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main">'
    '<w:style w:styleId="a3"><w:name w:val="heading 1"/></w:style></w:styles>'
)
TABLE = (
    "<w:tbl>"
    + "".join(
        "<w:tr>" + "".join(f"<w:tc>{paragraph(cell)}</w:tc>" for cell in row) + "</w:tr>"
        for row in (("指标", "2023年", "2024年"), ("老年助餐点（个）", "151", "187"))
    )
    + "</w:tbl>"
)
ROW = "老年助餐点（个）：2023年 151；2024年 187。"


def read(tmp_path: Path, name: str, data: bytes) -> dict:
    path = tmp_path / "file"
    path.write_bytes(data)
    return read_limited(name, path)


def test_word_keeps_headings_paragraphs_and_tables(tmp_path: Path) -> None:
    body = paragraph("2024年为老服务通报") + paragraph("助餐服务", "a3") + paragraph("新建36个。") + TABLE
    found = read(tmp_path, "通报.docx", packed({**docx_parts(body), "word/styles.xml": STYLES}))
    assert found["text"] == f"2024年为老服务通报\n\n# 助餐服务\n\n新建36个。\n\n{ROW}\n"
    assert found["flags"] == []


def test_excel_reads_each_row_out(tmp_path: Path) -> None:
    rows = (
        cells("2024年为老服务") + cells("指标", "2023年", "2024年") + cells("老年助餐点（个）", "151", "187")
    )
    found = read(tmp_path, "表.xlsx", packed(xlsx_parts(rows)))
    assert found["text"] == f"# 2024年为老服务\n\n{ROW}\n"


def test_a_page_is_read_as_a_reader_sees_it(tmp_path: Path) -> None:
    page = (
        "<html><head><title>x</title></head><body><nav>首页</nav><h1>2024年通报</h1><div>甲<b>乙</b>丙<p>新建36个。</p></div>"
        "<table><tr><th>指标</th><th>2023年</th><th>2024年</th></tr><tr><td>老年助餐点（个）</td><td>151</td><td>187</td></tr></table>"
        "<script>alert(1)</script></body></html>"
    )
    found = read(tmp_path, "a.html", page.encode())
    assert found["text"] == f"# 2024年通报\n\n甲乙丙\n\n新建36个。\n\n{ROW}\n"


def test_a_pdf_with_a_text_layer(tmp_path: Path) -> None:
    assert "Haishu 2024: 187" in read(tmp_path, "a.pdf", pdf_pages())["text"]


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "gb18030"])
def test_text_in_the_usual_encodings(tmp_path: Path, encoding: str) -> None:
    found = read(tmp_path, "a.txt", "一、助餐\n\n新建老年助餐点的数量为36个。".encode(encoding))
    assert found["text"] == "# 一、助餐\n\n新建老年助餐点的数量为36个。\n"


def test_what_was_read_becomes_passages_of_the_document_it_is_said_to_be() -> None:
    entry = {
        "id": "u", "origin": "u.txt", "title": "通报", "publisher": "局", "district": "海曙",
        "published": "2025-02-20", "period": [2024, 2024], "kind": "notice", "published_precision": "day",
    }  # fmt: skip
    told = preview_limited(entry, "2024年通报\n\n# 助餐服务\n\n## 新建\n\n2024年全区新建老年助餐点36个。\n")
    assert told["passages"][-1]["heading"] == ["助餐服务", "新建"]
    assert told["claims"][0]["year"] == 2024


def test_lines_of_a_fixed_width_are_put_together() -> None:
    lines = ["全区累计建成老年助餐点一百八十七个，服务老", "人五十二万人次。", "", "二、医疗"]
    assert joined(lines) == ["全区累计建成老年助餐点一百八十七个，服务老人五十二万人次。", "二、医疗"]


def test_layouts_of_the_plan_are_not_taken_for_its_tables() -> None:
    lines = Lines()
    lines.paragraph("表1：主要指标")
    lines.paragraph("专栏2：项目")
    assert lines.text() == "表1 主要指标\n\n专栏2 项目\n"


def test_a_document_says_what_it_is() -> None:
    text = (
        "2024年海曙区为老服务情况通报\n海曙区民政局\n2024年建成187个。2024年服务52万人次。\n2025年2月20日\n"
    )
    found = suggestion(text)
    assert (found.title, found.publisher) == ("2024年海曙区为老服务情况通报", "海曙区民政局")
    assert (found.district, found.published, found.period) == ("海曙", "2025-02-20", (2024, 2024))


def test_the_same_indicator_and_year_with_another_value_is_a_conflict() -> None:
    known = claims([statement("2020年累计建成居家养老服务机构273个。")])
    (found,) = conflicts(claimed("2020年建成居家养老服务机构280个。"), known)
    assert (found.new.value, found.known.value) == ("280", "273")
    assert not conflicts(claimed("2024年建成居家养老服务机构280个。"), known)
    assert not conflicts(claimed("2020年新建居家养老服务机构12个。"), known)


def claimed(text: str) -> list[Claim]:
    return [replace(claim, source="new") for claim in claims([statement(text)])]


def test_the_published_documents_have_claims_and_hardly_contradict_themselves() -> None:
    found = claims(statements(knowledge.load().passages))
    assert len(found) > 250
    assert any(c.indicator == "居家养老服务机构" and c.value == "273" and c.year == 2020 for c in found)
    assert len(conflicts(found, found)) < 0.05 * len(found)


def test_every_reason_has_its_wording_and_can_be_told() -> None:
    for reason in wordings():
        assert str(FileRefused(reason, "甲", 1))
    assert {"bytes", "package", "process"} <= set(limits())


def test_name_and_contents_have_to_agree() -> None:
    assert format_of("a.HTM", b"<p>x</p>") == "html"
    with pytest.raises(FileRefused, match="不是 pdf"):
        format_of("a.pdf", b"PK\x03\x04")

"""The pages a browser opens: weight, no foreign or inline code, and documents with the cited place marked."""

import re
from pathlib import Path

import pytest

from bot.gateway.document import cut
from bot.gateway.pages import WEB


def test_the_whole_page_is_light_and_comes_from_here_alone(gateway):
    page = gateway.get("/")
    parts = [*re.findall(r'(?:src|href)="(/static/[^"]+)"', page.text), "/static/api.js", "/static/view.js"]
    assert len(parts) >= 5
    responses = [gateway.get(path) for path in parts]
    assert all(response.status_code == 200 for response in responses)
    assert len(page.content) + sum(len(response.content) for response in responses) < 60_000
    assert "tel:81890" in page.text


@pytest.mark.parametrize("path", sorted(WEB.rglob("*.*")), ids=lambda path: path.name)
def test_no_inline_code_and_no_foreign_address(path: Path):
    text = path.read_text("utf-8")
    assert not re.search(r"<script(?![^>]*\ssrc=)|<style|\sstyle=|\son[a-z]+=\"", text)
    assert not re.search(
        r"(?:https?:)?//(?!www\.w3\.org/2000/svg)[a-z]", re.sub(r"^\s*//.*$", "", text, flags=re.M)
    )
    assert not re.search(r"innerHTML|outerHTML|insertAdjacentHTML|document\.write|eval\(", text)
    assert "|safe" not in text


def test_scripts_import_only_what_exists():
    for script in (WEB / "static").glob("*.js"):
        for name in re.findall(r'from "\./([^"]+)"', script.read_text("utf-8")):
            assert (WEB / "static" / name).is_file()


def test_a_document_opens_with_the_cited_place_marked_and_nothing_in_it_is_code(gateway):
    text = "甲\n\n累计建成居家养老服务机构273个。\n<script>alert(1)</script>\n尾"
    start = text.index("建成")
    page = gateway.get("/sources/press-1", params={"start": start, "end": text.index("alert")}).text
    assert '<p>累计<mark id="span" tabindex="-1">建成居家养老服务机构273个。</mark></p>' in page
    assert "<mark>&lt;script&gt;</mark>alert(1)&lt;/script&gt;" in page
    assert "标题&lt;b&gt;粗&lt;/b&gt;" in page
    assert "<b>" not in page
    assert page.count('id="span"') == 1


@pytest.mark.parametrize(
    "query", ["", "start=5&end=2", "start=a&end=b", "start=0&end=99999999999", "start=-3&end=²"]
)
def test_an_impossible_place_marks_nothing(gateway, query):
    response = gateway.get(f"/sources/press-1?{query}")
    assert response.status_code == 200
    assert "<mark" not in response.text
    assert "#span" not in response.text


def test_the_list_of_documents(gateway):
    page = gateway.get("/sources").text
    assert 'href="/sources/press-1"' in page
    assert "标题&lt;b&gt;粗&lt;/b&gt;" in page


@pytest.mark.parametrize("name", ["none", "%2e%2e%2fanswer", "<script>", "a" * 500])
def test_an_unknown_document_is_a_page_not_an_error(gateway, name):
    response = gateway.get(f"/sources/{name}")
    assert response.status_code == 404
    assert "<script>" not in response.text


def test_documents_with_the_service_down(make_gateway):
    client = make_gateway(service_url="http://127.0.0.1:9")
    for path in ("/sources", "/sources/press-1"):
        response = client.get(path)
        assert response.status_code == 503
        assert "81890" in response.text


def test_reading_is_limited_too(make_gateway, service):
    client = make_gateway(service_url=service, rate_reads_per_minute=1)
    codes = [client.get("/sources/press-1").status_code for _ in range(22)]
    assert codes == [200] * 20 + [429] * 2


def test_cut_keeps_every_character_of_every_line():
    text = "  一\n\n二三\r\n四\u2028五"
    for start in range(len(text)):
        for end in range(start + 1, len(text) + 1):
            lines = list(cut(text, start, end))
            assert ["".join((x.before, x.marked, x.after)) for x in lines] == ["  一", "二三", "四", "五"]
            marked = "".join(x.marked for x in lines)
            assert "".join(marked.split()) == "".join(text[start:end].split())
            assert sum(x.first for x in lines) == bool(marked.strip())

"""A new report: handed in, looked at, approved by a second editor; the chat answers from it, and after going back no longer."""

from __future__ import annotations

import datetime as dt
import time
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path

import httpx2
import pytest
from playwright.sync_api import Browser, Page, expect

from actions.bootstrap import build_encoder
from actions.bootstrap.generations import build_current, build_publisher
from actions.bootstrap.knowledge import build_entries, build_gaps, build_knowledge, build_switches
from actions.serving.parts import LiveDocuments, Parts
from actions.settings import load_settings
from tests.actions.governance.making import REPORT
from tests.browser.desk.looks import looked_at
from tests.desk_parts import Desk, desk
from tests.real import take_over

pytestmark = pytest.mark.slow
QUESTION = "2024年海曙有多少个老年助餐点"


@pytest.fixture(scope="module")
def desk_running(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Desk]:
    """A desk with the published documents, the real encoder, and everything that publishes."""
    folder = tmp_path_factory.mktemp("desk")
    take_over(load_settings().index_path(), folder / "index")
    places = {"index_dir": folder / "index", "model_dir": load_settings().models_path(), "var_dir": folder}
    settings = load_settings().model_copy(update=places)
    encoder = build_encoder(settings)
    current = build_current(settings, encoder)
    publisher = build_publisher(settings, current)

    def change(parts: Parts) -> Parts:
        assert parts.office
        assert parts.accounts
        store, acts = parts.office.store, parts.accounts.acts
        return replace(
            parts,
            answerer=current,
            documents=LiveDocuments(current),
            current=current,
            publisher=publisher,
            knowledge=build_knowledge(settings, store, acts, current, publisher),
            switches=build_switches(store, acts),
            entries=build_entries(store, acts, current, encoder),
            gaps=build_gaps(store, encoder),
        )

    with desk(folder, change=change, answer_timeout=6.0) as started:
        yield started


def ask(running: Desk, question: str = QUESTION) -> dict:
    with httpx2.Client(base_url=running.url, timeout=30) as resident:
        return resident.post("/api/chat", json={"message": question}).json()["replies"][0]


def until(running: Desk, question: str, right: Callable[[dict], bool]) -> None:
    """Within five seconds."""
    start = time.monotonic()
    while not right(ask(running, question)):
        assert time.monotonic() - start < 5.0
        time.sleep(0.2)


def test_from_the_file_to_the_answer_and_back(
    desk_page: Callable[..., Page], desk_running: Desk, shots: Path, tmp_path: Path
) -> None:
    assert "187" not in ask(desk_running)["text"]
    report = tmp_path / "2024年为老服务通报.txt"
    report.write_text(REPORT, "utf-8")
    editor = desk_page("editor")
    editor.goto("/desk/knowledge")
    looked_at(editor, "knowledge", shots)
    editor.set_input_files("#file", report)
    editor.click("text=上传并读取")
    editor.wait_for_selector("#title", timeout=60_000)
    assert editor.input_value("#title") == "2024年海曙区为老服务情况通报"
    editor.fill("#publisher", "海曙区民政局")
    editor.fill("#published", "2025-02-20")
    editor.fill("#question", QUESTION)
    editor.fill("#holds", "187")
    editor.click("text=存下说明")
    editor.wait_for_selector(".passages", timeout=60_000)
    expect(editor.locator(".passages")).to_contain_text("累计建成老年助餐点187个")
    expect(editor.locator("main")).to_contain_text("要请另一位知识编辑审核")
    looked_at(editor, "knowledge-document", shots)

    second = desk_page("admin")
    second.goto(editor.url)
    second.click("text=批准并发布")
    second.wait_for_selector("[data-publication]")
    looked_at(second, "knowledge-publishing", shots)
    second.wait_for_selector("text=个核对问题都答对了", timeout=240_000)
    looked_at(second, "knowledge-published", shots)
    reply = ask(desk_running)
    assert "187" in reply["text"]
    assert "2024年海曙区为老服务情况通报" in reply["text"]
    cited = reply["answer"]["citations"][0]
    assert cited["source_id"].startswith("upload-")
    place = httpx2.get(
        f"{desk_running.url}/sources/{cited['source_id']}?start={cited['start']}&end={cited['end']}",
        timeout=20,
    )
    assert "<mark" in place.text

    start = time.perf_counter()
    second.click("text=退回前一代")
    second.wait_for_selector("td:has-text('切换到')")
    assert time.perf_counter() - start <= 5.0
    assert "187" not in ask(desk_running)["text"]
    expect(second.locator("main")).to_contain_text("已撤下")


def test_a_curated_answer_is_drafted_reviewed_told_and_switched_off(
    desk_page: Callable[..., Page], desk_running: Desk, shots: Path
) -> None:
    editor, second = desk_page("editor"), desk_page("admin")
    editor.goto("/desk/gaps")
    looked_at(editor, "gaps", shots)
    editor.goto("/desk/entries?question=养老机构总共多少家")
    editor.fill("#text", "海曙有居家养老服务机构273个。")
    today = dt.date.today()
    editor.fill("#effective", today.isoformat())
    editor.fill("#expires", (today + dt.timedelta(days=30)).isoformat())
    editor.select_option("#source", "press-haishu-2021")
    editor.fill("#quote", "居家养老服务机构273个")
    editor.click("text=存为草稿")
    expect(editor.locator("main")).to_contain_text("等另一位审核")
    second.goto("/desk/entries")
    second.click("button:has-text('批准')")
    expect(second.locator("main")).to_contain_text("在用")
    looked_at(second, "entries", shots)
    told = "海曙有居家养老服务机构273个。"
    until(desk_running, "养老机构总共多少家", lambda reply: reply["text"].startswith(told))
    second.click("button:has-text('停用')")
    until(desk_running, "养老机构总共多少家", lambda reply: not reply["text"].startswith(told))
    second.goto("/desk/switches")
    looked_at(second, "switches", shots)


def test_a_file_that_is_not_taken_says_why(
    desk_page: Callable[..., Page], tmp_path: Path, shots: Path
) -> None:
    wrong = tmp_path / "通报.pdf"
    wrong.write_bytes(b"PK\x03\x04")
    editor = desk_page("editor")
    editor.goto("/desk/knowledge")
    editor.set_input_files("#file", wrong)
    editor.click("text=上传并读取")
    expect(editor.locator("[role=alert]")).to_contain_text("文件内容不是 pdf", timeout=60_000)


def test_operators_do_not_change_knowledge(browser: Browser, desk_page: Callable[..., Page]) -> None:
    page = desk_page("operator")
    assert page.locator("nav a", has_text="知识").count() == 0
    response = page.goto("/desk/knowledge")
    assert response is not None
    assert response.status == 403

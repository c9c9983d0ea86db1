"""The pages of administrators and supervisors: they work by their forms and look right."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from playwright.sync_api import Page, expect

from actions.tickets.records import Actor, Report
from tests.browser.desk.looks import looked_at
from tests.desk_parts import Desk


def test_an_account_from_its_beginning_to_its_end(
    desk_page: Callable[..., Page], desk_running: Desk, shots: Path
) -> None:
    page = desk_page("admin")
    page.goto("/desk/accounts")
    page.fill("#login", "xiaolin")
    page.fill("#name", "小林")
    page.check("section:last-of-type input[value=editor]")
    page.click("text=建账号")
    password = page.locator(".done code").inner_text()
    expect(page.locator("tbody")).to_contain_text("小林")
    looked_at(page, "accounts", shots)
    with desk_running.browser() as client:
        assert (
            client.post("/desk/sign-in", data={"login": "xiaolin", "password": password}).status_code == 303
        )
        page.click("[aria-label='停用 xiaolin']")
        expect(page.locator(".done")).to_contain_text("已停用")
        assert client.get("/desk/me").status_code == 303
    page.goto("/desk/acts")
    expect(page.locator("tbody tr").first).to_contain_text("停用账号")
    looked_at(page, "acts", shots)
    page.set_viewport_size({"width": 390, "height": 844})
    when, label = page.locator("td.when").first, page.locator("label.inline").first
    for one in (when, label):  # on one line, not a letter below the other
        assert (
            one.evaluate("element => element.clientHeight / parseFloat(getComputedStyle(element).fontSize)")
            < 4
        )


def test_the_figures_and_the_weekly_report(
    desk_page: Callable[..., Page], desk_running: Desk, shots: Path
) -> None:
    office = desk_running.care.office
    for i in range(6):
        receipt = office.reception.file(Report(problem=f"路灯坏了{i}", session="web-1"), f"k{i}")
        if i % 2:
            version = office.register.get(receipt.number).version
            started = office.casework.start(receipt.number, version, Actor("王桥", "operator"))
            office.casework.close(receipt.number, started.version, Actor("王桥", "operator"), "已换灯")
    page = desk_page("supervisor")
    page.goto("/desk/figures?days=30")
    expect(page.locator(".tiles")).to_contain_text("按时办结率")
    expect(page.locator("table").last).to_contain_text("区综合行政执法局")
    looked_at(page, "figures", shots)
    page.set_viewport_size({"width": 390, "height": 844})
    letters = page.locator(".chart text").first
    assert (
        letters.evaluate("text => text.getScreenCTM().a * 12") > 9
    )  # px: shrunk with the drawing they were 5
    page.goto("/desk/figures/week?week=2026-W47")
    expect(page.locator("h1")).to_contain_text("2026-11-16 至 2026-11-22")
    looked_at(page, "week", shots)
    page.emulate_media(media="print")
    page.screenshot(path=shots / "desk-week-print.png", full_page=True)
    assert not page.locator("header.bar").is_visible()

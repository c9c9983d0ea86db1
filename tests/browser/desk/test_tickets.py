"""The ticket desk in a browser, by keyboard alone where it says so."""

from __future__ import annotations

import csv
import io
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import Any

from playwright.sync_api import Page, expect
from sqlalchemy import update

from actions.tickets.moment import now
from actions.tickets.records import Actor, Report
from actions.tickets.tables import tickets
from tests.browser.desk.looks import looked_at
from tests.desk_parts import DEPARTMENT, Desk

OTHER = Actor("赵敏#99", "operator")
KEYS = iter(range(1000))


def file(running: Desk, problem: str = "路灯坏了", **more: Any) -> str:
    report = Report(problem=problem, session=f"web-{next(KEYS)}", **more)
    return running.care.office.reception.file(report, f"k{next(KEYS)}").number


def type_(page: Page, *keys: str) -> None:
    for key in keys:
        page.keyboard.press(key)


def choose(page: Page, option: str) -> None:
    """In the select that has the focus, as fingers do it: by the beginning of the option's name."""
    page.locator(":focus").select_option(option)


def submit(page: Page, done: str) -> None:
    """From the field that has the focus to the button, and press it."""
    for _ in range(6):
        page.keyboard.press("Tab")
        if page.evaluate("document.activeElement.matches('button.primary')"):
            break
    page.keyboard.press("Enter")
    expect(page.locator(".done")).to_contain_text(done)
    page.wait_for_load_state("load")  # keys do nothing before the script is there


def test_triage_close_survey_and_a_second_life_by_keyboard(
    desk_page: Callable[..., Page], desk_running: Desk, shots: Path
) -> None:
    number = file(desk_running, "说不清是什么东西在响", place="鼓楼街道永寿街3号")
    page = desk_page("operator")
    page.goto("/desk/tickets?department=-")
    type_(page, "j")
    assert page.evaluate("document.activeElement.textContent") == number
    type_(page, "Enter")
    page.wait_for_url(f"**/desk/tickets/{number}", wait_until="load")
    looked_at(page, "ticket-new", shots)
    type_(page, "a")
    assert page.evaluate("document.activeElement.name") == "department"
    choose(page, "区综合行政执法局")
    submit(page, "派单：已经办好，现在是「已派单」")
    type_(page, "c")
    page.keyboard.type("已经上门处理，噪声没有了。")
    looked_at(page, "ticket-closing", shots)
    submit(page, "现在是「已办结」")
    type_(page, "f")
    choose(page, "不满意")
    submit(page, "现在是「重新办理」")
    type_(page, "c")
    page.keyboard.type("又去了一次，这回好了。")
    submit(page, "现在是「已办结」")
    type_(page, "f")
    choose(page, "满意")
    submit(page, "现在是「已回访」")
    assert page.locator("details.step[data-key=r]").count() == 0  # opening it again is the supervisor's
    chief = desk_page("supervisor")
    chief.goto(f"/desk/tickets/{number}")
    type_(chief, "r")
    chief.keyboard.type("抽查：居民说晚上还响")
    submit(chief, "现在是「重新办理」")
    looked_at(chief, "ticket-reopened", shots)
    type_(chief, "u")
    chief.wait_for_url("**/desk/tickets")
    moves = [
        e.move
        for e in desk_running.care.office.register.events(desk_running.care.office.register.get(number))
    ]
    assert moves == ["file", "assign", "close", "dispute", "close", "settle", "reopen"]
    assert desk_running.care.office.audit.verify().findings == ()


def test_an_extension_is_asked_for_and_granted(desk_page: Callable[..., Page], desk_running: Desk) -> None:
    number = file(desk_running)
    page = desk_page("operator")
    page.goto(f"/desk/tickets/{number}")
    type_(page, "e")
    page.keyboard.type("3")
    type_(page, "Tab")
    page.keyboard.type("配件没到")
    submit(page, "申请延期：已经办好")
    expect(page.locator(".facts")).to_contain_text("等值班长决定")
    assert page.locator("text=同意延期").count() == 0
    chief = desk_page("supervisor")
    chief.goto(f"/desk/tickets/{number}")
    type_(chief, "e")
    type_(chief, "Enter")
    expect(chief.locator(".done")).to_contain_text("同意延期：已经办好")
    assert desk_running.care.office.register.get(number).extension_days == 3


def test_who_was_second_reads_both_and_goes_on(
    desk_page: Callable[..., Page], desk_running: Desk, shots: Path
) -> None:
    number = file(desk_running)
    page = desk_page("operator")
    page.goto(f"/desk/tickets/{number}")
    desk_running.care.office.casework.note(number, 2, OTHER, "电工明天去")
    type_(page, "c")
    page.keyboard.type("灯已经换好。")
    for _ in range(2):
        type_(page, "Tab")
        if page.evaluate("document.activeElement.matches('button.primary')"):
            break
    type_(page, "Enter")
    told = page.locator(".problem")
    expect(told).to_contain_text("赵敏改过这张工单")
    page.wait_for_load_state("load")
    expect(told).to_contain_text("电工明天去")
    expect(told).to_contain_text("您看的是第 2 版，现在是第 3 版")
    assert page.locator("#close-words").input_value() == "灯已经换好。"
    looked_at(page, "ticket-conflict", shots)
    page.locator("#close-words").focus()
    submit(page, "现在是「已办结」")
    assert desk_running.care.office.register.get(number).reply == "灯已经换好。"


def test_a_number_is_shown_once_and_the_look_is_in_the_history(
    desk_page: Callable[..., Page], desk_running: Desk
) -> None:
    number = file(desk_running, contact="13800001234", consent=True)
    page = desk_page("operator")
    page.goto(f"/desk/tickets/{number}")
    page.click("text=联系电话（已加密")
    page.fill("#reveal-reason", "回电核实")
    page.press("#reveal-reason", "Enter")
    expect(page.locator("#contact")).to_have_text("13800001234")
    page.wait_for_load_state("load")
    expect(page.locator(".history li").first).to_contain_text("查看联系电话")
    expect(page.locator(".history li").first).to_contain_text("回电核实")
    type_(page, "c")  # the look made a version of its own; it is no conflict with oneself
    page.keyboard.type("已回电")
    submit(page, "现在是「已办结」")
    assert "13800001234" not in page.content()


def test_queue_bulk_and_file(desk_page: Callable[..., Page], desk_running: Desk, shots: Path) -> None:
    numbers = [file(desk_running, f"怪事{i}", place="古林镇薛家村") for i in range(3)]
    late = desk_running.care.office.casework.note(numbers[1], 1, OTHER, "先看看")
    page = desk_page("supervisor")
    page.goto("/desk/tickets?q=怪事")
    desk_running.care.office.casework.refuse(numbers[2], 1, OTHER, "不归本区")
    for _ in numbers:
        type_(page, "j", "x")
    assert page.locator("input[name=row]:checked").count() == 3
    page.select_option("select[name=step]", "assign")
    page.select_option("#bulk-department", "区民政局")
    page.click("text=办理勾选的")
    told = page.locator("section[role=status]")
    expect(told).to_contain_text("3 张里办好 2 张，1 张没有办")
    expect(told).to_contain_text("已由 赵敏 在")
    looked_at(page, "tickets-bulk", shots)
    assert desk_running.care.office.register.get(numbers[1]).version == late.version + 1
    page.goto("/desk/tickets?q=怪事")
    page.click("text=导出表格")
    with page.expect_download() as started:
        page.click("button:text-is('导出')")
    text = started.value.path().read_bytes().decode("utf-8-sig")
    assert {row["单号"] for row in csv.DictReader(io.StringIO(text))} == set(numbers)
    page.goto("/desk/tickets")
    type_(page, "?")
    expect(page.locator("#shortcuts")).to_be_visible()
    looked_at(page, "tickets-keys", shots)
    page.keyboard.press("Escape")
    looked_at(page, "tickets", shots)
    type_(page, "/")
    assert page.evaluate("document.activeElement.id") == "search"
    page.goto("/desk/tickets/places")
    expect(page.locator("main")).to_contain_text("古林")
    looked_at(page, "places", shots)


def test_every_countdown_can_be_told_by_its_words_in_the_dark_too(
    desk_page: Callable[..., Page], desk_running: Desk, shots: Path
) -> None:
    numbers = [file(desk_running, f"暗处{i}") for i in range(3)]
    desk_running.care.office.casework.ask_back(numbers[2], 1, OTHER, "哪一栋？")
    for number, days in ((numbers[0], -30), (numbers[1], 0)):
        due = now() + timedelta(days=days, minutes=30)
        with desk_running.care.office.store.writing() as connection:  # nobody can wait for that
            connection.execute(update(tickets).where(tickets.c.number == number).values(due=due))
    page = desk_page("operator", color_scheme="dark")
    page.goto("/desk/tickets?q=暗处&state=all")
    for level, words in (("overdue", "超期"), ("soon", "即将超期"), ("paused", "停表")):
        expect(page.locator(f".clock-{level}")).to_contain_text(words)
    looked_at(page, "tickets-dark", shots)
    page.goto(f"/desk/tickets/{numbers[0]}")
    looked_at(page, "ticket-dark", shots)


def test_a_department_handles_its_own_by_keyboard_and_sees_nothing_else(
    desk_page: Callable[..., Page], desk_running: Desk, shots: Path
) -> None:
    own, foreign = file(desk_running, "助餐点没开门", contact="13800001234", consent=True), file(desk_running)
    work = desk_running.care.office.casework
    work.assign(own, desk_running.care.office.register.get(own).version, OTHER, DEPARTMENT, "", "")
    page = desk_page("department")
    assert page.locator("nav a").all_inner_texts() == ["查资料", "工单"]
    page.goto("/desk/tickets?q=助餐点没开门")
    expect(page.locator("#rows")).to_contain_text("助餐点没开门")
    assert foreign not in page.content()
    looked_at(page, "department", shots)
    type_(page, "j", "Enter")
    page.wait_for_url(f"**/desk/tickets/{own}", wait_until="load")
    assert page.locator("#reveal-reason").count() == 0
    looked_at(page, "department-ticket", shots)
    type_(page, "s", "Enter")  # nothing to fill in: the button has the focus
    expect(page.locator(".done")).to_contain_text("现在是「办理中」")
    page.wait_for_load_state("load")
    type_(page, "k")
    page.keyboard.type("归教育局")
    for _ in range(3):
        type_(page, "Tab")
        if page.evaluate("document.activeElement.matches('button.primary')"):
            break
    type_(page, "Enter")
    expect(page.locator(".done")).to_contain_text("不再归本部门")
    for number in (own, foreign, "HS-261122-00000"):
        assert page.goto(f"/desk/tickets/{number}").status == 404  # type: ignore[union-attr]
    assert page.goto("/desk/chats").status == 403  # type: ignore[union-attr]

"""What residents do, by keyboard alone, against the real processes: Rasa, service, gateway, Valkey and the ledger."""

from __future__ import annotations

import os
import re
import signal
import subprocess
import sys
import time
from collections.abc import Callable

import httpx2
import pytest

from actions.settings import ROOT
from tests.browser.payloads import PAYLOADS
from tests.browser.visit import DESKTOP, PHONE, Visit
from tests.stack import Stack

pytestmark = pytest.mark.e2e
NUMBER = re.compile(r"HS-\d{6}-\d{5}")
# The greeting is one of them.
TURNS = ".turn.bot:not(.thinking)"


def says(one: Visit, text: str) -> str:
    """From the field, where the focus is, to the reply."""
    known = one.page.locator(TURNS).count()
    one.page.keyboard.type(text)
    one.page.keyboard.press("Enter")
    one.replied(known + 1, seconds=40)
    return one.page.locator(TURNS).nth(known).inner_text()


def to_field(one: Visit) -> None:
    """The first Tab of a page reaches the link that skips to the field."""
    one.page.keyboard.press("Tab")
    assert one.focused() == "跳到输入框"
    one.page.keyboard.press("Enter")
    assert one.page.evaluate("document.activeElement.id") == "message"


def operator(stack: Stack, *arguments: str) -> None:
    """The operators' command line, as documented in docs/runbooks/tickets.md."""
    command = [sys.executable, "-m", "bot.cli", "tickets", *arguments]
    done = subprocess.run(command, cwd=ROOT, env=stack.environ, capture_output=True, text=True, timeout=120)
    assert done.returncode == 0, done.stderr


def test_ask_and_see_the_sentence_in_its_document(stack: Stack, visit: Callable[..., Visit]) -> None:
    one = visit(stack.address, viewport=PHONE)
    to_field(one)
    assert "273" in says(one, "海曙有多少家居家养老机构")
    one.picture("journey-answer")
    one.tab_to("查看原文", back=True)
    one.page.keyboard.press("Enter")
    one.page.wait_for_url("**/sources/**")
    mark = one.page.locator("#span")
    assert "273" in mark.inner_text()
    box = mark.bounding_box()
    assert box
    assert 0 <= box["y"] <= PHONE["height"] / 2
    assert one.page.evaluate("document.activeElement.id") == "span"
    one.picture("journey-source")
    one.tab_to("←", back=True)
    one.page.keyboard.press("Enter")
    one.shows(".sources a")
    assert "273" in one.page.locator("#log").inner_text()


def test_file_a_ticket_and_watch_it_move(stack: Stack, visit: Callable[..., Visit]) -> None:
    one = visit(stack.address, viewport=PHONE)
    to_field(one)
    assert "哪里" in says(one, "小区路灯坏了一个礼拜了，我要报修")
    asked = says(one, "集士港镇银杏家园3幢门口")
    assert "手机号" in asked
    # What becomes of a number is said before one is given.
    assert "加密保存" in asked
    assert "对吗" in says(one, "不留")
    one.tab_to("对", back=True)
    one.page.keyboard.press("Enter")
    one.shows(".card", seconds=40)
    number = NUMBER.findall(one.page.locator(".card").first.inner_text())[0]
    one.picture("journey-ticket")
    operator(stack, "move", number, "start", "--as", "王桥")
    one.tab_to("我的工单", back=True)
    one.page.keyboard.press("Enter")
    one.shows("#ticket-list .card")
    assert "正在办理" in one.page.locator("#ticket-list .card-state").inner_text()
    one.tab_to("催办")
    one.page.keyboard.press("Enter")
    one.page.wait_for_selector("text=催办已经记上", timeout=40_000)
    operator(stack, "move", number, "close", "--as", "王桥", "--words", "灯泡换好了")
    one.page.reload()
    one.shows("#tickets")
    one.tab_to("我的工单")
    one.page.keyboard.press("Enter")
    one.shows("#ticket-list .card")
    shown = one.page.locator("#ticket-list .card").inner_text()
    assert "办完了" in shown
    assert "灯泡换好了" in shown
    one.picture("journey-ticket-done")
    one.tab_to("基本满意")
    one.page.keyboard.press("Enter")
    one.page.wait_for_selector("text=评价记下了", timeout=40_000)


def test_large_type_is_switched_and_stays(stack: Stack, visit: Callable[..., Visit]) -> None:
    one = visit(stack.address, viewport=DESKTOP)
    one.tab_to("大字")
    before = one.page.locator(".bubble").first.evaluate("node => parseFloat(getComputedStyle(node).fontSize)")
    one.page.keyboard.press("Space")
    after = one.page.locator(".bubble").first.evaluate("node => parseFloat(getComputedStyle(node).fontSize)")
    assert after >= 1.2 * before
    one.page.reload()
    assert one.page.get_attribute("#large", "aria-pressed") == "true"
    one.picture("journey-large")


def test_texts_that_want_to_be_code_are_text_for_the_whole_stack(
    stack: Stack, visit: Callable[..., Visit]
) -> None:
    one = visit(stack.address, viewport=PHONE)
    to_field(one)
    for text in PAYLOADS[:20:5]:
        says(one, text)
        one.harmless()
    says(one, f"我要投诉，路灯坏了{PAYLOADS[5]}")
    says(one, f"集士港镇银杏家园{PAYLOADS[0]}")
    one.page.reload()
    one.replied(5)
    one.harmless()


def test_a_question_asked_while_the_service_was_down_is_asked_again(
    stack: Stack, visit: Callable[..., Visit]
) -> None:
    one = visit(stack.address, viewport=PHONE)
    to_field(one)
    os.kill(stack.pid("service"), signal.SIGKILL)
    one.page.keyboard.type("海曙有多少家居家养老机构")
    one.page.keyboard.press("Enter")
    one.shows(".again", seconds=20)
    told = one.page.locator(".trouble").inner_text()
    assert "81890" in told
    one.picture("journey-down")
    until_ready(stack)
    one.tab_to("重试", back=True)
    one.page.keyboard.press("Enter")
    one.shows(".sources a", seconds=40)
    assert "273" in one.page.locator("#log").inner_text()
    assert one.page.locator(".turn.user").count() == 1
    assert one.page.locator(".again").count() == 0


def until_ready(stack: Stack, seconds: float = 120) -> None:
    end = time.monotonic() + seconds
    while httpx2.get(f"{stack.address}/readyz", trust_env=False).status_code != 200:
        assert time.monotonic() < end, "the service did not come back"
        time.sleep(0.5)

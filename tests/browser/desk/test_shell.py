"""The shell in a browser."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from playwright.sync_api import Page

from tests.browser.desk.looks import looked_at


def test_sign_in_own_account_sign_out(desk_page: Callable[..., Page], shots: Path) -> None:
    page = desk_page("operator")
    page.goto("/desk/me")  # the first screen begins in its search box
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.textContent") == "跳到正文"
    looked_at(page, "me", shots)
    page.fill("#begin-password", "korrekt-Pferd-9-Batterie")
    page.press("#begin-password", "Enter")
    page.wait_for_selector(".square svg")
    looked_at(page, "code", shots)
    page.click("text=退出")
    page.wait_for_url("**/desk/sign-in")
    looked_at(page, "sign-in", shots)

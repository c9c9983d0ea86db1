"""A visitor's browser window, and what went on in it that nobody sees: errors, dialogs, scripts that were stopped."""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Page, sync_playwright

from actions.settings import ROOT

PHONE = {"width": 390, "height": 844}
DESKTOP = {"width": 1280, "height": 800}
SIZES = {"phone": PHONE, "desktop": DESKTOP}
SCREENSHOTS = ROOT / "var" / "screenshots"
_QUIET = (
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--disable-dev-shm-usage",
)
# Every script that runs though it shouldn't calls one of these, or is stopped by the policy.
_WATCH = """
window.ran = [];
window.stopped = [];
for (const name of ["alert", "confirm", "prompt", "print"]) window[name] = (text) => { window.ran.push(`${name}: ${text}`); };
window.canary = (text) => { window.ran.push(`canary: ${text}`); };
document.addEventListener("securitypolicyviolation", (event) => window.stopped.push(`${event.violatedDirective} ${event.blockedURI}`));
"""


def chromium() -> str:
    """Where Chromium is. Fails the test when there is none: a browser test that is left out proves nothing."""
    found = os.environ.get("CHROMIUM") or shutil.which("chromium") or shutil.which("chromium-browser")
    if not found or not Path(found).exists():
        pytest.fail(
            "没有 Chromium：apt-get install chromium fonts-noto-cjk，或用 CHROMIUM=/路径 指明", pytrace=False
        )
    return found


@contextmanager
def running_browser() -> Iterator[Browser]:
    """A headless Chromium."""
    path = chromium()
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=path, args=list(_QUIET))
        try:
            yield browser
        finally:
            browser.close()


@dataclass
class Visit:
    """One window. ``errors`` are what its console and its scripts complained about."""

    page: Page
    errors: list[str] = field(default_factory=list)
    dialogs: list[str] = field(default_factory=list)

    @property
    def ran(self) -> list[str]:
        """Calls that only a smuggled script makes, dialogs included."""
        return [*self.page.evaluate("window.ran"), *self.dialogs]

    @property
    def stopped(self) -> list[str]:
        """What the content security policy stopped."""
        return list(self.page.evaluate("window.stopped"))

    def shows(self, selector: str, seconds: float = 20) -> None:
        """Wait until it is visible."""
        self.page.wait_for_selector(selector, state="visible", timeout=seconds * 1000)

    def says(self, text: str) -> None:
        """Type it into the field and press Enter, wherever the focus is now."""
        self.page.focus("#message")
        self.page.keyboard.type(text)
        self.page.keyboard.press("Enter")

    def replied(self, count: int, seconds: float = 20) -> str:
        """Wait until there are so many turns of the assistant (the greeting is the first); gives the last one's text."""
        turns = ".turn.bot:not(.thinking)"
        self.page.wait_for_function(
            "([q, n]) => document.querySelectorAll(q).length >= n && !document.querySelector('.thinking')",
            arg=[turns, count],
            timeout=seconds * 1000,
        )
        return self.page.locator(turns).last.inner_text()

    def focused(self) -> str:
        """The accessible name or the text of what has the focus."""
        return str(
            self.page.evaluate(
                "(document.activeElement.getAttribute('aria-label') ?? document.activeElement.innerText ?? '').trim()"
            )
        )

    def tab_to(self, text: str, most: int = 40, back: bool = False) -> None:
        """Press Tab until the focus is on what begins with these words. Fails when it is not to be reached."""
        for _ in range(most):
            self.page.keyboard.press("Shift+Tab" if back else "Tab")
            if self.focused().startswith(text):
                return
        raise AssertionError(f"「{text}」按 {most} 次 Tab 到不了；现在在「{self.focused()}」")

    def grave(self, *rules: str) -> list[str]:
        """Findings of axe-core that are serious or critical.

        :param rules: only these; another colour scheme can break nothing but contrast.
        """
        options: dict[str, Any] = {"resultTypes": ["violations"]}
        if rules:
            options["runOnly"] = list(rules)
        found: Any = Axe().run(self.page, options=options).response["violations"]
        return [
            f"{one['id']}: {node['html'][:120]}"
            for one in found
            if one["impact"] in ("serious", "critical")
            for node in one["nodes"]
        ]

    def harmless(self) -> None:
        """Nothing ran, nothing was stopped, and nothing became an element that could run."""
        self.page.wait_for_timeout(150)
        assert self.ran == []
        assert self.stopped == []
        made = "img, svg, iframe, video, style, input[autofocus], script:not([src])"
        assert self.page.locator(f"#log :is({made}), main.page :is({made}), .card :is({made})").count() == 0

    def wider_than_it_should_be(self) -> int:
        """Pixels by which the page would have to be scrolled sideways."""
        return int(
            self.page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
        )

    def picture(self, name: str) -> None:
        """Into ``var/screenshots``, to be looked at."""
        SCREENSHOTS.mkdir(parents=True, exist_ok=True)
        self.page.screenshot(path=SCREENSHOTS / f"{name}.png")


@contextmanager
def visiting(browser: Browser, **context: Any) -> Iterator[Visit]:
    """A new window of a browser that has not been here before; ``context`` as Playwright's ``new_context``."""
    own = browser.new_context(**{"viewport": PHONE, "locale": "zh-CN", "reduced_motion": "reduce", **context})
    own.add_init_script(_WATCH)
    page = own.new_page()
    visit = Visit(page)
    page.on("pageerror", lambda error: visit.errors.append(str(error)))
    page.on("console", lambda said: visit.errors.append(said.text) if said.type == "error" else None)

    def dismiss(dialog: Any) -> None:
        visit.dialogs.append(dialog.message)
        dialog.dismiss()

    page.on("dialog", dismiss)
    try:
        yield visit
    finally:
        own.close()

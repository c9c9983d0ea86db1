"""The chat on another site's page: one script tag, a button that can be worked without a mouse, and no other site gets it."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import httpx2
import pytest
from fastapi import FastAPI, Response
from fastapi.responses import HTMLResponse

from actions.settings import Settings, SettingsError
from tests.bot.conftest import Rasa
from tests.browser.site import CITED, Site
from tests.browser.site import site as running_site
from tests.browser.visit import DESKTOP, PHONE, Visit
from tests.serving import serving

Open = Callable[..., Visit]
HOST = """<!doctype html><html lang="zh-Hans"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width">
<title>区政府网站</title></head><body><main><h1>区政府网站</h1><p>办事指南、公告、电话。</p></main>
<script src="{home}/widget.js" async></script></body></html>"""


@pytest.fixture
def host() -> Iterator[tuple[str, dict[str, str]]]:
    """Another site; the home it loads the script from is set later. Its own policy is a strict one, too."""
    home = {"home": ""}
    app = FastAPI()

    @app.get("/")
    async def page() -> Response:
        policy = f"default-src 'none'; script-src {home['home']}; frame-src {home['home']}; style-src 'none'"
        return HTMLResponse(HOST.format(**home), headers={"Content-Security-Policy": policy})

    with serving(app) as url:
        yield url, home


@pytest.fixture
def open_to_host(
    settings: Settings, rasa: Rasa, tmp_path: Path, empty_redis: None, host: tuple[str, dict[str, str]]
) -> Iterator[Site]:
    with running_site(settings, rasa, tmp_path, widget_origins=host[0]) as running:
        running.answers()
        host[1]["home"] = running.url
        yield running


def test_the_chat_opens_answers_and_closes_by_keyboard(
    open_to_host: Site, host: tuple[str, dict[str, str]], visit: Open
) -> None:
    one = visit(host[0], viewport=DESKTOP)
    one.page.wait_for_selector("button")
    one.tab_to("问问81890")
    assert one.page.get_attribute("button", "aria-expanded") == "false"
    assert one.grave() == []
    one.page.keyboard.press("Enter")
    frame = one.page.frame_locator("iframe[title='海曙81890问答']")
    frame.locator("#message").wait_for(state="visible")
    assert one.page.get_attribute("button", "aria-expanded") == "true"
    one.page.frames[-1].wait_for_load_state("networkidle")  # its scripts too: Enter before them goes nowhere
    frame.locator("#message").focus()
    one.page.keyboard.type("海曙有多少养老机构")
    one.page.keyboard.press("Enter")
    frame.locator(".sources a").wait_for()
    assert CITED in frame.locator("#log").inner_text()
    assert frame.locator(".sources a").get_attribute("target") == "_blank"
    one.picture("widget-desktop")
    one.page.keyboard.press("Escape")
    one.page.wait_for_function("() => document.activeElement.tagName === 'BUTTON'")
    assert not one.page.locator("iframe").is_visible()
    assert one.focused() == "问问81890"
    one.page.keyboard.press("Enter")
    frame.locator("#leave").click()
    one.page.wait_for_function("() => document.activeElement.tagName === 'BUTTON'")


def test_it_fits_a_phone(open_to_host: Site, host: tuple[str, dict[str, str]], visit: Open) -> None:
    one = visit(host[0], viewport=PHONE)
    one.page.click("button")
    one.page.frame_locator("iframe").locator("#message").wait_for(state="visible")
    assert one.wider_than_it_should_be() <= 0
    assert one.grave() == []
    one.picture("widget-phone")


def test_a_site_that_is_not_named_gets_an_empty_frame(
    site: Site, host: tuple[str, dict[str, str]], visit: Open
) -> None:
    with httpx2.Client(base_url=site.url) as client:
        assert client.get("/widget.js").status_code == 404
        for path in ("/?embed=1", "/", "/sources"):
            headers = client.get(path).headers
            assert "frame-ancestors 'none'" in headers["content-security-policy"]
            assert headers["x-frame-options"] == "DENY"
    host[1]["home"] = site.url
    one = visit(host[0])
    one.page.evaluate(
        "home => { const frame = document.createElement('iframe'); frame.src = home + '/?embed=1'; document.body.append(frame); }",
        site.url,
    )
    one.page.wait_for_timeout(500)
    assert one.page.frame_locator("iframe").locator("#message").count() == 0
    one.errors.clear()  # that it was refused


def test_only_the_frame_itself_may_be_framed(open_to_host: Site, host: tuple[str, dict[str, str]]) -> None:
    with httpx2.Client(base_url=open_to_host.url) as client:
        policy = client.get("/?embed=1").headers["content-security-policy"]
        assert policy.endswith(f"frame-ancestors 'self' {host[0]}")
        for path in ("/", "/sources", "/?embed=0", "/desk/sign-in"):
            headers = client.get(path).headers
            assert "frame-ancestors 'none'" in headers["content-security-policy"]
            assert headers["x-frame-options"] == "DENY"


def test_over_https_the_cookie_reaches_the_frame_and_no_other_site(
    settings: Settings, rasa: Rasa, tmp_path: Path, empty_redis: None
) -> None:
    origins = {"widget_origins": "https://www.example.gov.cn", "cookie_secure": True}
    with (
        running_site(settings, rasa, tmp_path, **origins) as running,
        httpx2.Client(base_url=running.url) as client,
    ):
        cookie = client.post("/api/chat", json={"message": "你好"}).headers["set-cookie"]
    assert cookie.startswith("__Host-haishu=")
    for part in ("HttpOnly", "Secure", "SameSite=none", "Partitioned", "Path=/"):
        assert part in cookie


@pytest.mark.parametrize(
    "wrong", ["*", "https://*.example.org", "example.org", "https://a.org/path", "'self'"]
)
def test_an_origin_that_is_none_is_refused(wrong: str) -> None:
    with pytest.raises((SettingsError, ValueError), match=r"https://www\.example\.gov\.cn"):
        Settings(_env_file=None, widget_origins=wrong)

"""Every page in both sizes, light, dark and in high contrast: nothing serious for axe-core, nothing wider than the window.

The pictures are in ``var/screenshots``.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest

from tests.actions.tickets.ledger_parts import WANG
from tests.browser.site import ANSWER, CITATION, Site
from tests.browser.visit import SIZES, Visit

PLACE = f"/sources/press-1?start={CITATION.start}&end={CITATION.end}#span"
PLACEHOLDER = "getComputedStyle(document.getElementById('message'), '::placeholder').color"
HINT = "getComputedStyle(document.getElementById('hint')).color"
SCHEMES = ("light", "dark", "contrast")
LINES = "累计建成居家养老服务机构273个，居家养老服务设施基本实现全覆盖。（2020年·实际）"


def talk(site: Site, one: Visit) -> None:
    """A conversation with one of everything."""
    site.answers(replace(ANSWER, text=LINES))
    one.says("海曙有多少居家养老机构")
    one.shows(".opinion")
    site.speaks(
        "我记下的是：\n事情：路灯坏了三天\n地点：集士港\n电话：不留\n这样登记，对吗？", "对", "不报了"
    )
    one.says("集士港的路灯坏了三天")
    one.replied(3)
    number = site.file(site.session(one.page.context.cookies()), "k", problem="路灯坏了三天", place="集士港")
    site.care.office.casework.start(number, 2, WANG)
    site.speaks(f"登记好了。工单号 {number}，查询码 012345。由区综合行政执法局办理。")
    one.says("对")
    one.shows(".card")
    site.rasa.mode("[]", status=500)


def settings_of(scheme: str) -> dict[str, Any]:
    return {"color_scheme": "dark" if scheme == "dark" else "light"}


PAGES = {
    "list": "/sources",
    "source": PLACE,
    "missing": "/sources/none",
    "english": "/?lang=en",
    "embedded": "/?embed=1",
}


def rules_of(scheme: str) -> tuple[str, ...]:
    return () if scheme == "light" else ("color-contrast",)


@pytest.mark.parametrize("scheme", SCHEMES)
@pytest.mark.parametrize("size", SIZES)
def test_the_conversation(site: Site, visit: Callable[..., Visit], size: str, scheme: str) -> None:
    one = visit(site.url, viewport=SIZES[size], **settings_of(scheme))
    if scheme == "contrast":
        one.page.click("#more summary")
        one.page.click("#contrast")
    assert one.page.evaluate(PLACEHOLDER) == one.page.evaluate(HINT)  # axe doesn't look at it
    one.picture(f"chat-{size}-{scheme}-begin")
    talk(site, one)
    one.page.click("#more summary")
    assert one.grave(*rules_of(scheme)) == []
    assert one.wider_than_it_should_be() <= 0
    one.picture(f"chat-{size}-{scheme}")
    for opener, dialog in (("#follow", "#following"), ("#forget", "#forgetting")):
        one.page.click(opener)
        one.shows(dialog)
        assert one.grave(*rules_of(scheme)) == []
        one.page.keyboard.press("Escape")
        one.page.click("#more summary")
    one.page.click("#tickets")
    one.shows("#ticket-list .card")
    assert one.grave(*rules_of(scheme)) == []
    one.picture(f"tickets-{size}-{scheme}")


@pytest.mark.parametrize("scheme", SCHEMES)
@pytest.mark.parametrize("size", SIZES)
def test_the_other_pages(site: Site, visit: Callable[..., Visit], size: str, scheme: str) -> None:
    one = visit(viewport=SIZES[size], **settings_of(scheme))
    if scheme == "contrast":
        one.page.add_init_script("localStorage.setItem('contrast', 'true')")
    for name, path in PAGES.items():
        one.page.goto(site.url + path)
        assert one.grave(*rules_of(scheme)) == []
        assert one.wider_than_it_should_be() <= 0
        one.picture(f"{name}-{size}-{scheme}")


def test_the_detector_finds_what_is_wrong(site: Site, visit: Callable[..., Visit]) -> None:
    one = visit(site.url)
    one.page.evaluate("document.querySelector('label[for=message]').remove()")
    one.page.evaluate("document.getElementById('message').removeAttribute('placeholder')")
    assert any("label" in finding for finding in one.grave())

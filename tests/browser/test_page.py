"""The page in a browser: what it shows while it works, when it fails, when it is opened again, and how it can be set."""

from __future__ import annotations

import re
from collections.abc import Callable

import pytest
from sqlalchemy import select

from actions.feedback.tables import answer_feedback
from tests.actions.tickets.ledger_parts import WANG
from tests.browser.site import ANSWER, CITED, Site
from tests.browser.visit import DESKTOP, PHONE, Visit

Open = Callable[..., Visit]
TURNS = ".turn.bot:not(.thinking)"


def test_an_answer_with_its_source_and_what_one_might_ask_next(site: Site, visit: Open) -> None:
    one = visit(site.url)
    one.says("海曙有多少养老机构")
    assert CITED in one.replied(2)
    assert one.page.locator(".sources a").count() == 1
    assert one.page.locator(f"{TURNS} .choices button").last.inner_text() == "那2025年呢"


def test_what_was_said_is_there_after_a_reload_and_not_after_a_new_chat(site: Site, visit: Open) -> None:
    one = visit(site.url)
    one.says("海曙有多少养老机构，我电话13800001234")
    one.replied(2)
    one.page.reload()
    one.replied(2)
    assert "13800001234" not in one.page.content()
    assert one.page.locator(".turn.user").count() == 1
    assert one.page.locator(".sources a").count() == 1
    one.page.click("#restart")
    one.page.wait_for_function("() => document.querySelectorAll('.turn').length === 1")
    one.page.reload()
    one.page.wait_for_load_state("networkidle")
    assert one.page.locator(".turn").count() == 1


def test_a_service_that_takes_five_seconds_is_waited_for_and_that_is_said(site: Site, visit: Open) -> None:
    site.answers(seconds=5.6)
    one = visit(site.url)
    one.says("海曙有多少养老机构")
    one.shows(".thinking")
    assert one.page.locator("#state").inner_text() == "正在发送…"
    one.page.wait_for_function("() => document.getElementById('state').textContent.startsWith('还在查')")
    assert CITED in one.replied(2)
    assert one.page.locator("#state").inner_text() == ""
    assert len(site.rasa.seen()) == 1


def test_what_failed_is_sent_again_under_the_same_id(site: Site, visit: Open) -> None:
    site.rasa.mode('[{"text": "出错", "custom": {"failed": true}}]')
    one = visit(site.url)
    one.says("帮我登记")
    one.shows(".again")
    first = site.rasa.seen()[-1]["metadata"]["id"]
    site.speaks("登记好了")
    one.tab_to("重试", back=True)
    one.page.keyboard.press("Enter")
    one.page.wait_for_selector("text=登记好了")
    assert [seen["metadata"]["id"] for seen in site.rasa.seen()] == [first]
    assert one.page.locator(".turn.user").count() == 1
    assert one.page.locator(".again").count() == 0


def test_words_that_did_not_get_through_are_still_there_after_a_reload(site: Site, visit: Open) -> None:
    one = visit(site.url)
    one.page.wait_for_load_state("networkidle")
    one.page.context.set_offline(True)
    one.says("海曙有多少养老机构")
    one.shows(".again")
    one.page.context.set_offline(False)
    one.page.reload()
    one.shows(".again")
    assert one.page.locator(".turn.user .bubble").inner_text() == "海曙有多少养老机构"
    one.page.click(".again")
    one.shows(".sources a")
    assert one.page.locator(".turn.user").count() == 1
    one.page.reload()
    one.replied(2)
    assert one.page.locator(".again").count() == 0


def test_an_answer_is_rated_once(site: Site, visit: Open) -> None:
    one = visit(site.url)
    one.says("海曙有多少养老机构")
    one.shows(".opinion")
    one.tab_to("没用", back=True)
    one.page.keyboard.press("Enter")
    one.shows(".thanks")
    assert one.focused().startswith("谢谢")
    assert one.page.locator(".opinion button").count() == 0
    with site.care.office.store.reading() as connection:
        (row,) = connection.execute(select(answer_feedback)).all()
    assert (row.useful, row.question, row.sources) == (False, "海曙有多少养老机构", '["press-1"]')
    one.page.reload()
    one.replied(2)
    assert one.page.locator(".opinion").count() == 0


def test_a_ticket_card_shows_how_the_ticket_stands_now(site: Site, visit: Open) -> None:
    one = visit(site.url)
    site.speaks("您好")
    one.says("你好")
    one.replied(2)
    number = site.file(site.session(one.page.context.cookies()), "k", problem="路灯坏了三天", place="集士港")
    site.speaks(f"登记好了。工单号 {number}。")
    one.says("对")
    one.shows(".card")
    shown = one.page.locator(".card").inner_text()
    assert number in shown
    assert "路灯坏了三天" in shown
    assert re.search(r"20\d\d年\d+月\d+日 \d\d:\d\d前", shown)
    site.care.office.casework.start(number, 2, WANG)
    one.page.click("#tickets")
    one.shows("#ticket-list .card")
    assert "正在办理" in one.page.locator("#ticket-list .card-state").inner_text()
    # The card in the conversation shows it too.
    assert "正在办理" in one.page.locator("#log .card-state").inner_text()
    site.speaks("$MESSAGE，记上了")
    one.page.click("#ticket-list [data-act=urge]")
    one.page.wait_for_selector(f"text=催办 {number}，记上了")
    assert not one.page.locator("#ticket-list").is_visible()


def test_large_type_and_contrast_stay_and_hold_for_documents_too(site: Site, visit: Open) -> None:
    one = visit(site.url)
    before = one.page.evaluate("parseFloat(getComputedStyle(document.querySelector('.bubble')).fontSize)")
    one.page.click("#large")
    one.page.click("#more summary")
    one.page.click("#contrast")
    one.page.goto(f"{site.url}/sources")
    assert one.page.evaluate("document.documentElement.className") == "large contrast"
    one.page.goto(site.url)
    after = one.page.evaluate("parseFloat(getComputedStyle(document.querySelector('.bubble')).fontSize)")
    assert after >= before * 1.2
    ground = one.page.evaluate("getComputedStyle(document.body).backgroundColor")
    assert ground == "rgb(0, 0, 0)"
    assert one.page.get_attribute("#large", "aria-pressed") == "true"


def test_the_page_in_english(site: Site, visit: Open) -> None:
    one = visit(site.url)
    one.page.click("#more summary")
    one.page.click("#more a[hreflang=en]")
    assert one.page.get_attribute("html", "lang") == "en"
    own = one.page.inner_text("body").replace("中文", "")
    assert not re.search(r"[\u4e00-\u9fff]", own)
    for _ in range(16):
        one.page.request.post(f"{site.url}/api/chat", data={"message": "hi"})
    one.says("How many?")
    one.page.wait_for_selector("text=You are sending rather fast")
    assert "{" not in one.page.locator(TURNS).last.inner_text()


@pytest.mark.parametrize("script", [True, False], ids=["scripts", "no scripts"])
def test_a_source_opens_at_its_sentence_and_leads_back(site: Site, visit: Open, script: bool) -> None:
    citation = ANSWER.citations[0]
    place = f"{site.url}/sources/press-1?start={citation.start}&end={citation.end}#span"
    one = visit(place, java_script_enabled=script, viewport=PHONE)
    mark = one.page.locator("#span")
    assert mark.inner_text() == CITED
    box = mark.bounding_box()
    assert box
    assert 0 < box["y"] < PHONE["height"] - box["height"]
    if script:
        assert one.page.evaluate("document.activeElement.id") == "span"
    one.page.click("text=回到对话")
    assert one.page.url == f"{site.url}/"


@pytest.mark.parametrize("width", [DESKTOP["width"] // 2, PHONE["width"] // 2 + 125], ids=["desktop", "320"])
def test_twice_as_large_without_scrolling_sideways(site: Site, visit: Open, width: int) -> None:
    """200 %: half the pixels of a window, each twice as large; 320 is what WCAG asks for."""
    half = {"width": width, "height": 400}
    one = visit(site.url, viewport=half, device_scale_factor=2)
    one.says("海曙有多少养老机构")
    one.shows(".sources a")
    assert one.wider_than_it_should_be() <= 0
    one.page.click("#large")
    assert one.wider_than_it_should_be() <= 0
    one.page.click("#more summary")
    assert one.wider_than_it_should_be() <= 0
    for path in ("/sources", "/sources/press-1?start=900&end=920#span"):
        one.page.goto(site.url + path)
        assert one.wider_than_it_should_be() <= 0


def test_the_first_paint_weighs_little(site: Site, visit: Open) -> None:
    one = visit()
    wire = one.page.context.new_cdp_session(one.page)
    wire.send("Network.enable")
    weights: list[float] = []
    wire.on("Network.loadingFinished", lambda event: weights.append(event["encodedDataLength"]))
    one.page.goto(site.url, wait_until="networkidle")
    assert len(weights) >= 10
    assert sum(weights) <= 150_000
    print(f"first paint: {len(weights)} requests, {sum(weights):.0f} bytes over the wire")


_VOICES = """
const spoken = [];
Object.defineProperty(window, "speechSynthesis", {value: {
  getVoices: () => VOICES, addEventListener: () => {}, cancel: () => spoken.push("cancel"),
  speak: (said) => spoken.push(said.text),
}});
window.SpeechSynthesisUtterance = class { constructor(text) { this.text = text; } };
window.spoken = spoken;
"""


def test_an_answer_is_read_out_where_the_browser_has_a_voice(site: Site, visit: Open) -> None:
    """Headless browsers have no voice: one is put in its place, and one that cannot speak Chinese."""
    for voices, shown in (('[{lang: "zh-CN", name: "a"}]', True), ('[{lang: "fi-FI", name: "b"}]', False)):
        one = visit()
        one.page.add_init_script(_VOICES.replace("VOICES", voices))
        one.page.goto(site.url)
        one.says("海曙有多少养老机构")
        one.shows(".sources a")
        assert one.page.locator(".listen").last.is_visible() is shown
        if shown:
            one.page.locator(".listen").last.click()
            assert CITED in one.page.evaluate("spoken.at(-1)")
            assert one.page.locator(".listen").last.inner_text() == "停止朗读"


def test_the_menu_and_the_dialogs_by_keyboard(site: Site, visit: Open) -> None:
    one = visit(site.url, viewport=DESKTOP)
    one.tab_to("更多")
    one.page.keyboard.press("Enter")
    one.tab_to("清除对话")
    one.page.keyboard.press("Enter")
    one.shows("#forgetting")
    one.tab_to("不清除", most=3) if one.focused() != "不清除" else None
    one.page.keyboard.press("Enter")
    assert not one.page.locator("#forgetting").is_visible()
    one.page.keyboard.press("Escape")
    one.page.wait_for_function("() => document.activeElement !== document.body")


@pytest.mark.parametrize("size", [PHONE, DESKTOP], ids=["phone", "desktop"])
def test_the_phone_number_of_a_ticket_is_deleted_after_a_second_click(
    site: Site, visit: Open, size: dict[str, int]
) -> None:
    one = visit(site.url, viewport=size)
    site.speaks("您好")
    one.says("你好")
    one.replied(2)
    session = site.session(one.page.context.cookies())
    number = site.file(session, "k", problem="路灯不亮", place="集士港", contact="13800001234", consent=True)
    contacts = site.care.office.contacts
    site.speaks(f"登记好了。工单号 {number}。")
    one.says("对")
    one.shows(".card")
    one.page.click("#tickets")
    one.shows("#ticket-list [data-act=drop_contact]")
    one.page.click("#ticket-list [data-act=drop_contact]")
    one.page.wait_for_selector("#ticket-list [data-act=drop_contact]:has-text('确定')")
    one.picture(f"drop-contact-{size['width']}")
    assert contacts.numbers_with([number]) == {number}
    one.page.click("#ticket-list [data-act=drop_contact]")
    one.page.wait_for_selector("#ticket-list [role=status]:has-text('已经删除')")
    one.picture(f"dropped-contact-{size['width']}")
    assert one.grave() == []
    assert contacts.numbers_with([number]) == frozenset()
    one.page.reload()
    one.page.click("#tickets")
    one.shows("#ticket-list .card")
    assert one.page.locator("#ticket-list [data-act=drop_contact]").count() == 0

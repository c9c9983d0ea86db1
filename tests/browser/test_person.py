"""A person at the desk as the resident sees them, and what is gone when the conversation is erased."""

from __future__ import annotations

from collections.abc import Callable

from tests.actions.conversations.desk_parts import WANG
from tests.browser.site import Site
from tests.browser.visit import DESKTOP, PHONE, Visit

Open = Callable[..., Visit]
QUEUED = '[{"text": "好，帮您找人工坐席。"}, {"custom": {"handoff": {"state": "queued"}}}]'


def test_waiting_for_a_person_and_talking_to_one(site: Site, visit: Open) -> None:
    other, one = visit(site.url, viewport=DESKTOP), visit(site.url, viewport=PHONE)
    site.rasa.mode(QUEUED)
    for each in (other, one):
        each.says("我要找人工")
        each.page.wait_for_selector("#desk:not(:empty)")
    assert "下一位就是您" in other.page.inner_text("#desk")
    assert "前面还有1位" in one.page.inner_text("#desk")
    one.picture("desk-waiting-phone")
    site.room.takeover.claim(site.conversation(other.page.context.cookies()), WANG)
    one.page.wait_for_selector("text=下一位就是您", timeout=15_000)
    name = site.conversation(one.page.context.cookies())
    site.room.takeover.claim(name, WANG)
    site.room.takeover.say(name, WANG, "您好，我是王桥，您慢慢说。", "k1")
    one.page.wait_for_selector(".operator .speaker", timeout=15_000)
    assert one.page.locator(".operator .speaker").last.inner_text() == "人工坐席 · 王"
    assert one.page.inner_text("#desk") == "现在和您说话的是人工坐席 · 王"
    one.says("我家门口的灯坏了")
    one.page.wait_for_selector("text=已转给人工坐席")
    assert one.grave() == []
    one.picture("desk-human-phone")
    one.page.reload()
    one.page.wait_for_selector(".operator .speaker")
    assert one.page.locator("text=您慢慢说").count() == 1
    site.room.takeover.release(name, WANG)
    one.page.wait_for_function("() => !document.getElementById('desk').textContent", timeout=15_000)


def test_erasing_the_conversation_asks_first_and_leaves_nothing(site: Site, visit: Open) -> None:
    one = visit(site.url)
    one.says("海曙有多少养老机构")
    one.shows(".sources a")
    one.page.click("#more summary")
    one.page.click("#forget")
    one.shows("#forgetting")
    one.picture("forgetting-phone")
    one.page.click("#forgetting [data-close]")
    assert one.page.locator(".turn.user").count() == 1
    one.page.click("#more summary")
    one.page.click("#forget")
    one.page.click("#forget-now")
    one.page.wait_for_selector("text=这次对话说过的话已经删除")
    assert one.page.locator(".turn.user").count() == 0
    one.page.reload()
    one.page.wait_for_load_state("networkidle")
    assert one.page.locator(".turn").count() == 1

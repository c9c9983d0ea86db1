"""Taking over a chat in a browser: the operator's page on one side, the resident's session on the other."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path
from typing import Any
from uuid import uuid4

import httpx2
import pytest
from playwright.sync_api import Page, expect

from actions.answering.answer import Answer, Question
from actions.conversations.records import BotReply, Heard
from actions.conversations.room import Room
from actions.governance.entries import Entries
from actions.governance.gaps import Gaps
from actions.serving.parts import Parts
from actions.tickets.moment import now
from knowledge.library import Library
from tests.actions.conversations.desk_parts import make_room
from tests.browser.desk.looks import looked_at
from tests.desk_parts import Desk, OneSentence, desk
from tests.embeddings.hashing import HashingEncoder


class Slow(OneSentence):
    """Composes as slowly as it is told to."""

    def __init__(self) -> None:
        self.seconds = 0.0
        self.asked = 0

    def answer(self, question: Question) -> Answer:
        self.asked += 1
        time.sleep(self.seconds)
        return super().answer(question)

    def looks_like_question(self, text: str) -> bool:
        return False


@pytest.fixture(scope="module")
def slow() -> Slow:
    return Slow()


@pytest.fixture(scope="module")
def rooms() -> list[Room]:
    return []


@pytest.fixture(scope="module")
def desk_running(tmp_path_factory: pytest.TempPathFactory, slow: Slow, rooms: list[Room]) -> Iterator[Desk]:
    def change(parts: Parts) -> Parts:
        assert parts.office
        assert parts.accounts
        store, acts = parts.office.store, parts.accounts.acts
        rooms.append(make_room(store, now, "每天 00:00-23:59"))
        entries = Entries(
            store, acts, now, lambda: Library((), {}, (), (), (), (), "")
        )  # nothing is quoted here
        return replace(parts, room=rooms[0], entries=entries, gaps=Gaps(store, HashingEncoder(), now))

    with desk(tmp_path_factory.mktemp("desk"), answerer=slow, change=change) as started:
        yield started


@pytest.fixture
def room(desk_running: Desk, rooms: list[Room], slow: Slow) -> Room:
    slow.seconds = 0.0
    return rooms[0]


@pytest.fixture
def resident(desk_running: Desk) -> Iterator[httpx2.Client]:
    with httpx2.Client(base_url=desk_running.url, timeout=20) as client:
        yield client


def ask(client: httpx2.Client, text: str) -> dict[str, Any]:
    return dict(client.post("/api/chat", json={"message": text, "id": uuid4().hex}).json())


def newest(room: Room) -> str:
    return room.inbox.list("all", "")[0].conversation.id


def heard(client: httpx2.Client) -> list[str]:
    return [one["text"] for one in client.get("/api/news").json()["news"]]


def test_from_the_list_to_an_answer_by_keyboard(
    desk_page: Callable[..., Page], room: Room, resident: httpx2.Client, shots: Path
) -> None:
    page = desk_page("operator")
    page.goto("/desk/chats")
    page.click("#duty")
    expect(page.locator("#duty")).to_have_text("在岗")
    ask(resident, "气死我了，有多少养老机构")
    name = newest(room)
    with room.store.writing() as connection:
        held = room.pen.load(connection, name)
        room.pen.change(connection, held, "wait", state="waiting", waiting_since=now())
    expect(page.locator(".chats li.waiting")).to_have_count(1, timeout=8000)
    looked_at(page, "chats", shots)
    page.locator(".chats li.waiting a").focus()
    page.keyboard.press("Enter")
    page.wait_for_url("**/desk/chats/web-*")
    page.get_by_role("button", name="接管").press("Enter")
    expect(page.locator("#head")).to_contain_text("人工接待 · 王桥")
    page.keyboard.type("您好，我来帮您看看")
    page.keyboard.press("Control+Enter")
    expect(page.locator(".said.operator .text")).to_have_text("您好，我来帮您看看")
    assert heard(resident)[-1] == "您好，我来帮您看看"
    assert ask(resident, "谢谢，那有多少机构") == {
        "replies": [],
        "desk": {"state": "human", "operator": "王桥"},
    }
    expect(page.locator(".said.resident")).to_have_count(2, timeout=8000)
    page.click("#advise")
    expect(page.locator("#advice")).to_contain_text("273个")
    page.click("#use")
    page.keyboard.press("Control+Enter")
    expect(page.locator(".said.operator")).to_have_count(2)
    page.fill("#words", "要交300元")
    page.keyboard.press("Control+Enter")
    expect(page.locator("#sure-text")).to_contain_text("300")
    looked_at(page, "chat-sure", shots)
    page.keyboard.press("Enter")  # goes back to change it
    expect(page.locator("#words")).to_have_value("要交300元")
    page.keyboard.press("Control+Enter")
    page.get_by_role("button", name="仍要发送").click()
    expect(page.locator(".said.operator")).to_have_count(3)
    page.fill("#words", "居民很着急")
    page.click("#note")
    expect(page.locator(".said.note .text")).to_have_text("居民很着急")
    looked_at(page, "chat", shots)
    page.get_by_role("button", name="交还智能助手").click()
    expect(page.locator("#head")).to_contain_text("智能助手")
    assert "居民很着急" not in heard(resident)
    assert ask(resident, "机构")["replies"][0]["text"] == "273个。"


def test_takeover_while_the_bot_composes(
    desk_page: Callable[..., Page], room: Room, resident: httpx2.Client, slow: Slow
) -> None:
    page = desk_page("operator")
    ask(resident, "你好")
    page.goto(f"/desk/chats/{newest(room)}")
    slow.seconds, before = 0.9, slow.asked
    with ThreadPoolExecutor() as pool:
        answer = pool.submit(ask, resident, "有多少机构")
        while slow.asked == before:
            time.sleep(0.01)
        page.get_by_role("button", name="接管").click()
        assert answer.result() == {"replies": [], "desk": {"state": "human", "operator": "王桥"}}
    expect(page.locator(".said.withheld").first).to_contain_text("没有发出", timeout=8000)


def test_one_hands_on_to_another(desk_page: Callable[..., Page], room: Room, resident: httpx2.Client) -> None:
    wang, zhou = desk_page("operator"), desk_page("supervisor")
    zhou.goto("/desk/chats")
    if zhou.locator("#duty").get_attribute("aria-pressed") == "false":
        zhou.click("#duty")
    expect(zhou.locator("#duty")).to_have_text("在岗")
    ask(resident, "你好")
    wang.goto(f"/desk/chats/{newest(room)}")
    wang.get_by_role("button", name="接管").click()
    expect(wang.locator("#transfer")).to_be_visible()
    wang.select_option("#to", label="周江")
    wang.get_by_role("button", name="转出").click()
    expect(wang.locator("#head")).to_contain_text("人工接待 · 周江")
    expect(wang.locator("#send")).to_be_disabled()
    zhou.goto("/desk/chats?view=mine")
    zhou.locator(".chats li a").first.click()
    zhou.fill("#words", "我接着帮您办")
    zhou.keyboard.press("Control+Enter")
    expect(zhou.locator(".said.operator .text")).to_have_text("我接着帮您办")
    news = resident.get("/api/news").json()
    assert news["desk"] == {"state": "human", "operator": "周江"}
    assert news["news"][-1]["speaker"] == {"kind": "operator", "name": "周江"}


def test_with_nobody_else_on_duty_the_page_says_so_instead_of_an_empty_list(
    desk_page: Callable[..., Page],
    desk_running: Desk,
    room: Room,
    resident: httpx2.Client,
    shots: Path,
) -> None:
    def zhou(on_duty: bool) -> None:
        told = {"on_duty": on_duty, "name": "周江"}
        assert desk_running.of_service("supervisor").post("/desk/presence", json=told).status_code == 200

    zhou(on_duty=False)
    ask(resident, "你好")
    wang = desk_page("operator")
    wang.goto(f"/desk/chats/{newest(room)}")
    wang.get_by_role("button", name="接管").click()
    expect(wang.locator("#alone")).to_be_visible()
    expect(wang.locator("#alone")).to_contain_text("没有别的坐席在岗")
    for empty in ("#to", "text=转出"):
        expect(wang.locator(empty)).to_be_hidden()
    looked_at(wang, "chat-alone", shots)
    zhou(on_duty=True)
    expect(wang.locator("#to")).to_be_visible(timeout=8000)
    expect(wang.locator("#alone")).to_be_hidden()
    wang.select_option("#to", label="周江")
    zhou(on_duty=False)
    expect(wang.locator("#alone")).to_be_visible(timeout=8000)
    expect(wang.locator("#to")).to_be_hidden()


def test_what_was_looked_up_comes_into_the_box(desk_page: Callable[..., Page], room: Room) -> None:
    room.turns.commit(Heard("web-insert", "session-i", "web", "你好", "k"), [BotReply("您好")], False)
    page = desk_page("operator")
    page.goto("/desk/chats?insert=<b>273个</b>&view=all")
    page.locator(".chats a[href*='web-insert']").click()
    assert page.input_value("#words") == "<b>273个</b>"


def test_what_residents_write_stays_text(desk_page: Callable[..., Page], room: Room) -> None:
    evil = "<img src=x onerror=document.title='owned'><script>document.title='owned'</script>"
    room.turns.commit(Heard("web-evil", "session-e", "web", evil, "k"), [BotReply(evil)], False)
    page = desk_page("operator")
    page.goto("/desk/chats?view=all")
    page.goto("/desk/chats/web-evil")
    assert page.locator(".said .text").first.inner_text() == evil
    assert "owned" not in page.title()


def test_a_reply_is_made_an_answer_from_the_chat_by_keyboard(
    desk_page: Callable[..., Page], room: Room, resident: httpx2.Client, shots: Path
) -> None:
    page = desk_page("operator")
    ask(resident, "居住证在哪里办")
    page.goto(f"/desk/chats/{newest(room)}")
    page.get_by_role("button", name="接管").press("Enter")
    expect(page.locator("#send")).to_be_enabled()
    page.keyboard.type("带身份证到派出所窗口办")
    page.keyboard.press("Control+Enter")
    make = page.locator(".said.operator a.make")
    make.focus()
    page.keyboard.press("Enter")
    expect(page.locator("#questions")).to_have_value("居住证在哪里办")
    expect(page.locator("#text")).to_have_value("带身份证到派出所窗口办")
    looked_at(page, "entry-draft", shots)
    page.locator("#text").fill("打电话13800001234问")
    page.locator("button.primary").press("Enter")
    expect(page.locator(".problem")).to_contain_text("手机号")
    page.locator("#text").fill("到派出所窗口办，带上身份证。")
    page.locator("button.primary").press("Enter")
    expect(page.locator(".done")).to_contain_text("等知识编辑审核")
    assert page.locator("nav a", has_text="精选回答").count() == 0
    editor = desk_page("editor")
    editor.goto("/desk/entries")
    expect(editor.locator("tbody")).to_contain_text("原来的回复：带身份证到派出所窗口办")
    editor.get_by_role("button", name="批准").press("Enter")
    expect(editor.locator("tbody")).to_contain_text("在用")
    editor.get_by_role("link", name="修改").press("Enter")
    expect(editor.locator("#text")).to_have_value("到派出所窗口办，带上身份证。")
    editor.select_option("#scope", "古林")
    editor.fill("#text", "到就近的派出所窗口办，带上身份证。")
    editor.locator("button.primary").press("Enter")
    expect(editor.locator("tbody")).to_contain_text("第 2 版")
    looked_at(editor, "entries-versions", shots)

"""A hundred texts that want to be code, by every way a text gets onto a page: none runs, and none is even stopped.

That the policy has to stop one would mean that it had become markup.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from actions.answering.answer import Citation
from actions.bootstrap import build_answerer
from actions.settings import Settings
from tests.bot.conftest import Rasa
from tests.browser.payloads import PAYLOADS, SELF_RUNNING
from tests.browser.site import ANSWER, CITATION, OneAnswer, Site, published
from tests.browser.site import site as running_site
from tests.browser.visit import Visit
from tests.llm_stub import stub
from tests.real import Real

Open = Callable[..., Visit]
NO_LIMITS = {"rate_posts_per_minute": 10_000, "rate_reads_per_minute": 10_000, "rate_conversations": 100}
SHOWN_AGAIN = 35  # less than the history keeps


@pytest.fixture
def open_site(settings: Settings, rasa: Rasa, tmp_path: Path, empty_redis: None) -> Iterator[Site]:
    documents = {f"p{i}": published(f"p{i}", title=text) for i, text in enumerate(PAYLOADS)}
    with running_site(settings, rasa, tmp_path, documents=documents, **NO_LIMITS) as running:
        yield running


def test_a_hundred(settings: Settings) -> None:
    assert len(PAYLOADS) == len(set(PAYLOADS)) == 100
    assert max(map(len, PAYLOADS)) <= settings.question_max_chars


def test_as_question_and_as_reply(open_site: Site, visit: Open) -> None:
    one = visit(open_site.url)
    open_site.speaks("您说的是：$MESSAGE", "$MESSAGE")
    for text in PAYLOADS[:2]:
        one.says(text)
        one.page.wait_for_selector(".passing")
    one.harmless()
    for start in range(0, len(PAYLOADS), SHOWN_AGAIN):
        part = PAYLOADS[start : start + SHOWN_AGAIN]
        one.page.request.post(f"{open_site.url}/api/restart", data={})
        for text in part:
            one.page.request.post(f"{open_site.url}/api/chat", data={"message": text})
        one.page.reload()
        one.replied(1 + len(part))
        assert one.page.locator(".turn.user").count() == len(part)
        one.harmless()


def test_as_the_text_of_a_ticket(open_site: Site, visit: Open) -> None:
    open_site.speaks("您好")
    for start in range(0, len(PAYLOADS), 25):
        one = visit(open_site.url)
        one.says("你好")
        one.replied(2)
        name = open_site.session(one.page.context.cookies())
        for text in PAYLOADS[start : start + 25]:
            open_site.file(name, text, problem=text, place=text)
        one.page.reload()
        one.page.click("#tickets")
        one.page.wait_for_function("() => document.querySelectorAll('#ticket-list .card').length >= 20")
        shown = one.page.locator("#ticket-list .card").count()
        assert shown == len(one.page.request.get(f"{open_site.url}/api/tickets").json()["tickets"])
        one.harmless()


def test_as_title_heading_and_words_of_a_document(open_site: Site, visit: Open) -> None:
    one = visit(f"{open_site.url}/sources")
    assert one.page.locator(".list a").count() == 100
    one.harmless()
    for number in range(0, 100, 10):
        one.page.goto(f"{open_site.url}/sources/p{number}", wait_until="domcontentloaded")
        one.harmless()
    cited: list[Citation] = []
    for number, text in enumerate(PAYLOADS):
        cited.append(replace(CITATION, source_id=f"p{number}{text}", title=text, heading=(text,), quote=text))
    open_site.answers(replace(ANSWER, text="\n".join(PAYLOADS), citations=tuple(cited)))
    one.page.goto(open_site.url)
    one.says("有什么资料")
    one.shows(".sources summary")
    one.page.click(".sources summary")
    assert one.page.locator(".sources a").count() == 100
    links = one.page.locator(".sources a").evaluate_all("links => links.map((link) => link.href)")
    assert all(link.startswith(f"{open_site.url}/sources/") for link in links)
    one.harmless()


def test_as_what_a_language_model_says(
    settings: Settings, rasa: Rasa, real: Real, tmp_path: Path, empty_redis: None, visit: Open
) -> None:
    """The real pipeline with a hostile model behind it; what it says may be shown or not, but never be run."""
    with stub() as model:
        own = real.settings.model_copy(
            update={"llm_base_url": model.address, "llm_model": "m", "llm_timeout": 2.0}
        )
        answerer = OneAnswer()
        answerer.answer = build_answerer(own).answer  # type: ignore[method-assign]
        with running_site(settings, rasa, tmp_path, answerer, **NO_LIMITS, answer_timeout=20.0) as running:
            one = visit(running.url)
            rasa.mode("[]")
            for start in range(0, len(PAYLOADS), SHOWN_AGAIN):
                part = PAYLOADS[start : start + SHOWN_AGAIN]
                one.page.request.post(f"{running.url}/api/restart", data={})
                for text in part:
                    model.rewrites(f"{text}居家养老服务机构累计建成273个。{text}")
                    one.page.request.post(
                        f"{running.url}/api/chat", data={"message": "海曙有多少家居家养老机构"}
                    )
                one.page.reload()
                one.replied(1 + len(part))
                one.harmless()
        assert len(model.bodies) >= 1


def test_the_detector_sees_what_runs(site: Site, visit: Open) -> None:
    """Without the policy a page that sets markup runs them; with it they are stopped, and that is seen as well."""
    bare = visit("about:blank")
    for text in SELF_RUNNING:
        bare.page.evaluate("text => { document.body.innerHTML = text; }", text)
        bare.page.wait_for_timeout(30)
    assert len(bare.ran) >= len(SELF_RUNNING) - 1
    guarded = visit(site.url)
    for text in SELF_RUNNING:
        guarded.page.evaluate("text => { document.getElementById('log').innerHTML = text; }", text)
        guarded.page.wait_for_timeout(30)
    assert guarded.ran == []
    assert len(guarded.stopped) >= len(SELF_RUNNING) - 1
    guarded.errors.clear()  # the browser writes what it stopped to the console
    bare.errors.clear()

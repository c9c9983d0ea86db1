"""From typing to the pasted citation, over the published documents, by keyboard alone."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from tests.browser.desk.looks import looked_at
from tests.desk_parts import Desk, desk, looking_up
from tests.real import Real


@pytest.fixture(scope="module")
def desk_running(tmp_path_factory: pytest.TempPathFactory, real: Real) -> Iterator[Desk]:
    with desk(tmp_path_factory.mktemp("desk"), change=looking_up(real)) as started:
        yield started


@pytest.fixture
def page(desk_page: Callable[..., Page]) -> Page:
    return desk_page("operator")


def press(page: Page, *keys: str) -> int:
    for key in keys:
        page.keyboard.press(key)
    return len(keys)


def clipboard(page: Page) -> str:
    return str(page.evaluate("navigator.clipboard.readText()"))


@pytest.mark.parametrize(
    ("typed", "held"),
    [
        ("居家养老机构多少", "273个"),
        ("公租房 2019 新增", "公租房"),
        ("2025 人才", "43万人"),
        ("镇海高新企业", "镇海"),
    ],
)
def test_look_up_to_pasted_citation_in_six_key_presses(page: Page, typed: str, held: str) -> None:
    page.keyboard.type(typed, delay=15)  # the box has the focus already
    expect(page.locator("#found li").first).to_be_visible()
    expect(page.locator("#found")).to_contain_text(held)
    pressed = press(page, "ArrowDown", "ArrowUp", "Enter")
    expect(page.locator("#state")).to_have_text("已复制，带出处")
    page.evaluate(
        "document.body.append(Object.assign(document.createElement('textarea'), {id: 'elsewhere'}))"
    )
    page.evaluate("document.getElementById('elsewhere').focus()")
    pressed += press(page, "Control+V")
    pasted = page.locator("#elsewhere").input_value()
    assert pressed <= 6
    assert "来源：《" in pasted
    assert pasted == clipboard(page)


def test_a_year_alone_goes_on_from_what_was_copied(page: Page) -> None:
    page.keyboard.type("人才资源总量")
    expect(page.locator("#found li").first).to_be_visible()
    press(page, "Enter")
    expect(page.locator("#previous")).to_contain_text("人才资源总量")
    page.keyboard.type("2025")  # replaces what was typed: it is selected
    expect(page.locator("#found li").first).to_contain_text("43万人")


def test_only_the_last_typing_is_shown(page: Page) -> None:
    for text in ("养老", "养老机构", "养老机构 2020", "镇海高新企业"):
        page.fill("#q", text)
        page.wait_for_timeout(130)
    expect(page.locator("#found")).to_contain_text("镇海")
    page.wait_for_timeout(300)
    expect(page.locator("#found")).to_contain_text("镇海")


def test_filters_hold(page: Page) -> None:
    page.fill("#q", "人才")
    expect(page.locator("#found li").first).to_be_visible()
    page.select_option("[name=status]", "目标")
    page.select_option("[name=year]", "2025")
    expect(page.locator("#found li .chip.good")).to_have_count(0)
    expect(page.locator("#found li").first).to_contain_text("2025年")
    page.select_option("[name=district]", "镇海")
    expect(page.locator("#state")).not_to_have_text("")


def test_the_keys_are_listed_and_the_page_looks_right(page: Page, shots: Path) -> None:
    press(page, "?")
    expect(page.locator("#keys")).to_be_visible()
    press(page, "Escape")
    page.keyboard.type("公租房 2019 新增")
    expect(page.locator("#found li").first).to_be_visible()
    press(page, "ArrowDown")
    looked_at(page, "lookup", shots)
    press(page, "Control+Enter")
    page.wait_for_url("**/desk/chats?insert=*")

"""kill -9 of gateway, service, Rasa and Valkey at once, with people in the chats: afterwards everybody stands where they stood."""

from __future__ import annotations

import os
import signal
import time
from collections.abc import Iterator
from contextlib import ExitStack
from typing import Any
from uuid import uuid4

import httpx2
import pytest

from actions.accounts.acts import SYSTEM
from actions.bootstrap import build_accounts
from actions.settings import Settings
from actions.tickets.store import open_store
from tests.desk_parts import PASSWORD, csrf
from tests.stack import Stack

KILLED = ("gateway", "service", "rasa", "valkey")
FIRST, NOTED, SECOND = "您好，我是王桥，正在替您问", "居民说话急，先安抚", "我是周江，接着帮您办"
READY_SECONDS = 180


class Sitting:
    """An operator at the desk's pages."""

    def __init__(self, stack: Stack, login: str, name: str) -> None:
        self.name, self.login, headers = name, login, {"Origin": stack.address}
        self.client = httpx2.Client(base_url=stack.address, headers=headers, timeout=40, trust_env=False)
        came = self.client.post("/desk/sign-in", data={"login": login, "password": PASSWORD})
        assert came.status_code == 303, came.text
        self.client.headers["X-CSRF-Token"] = csrf(self.client)

    def act(self, name: str, act: str, **body: Any) -> httpx2.Response:
        """As the page does it."""
        return self.client.post(f"/desk/chats/{name}/{act}", json={"confirmed": True, **body})

    def duty(self, on_duty: bool) -> None:
        """在岗 or 离开."""
        assert self.client.post("/desk/presence", json={"on_duty": on_duty}).status_code == 200

    def sees(self, name: str) -> dict[str, Any]:
        """One conversation, as the page fetches it."""
        found = self.client.get(f"/desk/chats/{name}/news", params={"after": 0})
        assert found.status_code == 200, found.text
        return dict(found.json())

    def waiting(self) -> str:
        """The list of those who wait, longest wait first."""
        return self.client.get("/desk/chats/list", params={"view": "waiting"}).text


@pytest.fixture
def sitting(stack: Stack) -> Iterator[tuple[Sitting, Sitting]]:
    """Two operators on duty. Afterwards nobody is: other tests are told so."""
    settings = Settings(_env_file=stack.var_dir / "secrets.env", var_dir=stack.var_dir, database_url="")
    store, mark = open_store(settings.ledger_url()), uuid4().hex[:6]
    logins = {f"wang{mark}": "王桥", f"zhou{mark}": "周江"}
    for login, name in logins.items():
        build_accounts(settings, store).accounts.add(SYSTEM, login, name, ["operator"], PASSWORD, own=True)
    store.close()
    both = [Sitting(stack, login, name) for login, name in logins.items()]
    for one in both:
        one.duty(True)
    yield both[0], both[1]
    for one in both:
        one.duty(False)
        one.client.close()


@pytest.fixture
def residents(stack: Stack) -> Iterator[list[httpx2.Client]]:
    """Three browsers. The token keeps the limits for residents out of the way."""
    headers = {"Authorization": f"Bearer {stack.token}"}
    with ExitStack() as open_:
        yield [
            open_.enter_context(
                httpx2.Client(base_url=stack.address, headers=headers, timeout=40, trust_env=False)
            )
            for _ in range(3)
        ]


def ask(resident: httpx2.Client, text: str) -> dict[str, Any]:
    came = resident.post("/api/chat", json={"message": text, "id": uuid4().hex})
    assert came.status_code == 200, came.text
    return dict(came.json())


def stands(resident: httpx2.Client) -> dict[str, Any]:
    """What the resident's page shows about the desk."""
    return dict(resident.get("/api/news").json()["desk"])


def newest(operator: Sitting, known: set[str]) -> str:
    """The one conversation that waits beside ``known``."""
    chats = {part.split('"')[0].split("?")[0] for part in operator.waiting().split("/desk/chats/")[1:]}
    (found,) = chats - known
    return found


def kill_all(stack: Stack) -> None:
    """At once; returns when everything is there again, each in a new process."""
    old = {name: stack.pid(name) for name in KILLED}
    for pid in old.values():
        os.kill(pid, signal.SIGKILL)
    end = time.monotonic() + READY_SECONDS
    while True:
        now = {process.name: process for process in stack.state().processes}
        fresh = all(
            now[name].status == "ready" and now[name].pid not in (None, pid) for name, pid in old.items()
        )
        if fresh and stack.state().phase == "ready":
            return
        assert time.monotonic() < end, stack.state()
        time.sleep(0.2)


@pytest.mark.slow
def test_who_has_the_word_who_waits_and_what_was_said_outlive_kill_9_of_everything(
    stack: Stack, sitting: tuple[Sitting, Sitting], residents: list[httpx2.Client]
) -> None:
    (wang, zhou), (served, first, second) = sitting, residents
    names: list[str] = []
    for place, resident in enumerate(residents):
        assert ask(resident, "我要转人工")["desk"] == {"state": "waiting", "ahead": place}
        names.append(newest(wang, set(names)))
    owned = names[0]
    for act, body in (
        ("claim", {}),
        ("say", {"text": FIRST, "key": "1"}),
        ("note", {"text": NOTED, "key": "2"}),
    ):
        assert wang.act(owned, act, **body).status_code == 200, act
    zhou_id = next(one["id"] for one in wang.sees(owned)["colleagues"] if one["name"] == zhou.name)
    assert wang.act(owned, "transfer", to=zhou_id).status_code == 200
    assert zhou.act(owned, "say", text=SECOND, key="3").status_code == 200
    before, queue = zhou.sees(owned)["said"], wang.waiting()

    kill_all(stack)

    seen = zhou.sees(owned)
    assert (seen["mine"], seen["state"], seen["said"]) == (True, "human", before)
    for text in (FIRST, NOTED, SECOND):
        assert seen["said"].count(text) == 1
    assert stands(served) == {"state": "human", "operator": "周江"}
    assert [stands(one)["ahead"] for one in (first, second)] == [0, 1]
    assert [queue.count(name) for name in names] == [wang.waiting().count(name) for name in names]
    assert ask(served, "海曙有多少家居家养老机构") == {
        "replies": [],
        "desk": {"state": "human", "operator": "周江"},
    }
    for act, body in (("say", {"text": "我也来说", "key": "4"}), ("claim", {}), ("release", {})):
        refused = wang.act(owned, act, **body)
        assert (refused.status_code, "周江" in refused.text) == (409, True), (act, refused.text)
    for text, key in (
        (SECOND, "3"),
        ("问到了，有273家", "5"),
    ):  # the first one anew, as by a page that heard no reply
        assert zhou.act(owned, "say", text=text, key=key).status_code == 200
    heard = [one["text"] for one in served.get("/api/news").json()["news"]]
    assert heard[-1] == "问到了，有273家"
    assert heard.count(SECOND) <= 1
    assert "我也来说" not in zhou.sees(owned)["said"]
    assert NOTED not in str(heard)
    assert wang.act(names[1], "claim").status_code == 200
    assert stands(second) == {"state": "waiting", "ahead": 0}
    for operator, name in ((zhou, owned), (wang, names[1]), (wang, names[2])):
        if name == names[2]:
            assert operator.act(name, "claim").status_code == 200
        assert operator.act(name, "close").status_code == 200

"""Sessions that are forged, fixed, stolen halfway, swapped or over: each is refused, hundreds of them."""

from __future__ import annotations

import random
import secrets
from collections.abc import Iterator

import httpx2
import pytest

from actions.accounts.acts import SYSTEM
from tests.actions.tickets.ledger_parts import Hands
from tests.desk_parts import PASSWORD, Desk, csrf, desk

COOKIE = "haishu-desk"
PAGE, ACT = "/desk/me", "/desk/me/password"
CHANGE = {"old": PASSWORD, "new": "ganz-neu-und-lang-5", "again": "ganz-neu-und-lang-5"}


@pytest.fixture
def fresh(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Desk, Hands]]:
    clock = Hands()
    with desk(tmp_path_factory.mktemp("desk"), clock) as started:
        yield started, clock


def refused(answer: httpx2.Response) -> bool:
    """Neither a page nor a deed: told no, or sent to the sign-in."""
    if answer.status_code == 303:
        return answer.headers["location"].startswith("/desk/sign-in")
    return answer.status_code in (401, 403)


def with_cookie(running: Desk, cookie: str, token: str = "") -> tuple[httpx2.Response, httpx2.Response]:
    headers = {"Cookie": f"{COOKIE}={cookie}", "Origin": running.url, "X-CSRF-Token": token}
    with httpx2.Client(base_url=running.url, timeout=20) as client:
        return client.get(PAGE, headers=headers), client.post(ACT, data=CHANGE, headers=headers)


def forgeries(real: str, resident: str) -> Iterator[str]:
    dice = random.Random(81890)
    for _ in range(60):
        yield secrets.token_urlsafe(32)
    for _ in range(60):  # one character of a real one changed
        at = dice.randrange(len(real))
        other = dice.choice([c for c in "ABCxyz019-_" if c != real[at]])
        yield real[:at] + other + real[at + 1 :]
    for cut in range(1, len(real), 2):
        yield real[:cut]
    yield from (real + "A", real[::-1], real.swapcase(), real * 2, "A" * 5000, resident)
    yield from ("' OR '1'='1", "%00", "null", "0", "../../etc/passwd", "eyJhbGciOiJub25lIn0.e30.")


def test_forged_cookies(running: Desk) -> None:
    client = running.signed_in("operator")
    real, token = client.cookies[COOKIE], client.headers["X-CSRF-Token"]
    client.post("/api/chat", json={"message": "您好"})
    tried = 0
    for cookie in forgeries(real, client.cookies["haishu"]):
        for answer in with_cookie(running, cookie, token):
            tried += 1
            assert refused(answer), (cookie, answer.status_code)
    assert tried >= 280
    assert client.get(PAGE).status_code == 200


def test_forged_and_swapped_csrf_tokens(running: Desk) -> None:
    mine, other = running.signed_in("supervisor"), running.signed_in("editor")
    real, cookie = mine.headers["X-CSRF-Token"], mine.cookies[COOKIE]
    before = running.accounts.acts.newest(1)[0].position
    dice = random.Random(5)
    tokens = ["", other.headers["X-CSRF-Token"], cookie, real[:-1], real + "0", real.upper(), "0" * 64]
    tokens += [secrets.token_hex(32) for _ in range(50)]
    for _ in range(50):
        at = dice.randrange(64)
        tokens.append(
            real[:at] + dice.choice([c for c in "0123456789abcdef" if c != real[at]]) + real[at + 1 :]
        )
    for token in tokens:
        headers = {"X-CSRF-Token": token}
        assert mine.post(ACT, data=CHANGE, headers=headers).status_code == 403, token
        assert mine.post(ACT, data={**CHANGE, "csrf": token}, headers={"X-CSRF-Token": ""}).status_code == 403
    assert running.accounts.acts.newest(1)[0].position == before


def test_other_origins(running: Desk) -> None:
    client = running.signed_in("supervisor")
    host = running.url.removeprefix("http://")
    for origin in (
        "",
        "null",
        "https://evil.example",
        f"https://{host}.evil.example",
        f"http://evil.example/{host}",
        f"http://{host}@evil.example",
        "http://127.0.0.1",
        f"http://localhost:{host.partition(':')[2]}",
        f"{host}",
    ):
        assert client.post(ACT, data=CHANGE, headers={"Origin": origin}).status_code == 403, origin


def test_a_session_cannot_be_fixed_beforehand(running: Desk) -> None:
    planted = secrets.token_urlsafe(32)
    with running.browser() as victim, running.browser() as attacker:
        attacker.post("/desk/sign-in", data={"login": "editor", "password": PASSWORD})
        known = attacker.cookies[COOKIE]
        for cookie in (planted, known):
            victim.cookies.clear()
            headers = {"Cookie": f"{COOKIE}={cookie}"}
            data = {"login": "operator", "password": PASSWORD}
            came = victim.post("/desk/sign-in", data=data, headers=headers)
            assert came.status_code == 303
            assert victim.cookies[COOKIE] != cookie
            assert all(refused(answer) for answer in with_cookie(running, cookie))  # it opens nothing now


def test_it_ends_by_idleness_and_at_last(fresh: tuple[Desk, Hands]) -> None:
    running, hands = fresh
    idle, busy = running.signed_in("operator"), running.signed_in("supervisor")
    hands.move(minutes=29, seconds=59)
    assert busy.get(PAGE).status_code == 200
    hands.move(seconds=2)
    assert refused(idle.get(PAGE))
    assert refused(idle.post(ACT, data=CHANGE))
    assert busy.get(PAGE).status_code == 200
    for _ in range(17):
        hands.move(minutes=25)
        assert busy.get(PAGE).status_code == 200
    hands.move(minutes=25)  # eight hours and some: however busy
    assert refused(busy.get(PAGE))
    assert refused(busy.post(ACT, data=CHANGE))


def test_what_a_page_fetches_by_itself_keeps_nobody_signed_in(fresh: tuple[Desk, Hands]) -> None:
    running, hands = fresh
    client = running.signed_in("operator")
    token = client.cookies[COOKIE]
    for _ in range(3):
        hands.move(minutes=9)
        running.accounts.sessions.find(token, active=False)
    hands.move(minutes=4)
    assert refused(client.get(PAGE))


def test_it_ends_with_the_role_the_password_and_the_account(fresh: tuple[Desk, Hands]) -> None:
    running, _ = fresh
    accounts = running.accounts.accounts
    found = accounts.find("operator")
    assert found
    for change in (
        lambda: accounts.give(SYSTEM, found.operator.id, ["operator", "editor"]),
        lambda: accounts.reset(SYSTEM, found.operator.id, PASSWORD),
        lambda: accounts.forget_code(SYSTEM, found.operator.id),
        lambda: accounts.switch(SYSTEM, found.operator.id, off=True),
    ):
        with running.browser() as client:
            client.post("/desk/sign-in", data={"login": "operator", "password": PASSWORD})
            assert client.get(PAGE).status_code == 200
            token = csrf(client)
            change()
            assert refused(client.get(PAGE))
            assert refused(client.post(ACT, data={**CHANGE, "csrf": token}))
    with running.browser() as client:
        assert (
            client.post("/desk/sign-in", data={"login": "operator", "password": PASSWORD}).status_code == 403
        )

"""The shell: signing in and out, what it refuses, and what everybody may do with their own account."""

from __future__ import annotations

import httpx2
import pyotp
import pytest

from actions.accounts.acts import SYSTEM
from tests.actions.tickets.ledger_parts import Hands
from tests.desk_parts import PASSWORD, Desk, csrf

NEW = "eine-andere-Batterie-7"


def test_without_a_session_there_is_only_the_sign_in(running: Desk) -> None:
    with running.browser() as client:
        sent = client.get("/desk")
        assert (sent.status_code, sent.headers["location"]) == (303, "/desk/sign-in")
        deep = client.get("/desk/me?done=code")
        assert deep.headers["location"] == "/desk/sign-in?next=/desk/me%3Fdone%3Dcode"
        as_script = client.get("/desk", headers={"Accept": "application/json"})
        assert (as_script.status_code, as_script.json()["error"]["code"]) == (401, "session_over")
        assert client.get("/desk/nothing").status_code == 404


def test_signing_in_and_out(running: Desk) -> None:
    client = running.signed_in("operator")
    page = client.get("/desk")
    assert page.status_code == 200
    assert "王桥" in page.text
    assert page.headers["cache-control"] == "no-store"
    assert "form-action 'self'" in page.headers["content-security-policy"]
    assert "form-action 'none'" in client.get("/").headers["content-security-policy"]
    kept = client.cookies["haishu-desk"]
    assert client.post("/desk/sign-out").status_code == 303
    assert "haishu-desk" not in client.cookies
    client.cookies.set("haishu-desk", kept)
    assert client.get("/desk").status_code == 303  # the session itself is over, not only its cookie


def test_the_cookie_is_for_this_site_and_no_script(running: Desk) -> None:
    with running.browser() as client:
        came = client.post("/desk/sign-in", data={"login": "OPERATOR ", "password": PASSWORD})
        cookie = came.headers["set-cookie"].lower()
        assert "httponly" in cookie
        assert "samesite=strict" in cookie
        assert "max-age" not in cookie


def test_a_sign_in_leads_back_to_the_desk_and_nowhere_else(running: Desk) -> None:
    for after, leads in (
        ("/desk/me?done=code", "/desk/me?done=code"),
        ("https://evil.example/", "/desk"),
        ("//evil.example/desk/", "/desk"),
        ("/desk//evil.example", "/desk"),
        ("/desk/\\evil", "/desk"),
        ("/desk/sign-in", "/desk"),
        ("/api/chat", "/desk"),
    ):
        with running.browser() as client:
            came = client.post(
                "/desk/sign-in", data={"login": "operator", "password": PASSWORD, "next": after}
            )
            assert came.headers["location"] == leads


def test_wrong_is_wrong_whatever_was_wrong(running: Desk) -> None:
    with running.browser() as client:
        tries = [
            client.post("/desk/sign-in", data={"login": login, "password": password})
            for login, password in (("operator", "wrong-wrong-wrong"), ("nobody", PASSWORD), ("", ""))
        ]
    assert {one.status_code for one in tries} == {403}
    assert len({one.text for one in tries}) == 1
    assert "set-cookie" not in tries[0].headers


def test_a_post_from_elsewhere_is_refused(running: Desk) -> None:
    with running.browser() as client:
        for origin in ({"Origin": "https://evil.example"}, {"Origin": "null"}, {"Origin": ""}):
            data = {"login": "operator", "password": PASSWORD}
            assert client.post("/desk/sign-in", data=data, headers=origin).status_code == 403
    bare = httpx2.post(f"{running.url}/desk/sign-in", data={"login": "operator", "password": PASSWORD})
    assert bare.status_code == 403


def test_the_password_is_changed_by_its_owner_alone(running: Desk) -> None:
    running.accounts.accounts.add(SYSTEM, "fresh", "新人", ["operator"], PASSWORD)
    with running.browser() as client, running.browser() as other:
        for one in (client, other):
            one.post("/desk/sign-in", data={"login": "fresh", "password": PASSWORD})
        assert client.get("/desk").headers["location"] == "/desk/me"  # until the given password is changed
        token = csrf(client)

        def change(old: str, new: str, again: str = "") -> httpx2.Response:
            body = {"csrf": token, "old": old, "new": new, "again": again or new}
            return client.post("/desk/me/password", data=body)

        assert "两次输入" in change(PASSWORD, NEW, "another").text
        assert "现在的密码不对" in change("wrong", NEW).text
        assert "太容易猜" in change(PASSWORD, "fresh81890fresh81890").text
        assert change(PASSWORD, NEW).headers["location"] == "/desk/me?done=password"
        assert client.get("/desk").status_code == 200
        assert other.get("/desk").status_code == 303


def test_a_one_time_code(running: Desk, hands: Hands) -> None:
    running.accounts.accounts.add(SYSTEM, "coded", "有码", ["operator"], PASSWORD, own=True)
    client = running.signed_in("coded")
    page = client.post("/desk/me/code/begin", data={"password": PASSWORD}).text
    assert "<svg" in page
    address = page.partition("<code>otpauth://")[2].partition("</code>")[0].replace("&amp;", "&")
    totp = pyotp.parse_uri("otpauth://" + address)
    assert isinstance(totp, pyotp.TOTP)
    assert "验证码不对" in client.post("/desk/me/code/confirm", data={"code": "000000"}).text
    first = totp.at(hands.at)
    assert (
        client.post("/desk/me/code/confirm", data={"code": first}).headers["location"].endswith("done=code")
    )
    with running.browser() as again:
        came = again.post("/desk/sign-in", data={"login": "coded", "password": PASSWORD, "next": "/desk/me"})
        assert came.headers["location"] == "/desk/sign-in/code?next=/desk/me"
        half = again.cookies["haishu-desk"]
        assert again.get("/desk").status_code == 303  # half a sign-in opens nothing
        assert again.post("/desk/sign-in/code", data={"code": first}).status_code == 403  # used already
        hands.move(seconds=30)
        came = again.post("/desk/sign-in/code", data={"code": totp.at(hands.at), "next": "/desk/me"})
        assert came.headers["location"] == "/desk/me"
        assert again.cookies["haishu-desk"] != half
        again.headers["X-CSRF-Token"] = csrf(again)
        hands.move(seconds=30)
        data = {"password": PASSWORD, "code": totp.at(hands.at)}
        assert again.post("/desk/me/code/drop", data=data).headers["location"].endswith("done=dropped")


@pytest.mark.parametrize("path", ["/desk/static/desk.css", "/desk/static/desk.js"])
def test_files_are_served(running: Desk, path: str) -> None:
    with running.browser() as client:
        assert client.get(path).status_code == 200

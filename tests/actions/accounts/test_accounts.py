"""Accounts: who gets in, who is locked out, and what stays on record."""

from __future__ import annotations

import json

import pyotp
import pytest
from sqlalchemy import delete, select, update

from actions.accounts.acts import COMMAND_LINE, SYSTEM
from actions.accounts.errors import AccountInvalid, AccountUnknown, NotPermitted, SessionOver, SignInRefused
from actions.accounts.office import AccountOffice
from actions.accounts.passwords import Passwords, generated
from actions.accounts.rules import Rules
from actions.accounts.tables import accounts, acts, acts_head, desk_sessions
from actions.tickets.store import Store
from tests.actions.tickets.ledger_parts import Hands
from tests.desk_parts import PASSWORD, RULES

WRONG = "ganz-falsches-Wort-3"


def kinds(office: AccountOffice) -> list[str]:
    return [act.kind for act in office.acts.newest(50)]


def test_the_rules_are_those_that_were_decided() -> None:
    rules = Rules.load()
    assert (rules.idle_minutes, rules.longest_minutes, rules.failures) == (30, 480, 5)
    assert (rules.argon2_passes, rules.argon2_kib, rules.argon2_lanes) == (
        3,
        65536,
        4,
    )  # RFC 9106, second profile
    assert f"连错{rules.failures}次会锁定{rules.locked_minutes}分钟" in str(SignInRefused())


def test_passwords_are_argon2id_and_not_easily_guessed() -> None:
    passwords = Passwords(RULES)
    assert passwords.hash(PASSWORD, "wang").startswith("$argon2id$")
    assert passwords.hash(PASSWORD, "wang") != passwords.hash(PASSWORD, "wang")
    for bad in (
        "kurz",
        "a" * 30,
        "wangwangwang",
        "haishu818908189",
        "123456123456",
        "x" * 201,
        "password12345",
    ):
        with pytest.raises(AccountInvalid):
            passwords.hash(bad, "wang")
    assert not passwords.matches("", PASSWORD)
    assert not passwords.matches("no hash", PASSWORD)
    assert len({generated() for _ in range(50)}) == 50
    assert passwords.hash(generated(), "wang")


def test_five_failures_lock_for_a_while(office: AccountOffice, hands: Hands) -> None:
    for _ in range(4):
        with pytest.raises(SignInRefused):
            office.entrance.password("admin", WRONG)
    assert office.entrance.password("ADMIN ", PASSWORD)[1] == "in"  # four are forgiven
    for _ in range(5):
        with pytest.raises(SignInRefused):
            office.entrance.password("admin", WRONG)
    assert "locked" in kinds(office)
    hands.move(minutes=14, seconds=59)
    with pytest.raises(SignInRefused):
        office.entrance.password("admin", PASSWORD)
    hands.move(seconds=2)
    assert office.entrance.password("admin", PASSWORD)[1] == "in"


def test_codes_count_as_failures_too(office: AccountOffice, hands: Hands) -> None:
    found = office.accounts.find("admin")
    assert found
    totp = pyotp.parse_uri(office.own.begin_code(found.operator, PASSWORD))
    assert isinstance(totp, pyotp.TOTP)
    office.own.confirm_code(found.operator, totp.at(hands.at))
    token, stage = office.entrance.password("admin", PASSWORD)
    assert stage == "code"
    hands.move(seconds=60)
    for code in ("000000", "abc", "", "１２３４５６", "1234567"):
        with pytest.raises(SignInRefused):
            office.entrance.code(token, code)
    with pytest.raises(SignInRefused):  # locked: the right one does not help now
        office.entrance.code(token, totp.at(hands.at))
    hands.move(minutes=16)
    with pytest.raises(SessionOver):  # and the first step is too long ago
        office.entrance.code(token, totp.at(hands.at))


def test_what_was_typed_as_a_login_is_not_kept(office: AccountOffice) -> None:
    with pytest.raises(SignInRefused):
        office.entrance.password(PASSWORD, "oops")
    newest = office.acts.newest(1)[0]
    assert (newest.kind, newest.subject) == ("sign_in_failed", "")
    assert PASSWORD not in json.dumps([act.details for act in office.acts.newest(50)])


def test_tokens_and_secrets_do_not_stand_in_the_tables(office: AccountOffice, store: Store) -> None:
    found = office.accounts.find("admin")
    assert found
    address = office.own.begin_code(found.operator, PASSWORD)
    token, _ = office.entrance.password("admin", PASSWORD)
    secret = address.partition("secret=")[2].partition("&")[0]
    with store.reading() as connection:
        everything = str(
            [connection.execute(select(table)).all() for table in (accounts, desk_sessions, acts, acts_head)]
        )
    assert all(word not in everything for word in (token, secret, PASSWORD))
    assert office.accounts.reseal() == 1


def test_there_is_always_an_administrator(office: AccountOffice) -> None:
    admin = office.accounts.find("admin")
    assert admin
    with pytest.raises(AccountInvalid, match="没有管理员"):
        office.accounts.give(SYSTEM, admin.operator.id, ["operator"])
    with pytest.raises(AccountInvalid, match="没有管理员"):
        office.accounts.switch(SYSTEM, admin.operator.id, off=True)
    assert office.accounts.active(admin.operator.id).has("admin")
    office.accounts.add(SYSTEM, "second", "二号", ["admin"], PASSWORD)
    office.accounts.switch(SYSTEM, admin.operator.id, off=True)
    with pytest.raises(NotPermitted):
        office.accounts.active(admin.operator.id)


def test_what_cannot_be_taken_is_named(office: AccountOffice) -> None:
    add = office.accounts.add
    for login, name, roles, password, told in (
        ("a b", "甲", ["admin"], PASSWORD, "登录名"),
        ("ok", " ", ["admin"], PASSWORD, "姓名"),
        ("ok", "甲", [], PASSWORD, "角色"),
        ("ok", "甲", ["king"], PASSWORD, "角色"),
        ("ok", "甲", ["admin"], "short", "密码"),
        ("ADMIN", "甲", ["admin"], PASSWORD, "已经有人用了"),
    ):
        with pytest.raises(AccountInvalid, match=told):
            add(SYSTEM, login, name, roles, password)
    with pytest.raises(AccountUnknown, match="999"):
        office.accounts.switch(SYSTEM, 999, off=True)


def test_every_change_is_an_act(office: AccountOffice) -> None:
    by = office.accounts.find("admin")
    assert by
    made = office.accounts.add(by.operator, "wang", "王桥", ["operator"], PASSWORD)
    office.accounts.give(by.operator, made.operator.id, ["operator", "editor"])
    office.accounts.link(by.operator, made.operator.id, "https://id.example", "w1")
    with pytest.raises(AccountInvalid, match="已经绑定"):
        office.accounts.link(by.operator, by.operator.id, "https://id.example", "w1")
    assert office.entrance.vouched("https://id.example", "w1")[1] == "in"
    with pytest.raises(SignInRefused):
        office.entrance.vouched("https://other.example", "w1")
    office.accounts.reset(by.operator, made.operator.id, PASSWORD)
    office.acts.write(COMMAND_LINE, "export", "tickets", {"rows": 3})
    assert kinds(office)[:7] == [
        *("export", "password_reset", "sign_in_failed", "sign_in", "sign_in_linked", "roles_changed"),
        "account_added",
    ]
    assert office.acts.newest(1, kind="roles_changed")[0].name == "何管"
    with pytest.raises(AccountInvalid):
        office.acts.write(COMMAND_LINE, "x" * 41)


@pytest.mark.parametrize(
    "touch",
    [
        lambda c: c.execute(update(acts).where(acts.c.position == 2).values(name="别人")),
        lambda c: c.execute(update(acts).where(acts.c.position == 2).values(details="{}")),
        lambda c: c.execute(delete(acts).where(acts.c.position == 2)),
        lambda c: c.execute(delete(acts).where(acts.c.position == 3)),
        lambda c: c.execute(delete(acts_head)),
        lambda c: c.execute(update(acts_head).values(length=2)),
    ],
)
def test_a_touched_record_is_found_out(office: AccountOffice, store: Store, touch: object) -> None:
    for number in range(2):
        office.acts.write(COMMAND_LINE, "export", "tickets", {"rows": number})
    assert office.acts.verify().findings == ()
    with store.writing() as connection:
        touch(connection)  # type: ignore[operator]
    assert office.acts.verify().findings

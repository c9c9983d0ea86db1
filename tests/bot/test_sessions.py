"""The session cookie: who it lets in, when it ends, and that nobody else can write one."""

import base64
import random

import pytest

from bot.gateway.sessions import Sessions

SECRET = "secret-for-tests-0123456789-abcdefg"


@pytest.fixture
def clock():
    return [1_000_000.0]


@pytest.fixture
def sessions(clock):
    return Sessions(SECRET, 12, False, clock=lambda: clock[0])


def test_a_cookie_opens_its_session_again(sessions):
    session = sessions.open(None)
    again = sessions.open(sessions.value(session))
    assert session.fresh
    assert not again.fresh
    assert (again.id, again.conversation) == (session.id, session.conversation)


def test_ids_carry_128_random_bits(sessions):
    ids = {sessions.open(None).id for _ in range(500)}
    assert len(ids) == 500
    assert all(len(base64.urlsafe_b64decode(id_ + "==")) == 16 for id_ in ids)


def test_the_conversation_name_tells_nothing_about_the_cookie(sessions):
    session = sessions.open(None)
    assert session.id not in session.conversation
    assert sessions.open(session.conversation).fresh


def test_a_restart_is_another_conversation_of_the_same_session(sessions):
    session = sessions.open(None)
    restarted = sessions.restart(session)
    assert restarted.id == session.id
    assert restarted.conversation != session.conversation
    assert sessions.open(sessions.value(restarted)).conversation == restarted.conversation


def test_five_hundred_forgeries_open_nothing(sessions):
    value = sessions.value(sessions.open(None))
    conversation = sessions.open(value).conversation
    other = Sessions("another-secret-0123456789-abcdefghij", 12, False)
    rng = random.Random(2)
    forged = ["", "a", ".", "null", value[:-1], value + "A", "!" + value, other.value(other.open(None))]
    while len(forged) < 500:
        place = rng.randrange(len(value) - 1)  # the last character holds padding bits
        char = rng.choice("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_.")
        if value[place] != char:
            forged.append(value[:place] + char + value[place + 1 :])
    opened = [sessions.open(cookie) for cookie in forged]
    assert all(session.fresh for session in opened)
    assert conversation not in {session.conversation for session in opened}


def test_a_session_ends_however_much_it_is_used(sessions, clock):
    session = sessions.open(None)
    value = sessions.value(session)
    clock[0] += 12 * 3600 - 1
    assert not sessions.open(value).fresh
    assert sessions.max_age(session) == 1
    clock[0] += 1
    assert sessions.open(value).fresh


def test_the_host_prefix_only_over_https():
    assert Sessions(SECRET, 12, True).cookie == "__Host-haishu"
    assert Sessions(SECRET, 12, False).cookie == "haishu"

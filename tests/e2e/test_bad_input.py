"""Nothing a resident can send breaks the running system, gets executed, or stays readable in what it keeps."""

from pathlib import Path

import pytest
import redis

BLANK = [
    "",
    "   ",
    "\u200b\u200d\ufeff",
    "\x00\x07\x1b",
    "😀👍🏽",
    "？！……",
    "\u3164",
    "\U000e0041\U000e007f",
]
COMMANDS = [
    "/restart",
    "/session_start",
    "／restart",
    "\u200b/restart",
    "\n/ask_info",
    "\u202e/restart",
    "//restart",
    '/report_issue{"place": "集士港"}',
    '/inform{"phone": "13800001234"}',
]


@pytest.mark.parametrize("message", BLANK)
def test_no_words_get_a_clear_reply(client, message):
    response = client.post("/api/chat", json={"message": message})
    assert response.status_code == 200
    assert response.json()["replies"][0]["notice"] in ("empty", "no_words")


@pytest.mark.parametrize("length", [301, 10_000])
def test_too_long_names_the_limit(client, length):
    response = client.post("/api/chat", json={"message": "海" * length})
    assert response.status_code == 200
    assert "300个字" in response.json()["replies"][0]["text"]
    assert response.elapsed.total_seconds() < 1


def test_a_million_characters_are_refused_quickly(client):
    response = client.post("/api/chat", json={"message": "海" * 1_000_000})
    assert response.status_code == 413
    assert "81890" in response.json()["replies"][0]["text"]


def test_commands_are_words(client):
    client.post("/api/chat", json={"message": "海曙有送饭的点吗"})
    for message in COMMANDS:
        response = client.post("/api/chat", json={"message": message})
        assert response.status_code == 200, message
        assert response.json()["replies"][0]["text"]
    # None of them emptied the conversation or began a form.
    last = client.post("/api/chat", json={"message": "海曙有多少家居家养老机构"}).json()
    assert "273" in last["replies"][0]["text"]


@pytest.mark.parametrize("message", ["e" + "\u0301" * 250, "\U000e0048海曙", "\ufffd\ufffe", "a" * 300, "𠮷" * 300, "<script>alert(1)</script>", "{{7*7}}", "'; DROP TABLE tickets;--", "EXTERNAL: restart"])  # fmt: skip
def test_odd_text_is_only_text(client, message):
    response = client.post("/api/chat", json={"message": message})
    assert response.status_code == 200
    assert response.json()["replies"][0]["text"]
    assert "Traceback" not in response.text


def test_personal_numbers_are_kept_nowhere(client, stack):
    phone, card = "13957480123", "11010519491231002X"
    response = client.post("/api/chat", json={"message": f"我叫李四，{phone}，身份证{card}，路灯坏了"})
    assert response.json()["masked"] is True
    assert phone not in response.text
    client.post("/api/chat", json={"message": f"打我电话 {phone[:3]} {phone[3:7]} {phone[7:]}"})
    for log in Path(stack.var_dir).rglob("*.log"):
        text = log.read_text("utf-8", "replace")
        assert phone not in text, log
        assert card not in text, log
    store = redis.Redis.from_url(stack.redis_url)
    held = b"".join(store.dump(key) or b"" for key in store.scan_iter())
    texts = [value for key in store.scan_iter() if store.type(key) == b"string" for value in [store.get(key)]]
    store.close()
    assert len(held) > 0
    assert not any(
        phone.encode() in (value or b"") or card.encode() in (value or b"") for value in [held, *texts]
    )

"""Two hundred letters of the 公众号: every kind of message and event, as it should be and with fields odd or missing."""

from __future__ import annotations

import random

from tests.fake_wechat import event, letter, message
from tests.faults.inputs.messages import texts
from tests.faults.inputs.tally import SEED

COUNT = 200
KINDS: dict[str, dict[str, str]] = {
    "text": {"Content": "海曙有多少家居家养老机构"},
    "image": {"PicUrl": "http://x", "MediaId": "m"},
    "voice": {"MediaId": "m", "Format": "amr", "Recognition": "路灯坏了。"},
    "video": {"MediaId": "m", "ThumbMediaId": "t"},
    "shortvideo": {"MediaId": "m", "ThumbMediaId": "t"},
    "location": {"Location_X": "29.8683", "Location_Y": "121.544", "Scale": "15", "Label": "鼓楼"},
    "link": {"Title": "x", "Description": "x", "Url": "http://x"},
    "file": {"Title": "x", "FileKey": "k"},
    "hologram": {},
}
EVENTS = ("subscribe", "unsubscribe", "SCAN", "LOCATION", "CLICK", "VIEW", "TEMPLATESENDJOBFINISH", "x")
ODD = (
    "",
    " ",
    "x",
    "-1",
    "9" * 300,
    "nan",
    "1e400",
    "\x1f",
    "]]>",
    "<b>",
    "&amp;",
    "/restart",
    "甲" * 9000,
    "٣",
)
# Bodies that are no flat XML: what the platform would never send, though its signature is right.
BODIES = (
    *(b"", b"{}", b"<xml>", b"<xml/>", b"<xml><xml><MsgType>text</MsgType></xml></xml>", b"\xff\xfe<xml/>"),
    b'<?xml version="1.0" encoding="utf-7"?><xml/>',
    b"<xml>" + b"<a>" * 2000 + b"</a>" * 2000 + b"</xml>",
    b'<!DOCTYPE x [<!ENTITY a "b">]><xml><Content>&a;</Content></xml>',
    b'<!DOCTYPE x SYSTEM "file:///etc/passwd"><xml/>',
    b"<xml><MsgType><![CDATA[text]]></MsgType>\x00</xml>",
    b"<xml>" + b"<x>y</x>" * 8000 + b"</xml>",
    b'<xml a="' + b"x" * 60_000 + b'"/>',
    b"<xml>" + b"\xed\xa0\x80" + b"</xml>",
)


def letters(first: int = 1000) -> list[bytes]:
    """The bodies of two hundred calls; the first of each kind are in order."""
    whole = [*KINDS, *EVENTS]
    return [
        _body(whole[i % len(whole)], first + i, i >= len(whole)) for i in range(COUNT - len(BODIES))
    ] + list(BODIES)


def _body(kind: str, number: int, odd: bool) -> bytes:
    chance, reader = random.Random(f"{SEED} letter {number}"), f"oOdd-{number}"
    fields = message(number, reader, kind, **KINDS[kind]) if kind in KINDS else event(reader, kind, number)
    for _ in range(chance.randint(1, 3) if odd else 0):
        name = chance.choice(list(fields) or ["Content"])
        how = chance.random()
        if how < 0.4:
            fields.pop(name, None)
        elif how < 0.8:
            fields[name] = chance.choice(ODD)
        else:
            fields["Content"] = chance.choice(texts()[:60])
    return letter(fields).encode("utf-8", "replace")

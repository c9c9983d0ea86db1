"""Calls that no client of ours makes: every route of both servers, fifteen times, each wrong in another way.

The routes come from the servers' own lists and the names of fields from their source, so that what is new is tried
without anybody thinking of it.
"""

from __future__ import annotations

import json
import random
import re
import zlib
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import quote

from actions.settings import ROOT
from tests.faults.inputs.tally import SEED

EACH = 15
READERS = ("actions/serving", "bot/gateway", "bot/console", "bot/channels")
METHODS = ("PUT", "PATCH", "DELETE", "OPTIONS", "TRACE", "HEAD", "PROPFIND", "get", "X" * 300)
ODD_PATHS = (
    *("%00", "%ff", "%ed%a0%80", "..%2f..%2fetc%2fpasswd", "'--", "-1", "9" * 40, "1e9", "٣", "１", "0x10", "NaN"),
    *("a" * 3000, "%0d%0aX:1", "{}", "null", "%F0%9F%98%80", "%E2%80%AE", "CON", ".", "%2e%2e", "a;b=c", "%"),
)  # fmt: skip
ODD_VALUES: tuple[Any, ...] = (
    *(None, True, False, 0, -1, 2**63, 10**400, 1.5, 1e308, "", " ", "x", "\x00", "\ud800", "\u202e/restart"),
    *("9" * 40, "2026-13-45", "甲" * 5000, [], [None], [[]], ["x"] * 500, {}, {"$gt": ""}, {"x": {"x": {}}}),
)
ODD_HEADERS: tuple[tuple[str, bytes], ...] = (
    ("content-type", b"application/json; charset=utf-7"),
    ("content-type", b"text/html, application/json"),
    ("content-type", b"multipart/form-data"),
    ("content-type", b"multipart/form-data; boundary=" + b"x" * 3000),
    ("content-type", b"application/x-www-form-urlencoded; charset=\xff"),
    ("content-encoding", b"br"),
    ("content-encoding", b"deflate, gzip"),
    ("accept", b"text/plain;q=zzz, */*;q=-1"),
    ("accept-language", b"\xe6\xb5\xb7\xe6\x9b\x99" * 50),
    ("accept-encoding", b"gzip;q=nan, \xff"),
    ("cookie", b"haishu=\xff\xfe; haishu=; =;;; desk=" + b"%00" * 300),
    ("cookie", b"haishu=" + b"A" * 6000),
    ("authorization", b"Bearer"),
    ("authorization", b"Basic \xff\xff"),
    ("x-operator", b"\xd9\xa3"),
    ("x-operator", b"9" * 60),
    ("x-csrf-token", b"\xff" * 64),
    ("origin", b"null"),
    ("origin", b"http://[::1"),
    ("host", b"\xff.example"),
    ("x-forwarded-for", b"'," * 500),
    ("x-request-id", b"\xf0\x9f\x98\x80" * 100),
    ("traceparent", b"00-zz-zz-zz"),
    ("range", b"bytes=-99999999999999999999-1"),
    ("if-modified-since", b"yesterday"),
    ("expect", b"200-ok"),
    ("last-event-id", b"-1" * 50),
)


@dataclass(frozen=True)
class Call:
    """One of them. ``who`` is a caller of the test's table."""

    server: str
    method: str
    path: str
    who: str
    how: str
    query: str = ""
    headers: Mapping[str, bytes] = field(default_factory=dict)
    body: bytes | None = None

    def __str__(self) -> str:
        return f"{self.server} {self.method[:12]} {self.path[:80]} as {self.who}, {self.how}"


Makes = Callable[[random.Random], dict[str, Any]]


def calls(server: str, routes: Iterable[tuple[str, str]], callers: Iterable[str]) -> Iterator[Call]:
    """The calls of one server's routes."""
    callers = list(callers)
    for method, path in routes:
        if method == "MOUNT":
            method, path = "GET", f"{path}/{{name}}"
        for i in range(EACH):
            chance = random.Random(f"{SEED} {server} {method} {path} {i}")
            how = HOW[(i + zlib.crc32(path.encode())) % len(HOW)]
            made = _WAYS[how](chance)
            yield Call(
                server, made.pop("method", method), _filled(path, chance), chance.choice(callers), how, **made
            )


def _filled(path: str, chance: random.Random) -> str:
    return re.sub(r"\{\w+(:\w+)?\}", lambda _: chance.choice(ODD_PATHS), path)


def names() -> list[str]:
    """Every field that the servers ask a body, a form or a query for."""
    asked = re.compile(r"""\b(?:body|data|form|fields|query|query_params)(?:\.get\(|\[)"(\w+)\"""")
    files = sorted(path for folder in READERS for path in (ROOT / folder).rglob("*.py"))
    return sorted({name for path in files for name in asked.findall(path.read_text("utf-8"))})


def _wrong_json(chance: random.Random) -> dict[str, Any]:
    fields = {name: chance.choice(ODD_VALUES) for name in chance.sample(names(), chance.randint(1, 8))}
    return _sent(json.dumps(fields).encode(), b"application/json")


def _no_json(chance: random.Random) -> dict[str, Any]:
    whole = json.dumps(dict.fromkeys(chance.sample(names(), 3), "x"))
    return _sent(
        chance.choice(
            (
                whole[: chance.randrange(len(whole))].encode(),
                whole.encode("utf-16"),
                b"\xef\xbb\xbf" + whole.encode(),
                whole.replace('"', "'").encode(),
                b"[" * 20_000,
                b'{"a":' * 5000 + b"1" + b"}" * 5000,
                b"NaN",
                b'{"message": Infinity, "message": 1e999}',
                b"\x80\x81\xff",
                b"",
                b"null",
                b'"text"',
                b"[{}]",
                b"9" * 5000,
            )
        ),
        chance.choice((b"application/json", b"text/plain", b"application/x-www-form-urlencoded")),
    )


def _form(chance: random.Random) -> dict[str, Any]:
    fields = [(name, chance.choice(ODD_PATHS)) for name in chance.choices(names(), k=chance.randint(1, 60))]
    body = "&".join(f"{name}={value}" for name, value in fields).encode() + chance.choice(
        (b"", b"&&=&%", b"\xff")
    )
    return _sent(body, b"application/x-www-form-urlencoded")  # fmt: skip


def _parts(chance: random.Random) -> dict[str, Any]:
    head = b"Content-Disposition: form-data; name=" + chance.choice(
        (b"file", b'"file"; filename="../x"', b'"')
    )
    ends = (b"\r\n--b--", b"", b"\r\n--b\r\n" * 200)
    body = b"--b\r\n" + head + b"\r\n\r\n" + chance.randbytes(50) + chance.choice(ends)
    return _sent(body, b"multipart/form-data; boundary=b")


def _packed(chance: random.Random) -> dict[str, Any]:
    """Compressed: wrongly, not at all, or a great deal of it."""
    bomb = zlib.compress(b" " * 30_000_000, 9)
    body = chance.choice((bomb, bomb[:-20], zlib.compress(b"{}")[2:], b"{}", chance.randbytes(200)))
    sent = _sent(body, b"application/json")
    sent["headers"]["content-encoding"] = chance.choice((b"deflate", b"gzip", b"deflate"))
    return sent


def _headers(chance: random.Random) -> dict[str, Any]:
    body = json.dumps({name: chance.choice(ODD_VALUES) for name in chance.sample(names(), 2)}).encode()
    return {"headers": dict(chance.sample(ODD_HEADERS, 3)), "body": body}


def _query(chance: random.Random) -> dict[str, Any]:
    asked = chance.choices(names(), k=chance.randint(1, 30))
    values = [chance.choice((*ODD_PATHS, quote(str(chance.choice((-1, 10**30, "甲" * 400)))))) for _ in asked]
    return {"query": "&".join(f"{name}={value}" for name, value in zip(asked, values, strict=True))}


def _method(chance: random.Random) -> dict[str, Any]:
    return {"method": chance.choice(METHODS), "body": chance.choice((None, b"{}"))}


def _huge(chance: random.Random) -> dict[str, Any]:
    name = chance.choice(names()).encode()
    return _sent(b'{"' + name + b'": "' + b"x" * 1_500_000 + b'"}', b"application/json")


def _sent(body: bytes, kind: bytes) -> dict[str, Any]:
    return {"body": body, "headers": {"content-type": kind}}


_WAYS: dict[str, Makes] = {
    "fields of wrong types": _wrong_json,
    "no JSON": _no_json,
    "an odd form": _form,
    "odd parts": _parts,
    "compressed": _packed,
    "odd headers": _headers,
    "an odd query": _query,
    "another method": _method,
    "a huge body": _huge,
}
HOW = (*(["fields of wrong types"] * 4), *(["no JSON"] * 2), *list(_WAYS)[2:], "odd headers")

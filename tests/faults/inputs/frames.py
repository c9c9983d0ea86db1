"""Two hundred ways to break the framing of HTTP itself, as bytes for a socket."""

from __future__ import annotations

import random
import zlib
from collections.abc import Callable, Iterator

from tests.faults.inputs.tally import SEED

COUNT = 200
TARGETS = (
    "/api/chat",
    "/answer",
    "/webhook",
    "/open311/v2/requests.json",
    "/tickets",
    "/healthz",
    "/desk/sign-in",
)
HOST = b"Host: 127.0.0.1\r\n"


def frames(token: bytes) -> Iterator[tuple[str, bytes]]:
    """``(what is wrong, the bytes)``; ``token`` gets them past the service's door."""
    for i in range(COUNT):
        chance = random.Random(f"{SEED} frame {i}")
        name, make = WAYS[i % len(WAYS)]
        yield f"{name} {i}", make(chance, token)


def _head(chance: random.Random, token: bytes, *lines: bytes, method: bytes = b"POST") -> bytes:
    first = method + b" " + chance.choice(TARGETS).encode() + b" HTTP/1.1\r\n"
    return (
        first
        + HOST
        + b"Authorization: Bearer "
        + token
        + b"\r\n"
        + b"".join(one + b"\r\n" for one in lines)
        + b"\r\n"
    )


def _line(chance: random.Random, token: bytes) -> bytes:
    lines = (
        *(b"", b"\r\n\r\n", b"GET", b"GET /", b"GET / HTTP/9.9\r\n\r\n", b"GET / HTTP/0.9\r\n\r\n"),
        *(b"GET\t/healthz\tHTTP/1.1\r\n\r\n", b"GET /healthz HTTP/1.1\n\n", b"get /healthz http/1.1\r\n\r\n"),
        b"GET /" + b"a" * 100_000 + b" HTTP/1.1\r\n" + HOST + b"\r\n",
        b"GET /\x00\xff HTTP/1.1\r\n" + HOST + b"\r\n",
        b"GET http://elsewhere.example/healthz HTTP/1.1\r\n" + HOST + b"\r\n",
        b"CONNECT 127.0.0.1:22 HTTP/1.1\r\n" + HOST + b"\r\n",
        b"OPTIONS * HTTP/1.1\r\n" + HOST + b"\r\n",
        b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n" + bytes(30),
        b"PROXY TCP4 1.2.3.4 5.6.7.8 1 2\r\nGET /healthz HTTP/1.1\r\n\r\n",
        bytes.fromhex("16030100c8010000c40303") + bytes(200),
    )
    return chance.choice((*lines, chance.randbytes(chance.randint(1, 3000))))


def _headers(chance: random.Random, token: bytes) -> bytes:
    odd = (
        (b"X: " + b"x" * 200_000,),
        tuple(b"X-%d: y" % i for i in range(6000)),
        (b"no colon at all",),
        (b"X y: z",),
        (b" X: folded", b"\tand again"),
        (b"X: a\x00b",),
        (b"X: \x7f\x01\x1b[31m",),
        (b": nameless",),
        (b"Cookie: " + b"haishu=x; " * 9000,),
        (b"Host: a", b"Host: b"),
        (b"Connection: " + b"close, " * 5000,),
        (b"Upgrade: websocket", b"Connection: Upgrade", b"Sec-WebSocket-Key: x"),
        (
            b"Upgrade: h2c",
            b"Connection: Upgrade, HTTP2-Settings",
            b"HTTP2-Settings: AAMAAABkAAQAoAAAAAIAAAAA",
        ),
        (b"Expect: 100-continue", b"Content-Length: 5"),
        (b"Range: bytes=0-18446744073709551615",),
    )
    return _head(chance, token, *chance.choice(odd), method=chance.choice((b"GET", b"POST")))


def _length(chance: random.Random, token: bytes) -> bytes:
    said = chance.choice(
        (b"-1", b"abc", b"1e3", b"0x10", b"+5", b"5, 6", b"9" * 30, b"1", b"100000", b" ", b"\xb2")
    )
    lines = [b"Content-Length: " + said, b"Content-Type: application/json"]
    if chance.random() < 0.3:
        lines.append(b"Content-Length: 3")
    return _head(chance, token, *lines) + b'{"message": "x"}' * chance.choice((0, 1, 50))


def _smuggled(chance: random.Random, token: bytes) -> bytes:
    inner = b"0\r\n\r\nGET /metrics HTTP/1.1\r\n" + HOST + b"\r\n"
    both = (
        b"Content-Length: %d" % len(inner),
        chance.choice(
            (
                b"Transfer-Encoding: chunked",
                b"Transfer-Encoding : chunked",
                b"Transfer-Encoding: xchunked",
                b"Transfer-Encoding: chunked, identity",
                b"Transfer-Encoding:\x0bchunked",
            )
        ),
    )
    return _head(chance, token, *chance.sample(both, 2)) + inner  # fmt: skip


def _chunks(chance: random.Random, token: bytes) -> bytes:
    bodies = (
        *(
            b"zz\r\n{}\r\n0\r\n\r\n",
            b"-5\r\nhello\r\n0\r\n\r\n",
            b"FFFFFFFFFFFFFFFFF\r\nx",
            b"7fffffff\r\nx",
            b"5\r\nhel",
        ),
        *(
            b"5\r\nhello0\r\n\r\n",
            b"5\nhello\n0\n\n",
            b"0\r\n" + b"X: y\r\n" * 3000 + b"\r\n",
            b"2;" + b"e" * 70_000 + b"\r\n{}\r\n0\r\n\r\n",
        ),
        b"".join(b"1\r\n \r\n" for _ in range(20_000)) + b"0\r\n\r\n",
        b"100000\r\n" + b" " * 0x100000 + b"\r\n0\r\n\r\n",
    )
    return _head(chance, token, b"Transfer-Encoding: chunked", b"Content-Type: application/json") + chance.choice(bodies)  # fmt: skip


def _bomb(chance: random.Random, token: bytes) -> bytes:
    """Three kilobytes that become thirty megabytes, in chunks, to the actions' webhook."""
    # In pieces: what is measured is the servers' memory, not that of whoever makes the bomb.
    piece, packer = chance.choice((b" ", b'{"a":', b"[")) * 100_000, zlib.compressobj(9)
    packed = b"".join(packer.compress(piece) for _ in range(chance.choice((30, 300)))) + packer.flush()
    cut = packed[: chance.choice((len(packed), len(packed) // 2))]
    lines = (b"Transfer-Encoding: chunked", b"Content-Encoding: " + chance.choice((b"deflate", b"gzip")))
    return _head(chance, token, *lines) + b"%x\r\n" % len(cut) + cut + b"\r\n0\r\n\r\n"


def _pipeline(chance: random.Random, token: bytes) -> bytes:
    one = _head(chance, token, method=b"GET")
    return one * chance.choice((2, 60)) + chance.randbytes(40)


WAYS: tuple[tuple[str, Callable[[random.Random, bytes], bytes]], ...] = (
    ("request line", _line),
    ("headers", _headers),
    ("length", _length),
    ("two lengths", _smuggled),
    ("chunks", _chunks),
    ("bomb", _bomb),
    ("pipeline", _pipeline),
)

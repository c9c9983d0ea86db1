"""Everywhere that something may have been left behind."""

from __future__ import annotations

import io
import os
import subprocess
import sys
import tarfile
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

import httpx2
import redis

from actions.settings import ROOT
from tests.product import Product

SECRET = ("secrets.env",)  # keys, no texts
KEEPS_PLACES = ("redis", "valkey", "ledger", "backup")  # a report's place is what is to be repaired


def left_behind(product: Product, folder: Path) -> Iterator[tuple[str, bytes]]:
    """(where, what) of all of it; a backup is taken for this into ``folder``."""
    yield from _files(product.stack.var_dir)
    yield from ((f"redis {name}", value) for name, value in redis_values(product.stack.redis_url))
    yield from _backup(product, folder / "backup.tar.gz")
    yield from _metrics(product)
    for name, endpoint in (("llm", product.llm), ("spans", product.spans)):
        yield from ((name, body) for body in (endpoint.bodies if endpoint else ()))


def keeps_places(where: str) -> bool:
    """Whether an address may stand there."""
    return where.split()[0].split("/")[0].split(".")[0] in KEEPS_PLACES


def _files(folder: Path) -> Iterator[tuple[str, bytes]]:
    for path in sorted(folder.rglob("*")):
        if path.is_file() and path.name not in SECRET:
            yield str(path.relative_to(folder)), path.read_bytes()


def redis_values(url: str) -> Iterator[tuple[str, bytes]]:
    """Every key with everything in it, and the keys themselves."""
    with closing(redis.Redis.from_url(url)) as client:
        for key in client.scan_iter(count=1000):
            yield key.decode("utf-8", "replace"), key
            yield key.decode("utf-8", "replace"), _value(client, key)


def _value(client: Any, key: bytes) -> bytes:
    kind = client.type(key).decode()
    reads = {
        "string": lambda: client.get(key),
        "hash": lambda: client.hgetall(key),
        "list": lambda: client.lrange(key, 0, -1),
        "set": lambda: client.smembers(key),
        "zset": lambda: client.zrange(key, 0, -1),
        "stream": lambda: client.xrange(key),
    }
    if kind == "none":  # it ended meanwhile
        return b""
    return b"\n".join(_flat(reads[kind]()))


def _flat(found: Any) -> Iterator[bytes]:
    if isinstance(found, bytes):
        yield found
    elif isinstance(found, dict):
        yield from _flat(list(found.items()))
    elif found is not None:
        for part in found:
            yield from _flat(part)


def _backup(product: Product, path: Path) -> Iterator[tuple[str, bytes]]:
    command = [sys.executable, "-m", "bot.cli", "backup", "take", str(path)]
    environ = {**os.environ, **product.stack.environ}
    done = subprocess.run(command, cwd=ROOT, env=environ, capture_output=True, text=True, timeout=300)
    assert done.returncode == 0, done.stdout + done.stderr
    yield "backup command", (done.stdout + done.stderr).encode()
    with tarfile.open(fileobj=io.BytesIO(path.read_bytes())) as archive:
        for member in archive.getmembers():
            if inside := archive.extractfile(member):
                yield f"backup {member.name}", inside.read()


def _metrics(product: Product) -> Iterator[tuple[str, bytes]]:
    headers = {"Authorization": f"Bearer {product.stack.token}"}
    for address in (product.stack.address, product.stack.service):
        yield (
            f"metrics {address}",
            httpx2.get(f"{address}/metrics", headers=headers, trust_env=False).content,
        )

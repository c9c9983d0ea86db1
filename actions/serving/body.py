"""Reads a JSON body without ever holding more than the allowed number of bytes, deflated or not."""

from __future__ import annotations

import json
import re
import zlib
from collections.abc import AsyncIterator
from typing import Any

from starlette.requests import ClientDisconnect, Request

from actions.serving.errors import BodyInvalid, BodyTooLarge, BodyUnreadable

_HALF = re.compile(r"\\ud[89a-f]", re.IGNORECASE)  # only as an escape can one stand in UTF-8
# Rasa deflates (zlib header); 32 makes zlib tell gzip and zlib apart by itself.
_ANY_HEADER = zlib.MAX_WBITS | 32


async def _inflated(chunks: AsyncIterator[bytes], limit: int) -> AsyncIterator[bytes]:
    inflater = zlib.decompressobj(_ANY_HEADER)
    async for chunk in chunks:
        try:
            yield inflater.decompress(chunk, limit + 1)
        except zlib.error as error:
            raise BodyUnreadable(f"请求体无法解压：{error}") from None
        if inflater.unconsumed_tail:
            raise BodyTooLarge(f"请求体解压后超过 {limit} 字节")
    if not inflater.eof:
        raise BodyUnreadable("请求体的压缩数据不完整")


async def read_bytes(request: Request, limit: int) -> bytes:
    """The body, inflated when ``Content-Encoding`` says so.

    :raises BodyTooLarge: as soon as more than ``limit`` bytes have come out.
    :raises BodyUnreadable: for a broken or unknown compression.
    """
    encoding = request.headers.get("content-encoding", "identity").strip().lower()
    if encoding not in ("identity", "", "deflate", "gzip"):
        raise BodyUnreadable(f"不支持的 Content-Encoding：{encoding[:40]}；可用 deflate 或 gzip")
    chunks: AsyncIterator[bytes] = request.stream()
    if encoding in ("deflate", "gzip"):
        chunks = _inflated(chunks, limit)
    body = bytearray()
    try:
        async for chunk in chunks:
            body += chunk
            if len(body) > limit:
                raise BodyTooLarge(f"请求体超过 {limit} 字节")
    except ClientDisconnect:
        raise BodyUnreadable("请求体没有传完") from None
    return bytes(body)


async def read_object(request: Request, limit: int) -> dict[str, Any]:
    """The body as a JSON object; half a surrogate pair in it, which nothing behind can write down, becomes U+FFFD.

    :raises RequestRefused: when it is too large, not JSON, or JSON of another type.
    """
    body = await read_bytes(request, limit)
    try:
        text = body.decode()
        data = json.loads(text)
        data = whole(data) if _HALF.search(text) else data
    except (ValueError, RecursionError):
        raise BodyUnreadable("请求体不是有效的 JSON") from None
    if not isinstance(data, dict):
        raise BodyInvalid("请求体应是一个 JSON 对象")
    return data


def whole(value: Any) -> Any:
    """The same JSON without halves of surrogate pairs.

    >>> whole({"a": ["\\ud800x", 1]})
    {'a': ['\ufffdx', 1]}
    """
    if isinstance(value, str):
        return value.encode("utf-16", "surrogatepass").decode("utf-16", "replace")
    if isinstance(value, list):
        return [whole(one) for one in value]
    if isinstance(value, dict):
        return {whole(key): whole(one) for key, one in value.items()}
    return value

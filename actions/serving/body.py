"""Reads a JSON body without ever holding more than the allowed number of bytes, deflated or not."""

from __future__ import annotations

import json
import zlib
from collections.abc import AsyncIterator
from typing import Any

from starlette.requests import ClientDisconnect, Request

from actions.serving.errors import BodyInvalid, BodyTooLarge, BodyUnreadable

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
    """The body as a JSON object.

    :raises RequestRefused: when it is too large, not JSON, or JSON of another type.
    """
    body = await read_bytes(request, limit)
    try:
        data = json.loads(body)
    except (ValueError, RecursionError):
        raise BodyUnreadable("请求体不是有效的 JSON") from None
    if not isinstance(data, dict):
        raise BodyInvalid("请求体应是一个 JSON 对象")
    return data

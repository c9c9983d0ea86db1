"""The wire to an OpenAI-compatible endpoint, trusting it with nothing: neither time, nor memory, nor headers.

endpoint = LlmEndpoint("http://127.0.0.1:8000/v1", "key", "model", seconds=5.0)
endpoint.ask("system text", "user text")  # the model's words, or a RewriteError
"""

from __future__ import annotations

import asyncio
import ssl
import threading
from collections.abc import AsyncIterator
from concurrent.futures import Future

import httpx2
from openai import APITimeoutError, AsyncOpenAI, OpenAIError

from actions.answering.errors import EndpointFailed, EndpointLate, ReplyTooLong

# What the SDK tells about this machine, and what its own environment variables would add, is left out.
SENT_HEADERS = frozenset({"host", "content-type", "content-length", "accept", "authorization", "connection"})
GRACE = 0.5  # seconds for the loop's thread to report what it has already decided


class LlmEndpoint:
    """One model at one endpoint; may be shared by threads.

    :param seconds: limit on the clock for a whole call, connecting and every trickled byte included.
    :param chars: longest reply read; the stream is left as soon as it is longer.
    :param response_bytes: most bytes of an HTTP body read, whatever they mean.
    """

    def __init__(
        self,
        base_url: str,
        api_key: str,
        model: str,
        seconds: float,
        chars: int = 4000,
        response_bytes: int = 262_144,
        tokens: int = 600,
    ) -> None:
        self._base_url, self._api_key, self._model = base_url, api_key or "none", model
        self._seconds, self._chars, self._bytes, self._tokens = seconds, chars, response_bytes, tokens
        self._tls = ssl.create_default_context()  # making it takes longer than many a call
        _ = (
            self._client().chat.completions
        )  # the SDK loads its parts at first use: not while a resident waits

    def ask(self, system: str, user: str) -> str:
        """The model's words.

        :raises RewriteError: EndpointFailed, EndpointLate or ReplyTooLong.
        """
        outcome: Future[str] = Future()
        # A thread and a loop for each call: what hangs in it, even a name look-up, hangs there alone.
        threading.Thread(target=self._run, args=(outcome, system, user), name="llm", daemon=True).start()
        try:
            return outcome.result(self._seconds + GRACE)
        except (TimeoutError, APITimeoutError) as error:
            raise EndpointLate from error
        except (OpenAIError, httpx2.HTTPError, ValueError, RecursionError) as error:
            # The SDK wraps what the transport raised, also our own limit.
            raise (ReplyTooLong if _caused_by_length(error) else EndpointFailed) from error

    def _run(self, outcome: Future[str], system: str, user: str) -> None:
        try:
            outcome.set_result(asyncio.run(asyncio.wait_for(self._read(system, user), self._seconds)))
        except BaseException as error:  # noqa: BLE001 - handed to the thread that waits
            outcome.set_exception(error)

    async def _read(self, system: str, user: str) -> str:
        said = ""
        async with self._client() as client:
            stream = await client.chat.completions.create(
                model=self._model,
                messages=[{"role": "system", "content": system}, {"role": "user", "content": user}],
                temperature=0,
                max_tokens=self._tokens,
                stream=True,
            )
            async with stream:
                async for chunk in stream:
                    said += _content(chunk)
                    if len(said) > self._chars:
                        raise ReplyTooLong
        if not said.strip():
            raise EndpointFailed
        return said

    def _client(self) -> AsyncOpenAI:
        wire = _Guarded(httpx2.AsyncHTTPTransport(verify=self._tls), self._bytes)
        http = httpx2.AsyncClient(
            transport=wire, trust_env=False, follow_redirects=False, timeout=self._seconds
        )
        return AsyncOpenAI(
            base_url=self._base_url,
            api_key=self._api_key,
            max_retries=0,
            timeout=self._seconds,
            http_client=http,
        )


def _content(chunk: object) -> str:
    """The text of one piece; "" for whatever else an endpoint sends."""
    choices = getattr(chunk, "choices", None)
    first = choices[0] if isinstance(choices, list) and choices else None
    text = getattr(getattr(first, "delta", None), "content", None)
    return text if isinstance(text, str) else ""


def _caused_by_length(error: BaseException | None) -> bool:
    while error is not None:
        if isinstance(error, ReplyTooLong):
            return True
        error = error.__cause__ or error.__context__
    return False


class _Guarded(httpx2.AsyncBaseTransport):
    """Sends only the headers that a call needs; gives up on a body that is packed or too large."""

    def __init__(self, inner: httpx2.AsyncBaseTransport, limit: int) -> None:
        self._inner, self._limit = inner, limit

    async def handle_async_request(self, request: httpx2.Request) -> httpx2.Response:
        for name in set(request.headers) - SENT_HEADERS:
            del request.headers[name]
        request.headers["accept-encoding"] = "identity"
        response = await self._inner.handle_async_request(request)
        if response.headers.get("content-encoding", "identity") != "identity":
            await response.aclose()  # a few packed bytes can unpack to gigabytes
            raise ReplyTooLong
        assert isinstance(response.stream, httpx2.AsyncByteStream)
        response.stream = _Counted(response.stream, self._limit)
        return response

    async def aclose(self) -> None:
        await self._inner.aclose()


class _Counted(httpx2.AsyncByteStream):
    def __init__(self, inner: httpx2.AsyncByteStream, limit: int) -> None:
        self._inner, self._left = inner, limit

    async def __aiter__(self) -> AsyncIterator[bytes]:
        async for piece in self._inner:
            self._left -= len(piece)
            if self._left < 0:
                raise ReplyTooLong
            yield piece

    async def aclose(self) -> None:
        await self._inner.aclose()

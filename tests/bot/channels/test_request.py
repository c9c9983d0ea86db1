"""How the Bot API is called: what arrives, what failures are named, and that none of them tells the token."""

from __future__ import annotations

import asyncio
import ssl
import traceback
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from cryptography.x509.oid import NameOID
from telegram import Bot
from telegram.error import NetworkError, RetryAfter, TelegramError, TimedOut
from telegram.request import BaseRequest, RequestData

from actions.settings import SettingsError
from bot.channels.telegram.request import AiohttpRequest
from tests.fake_telegram import TOKEN, FakeTelegram
from tests.serving import listening, serving
from tests.stack import free_ports


@pytest.fixture(autouse=True)
def no_proxy(monkeypatch):
    for name in ("http_proxy", "https_proxy", "all_proxy", "no_proxy"):
        monkeypatch.delenv(name, raising=False)
        monkeypatch.delenv(name.upper(), raising=False)


def bot(server: str) -> Bot:
    return Bot(
        TOKEN,
        base_url=f"{server}/bot",
        request=AiohttpRequest(server, 4),
        get_updates_request=AiohttpRequest(server, 1),
    )


async def test_words_arrive_as_they_are_and_refusals_are_told():
    fake = FakeTelegram(refused_share=1.0, retry_after=3)
    with serving(fake.app) as server:
        async with bot(server) as one:
            with pytest.raises(RetryAfter):
                await one.send_message(5, "路灯坏了 + 50% & 更多=？")
            fake.refused_share = 0.0
            fake._wait.clear()
            await one.send_message(5, "路灯坏了 + 50% & 更多=？")
            assert await one.get_updates(timeout=0) == ()
    assert [one.text for one in fake.sent] == ["路灯坏了 + 50% & 更多=？"]


async def test_silence_ends_in_time_and_tells_no_token():
    async def silent(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.read(-1)

    async with listening(silent) as address:
        request = AiohttpRequest(address, 1)
        async with request:
            url = f"{address}/bot{TOKEN}/getMe"
            with pytest.raises(TimedOut) as caught:
                await request.post(url, RequestData(), read_timeout=0.2)
            assert TOKEN not in "".join(traceback.format_exception(caught.value))
            # The one connection is free again; who does not get it is told so as well.
            with pytest.raises(TimedOut):
                await request.post(url, RequestData(), read_timeout=0.2, pool_timeout=0.1)


@pytest.mark.parametrize("what", ["nobody", "hangs up"])
async def test_a_broken_connection_is_named_and_tells_no_token(what):
    async def rude(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.read(100)

    async with listening(rude) as address:
        if what == "nobody":
            address = f"http://127.0.0.1:{free_ports(1)[0]}"
        async with AiohttpRequest(address, 1) as request:
            with pytest.raises(NetworkError) as caught:
                await request.post(f"{address}/bot{TOKEN}/getMe", RequestData())
    assert TOKEN not in "".join(traceback.format_exception(caught.value))
    assert not isinstance(caught.value, TimedOut)


@pytest.mark.parametrize(
    ("variables", "asked"),
    [
        ({}, False),
        ({"HTTP_PROXY": "proxy"}, True),
        ({"ALL_PROXY": "proxy"}, True),
        ({"HTTP_PROXY": "proxy", "NO_PROXY": "api.telegram.test"}, False),
        ({"HTTPS_PROXY": "proxy"}, False),
    ],
)
async def test_the_usual_variables_name_the_proxy(monkeypatch, variables, asked):
    heard: list[bytes] = []

    async def proxy(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        heard.append(await reader.readline())
        body = b'{"ok": true, "result": true}'
        writer.write(b"HTTP/1.1 200 OK\r\nContent-Length: %d\r\n\r\n%s" % (len(body), body))
        await writer.drain()

    async with listening(proxy) as address:
        for name, value in variables.items():
            monkeypatch.setenv(name, address if value == "proxy" else value)
        there = "http://api.telegram.test"
        async with AiohttpRequest(there, 1) as request:
            if asked:
                assert await request.post(f"{there}/bot{TOKEN}/logOut", RequestData()) is True
            else:
                with pytest.raises(NetworkError):  # there is no such machine
                    await request.post(f"{there}/bot{TOKEN}/logOut", RequestData())
    assert bool(heard) == asked
    if asked:
        assert heard == [f"POST {there}/bot{TOKEN}/logOut HTTP/1.1\r\n".encode()]


def test_a_proxy_that_cannot_be_used_is_refused_with_the_way_out(monkeypatch):
    monkeypatch.setenv("HTTPS_PROXY", "socks5://127.0.0.1:1080")
    with pytest.raises(SettingsError, match=r"socks5.*HTTPS_PROXY"):
        AiohttpRequest("https://api.telegram.org", 1)


@pytest.mark.parametrize("trusted", [True, False])
async def test_only_a_server_that_proves_who_it_is_gets_the_token(monkeypatch, tmp_path, trusted):
    context, authority = certified(tmp_path)
    if trusted:
        monkeypatch.setenv("SSL_CERT_FILE", str(authority))
    heard: list[bytes] = []

    async def talk(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        heard.append(await reader.readline())
        writer.write(b'HTTP/1.1 200 OK\r\nContent-Length: 28\r\n\r\n{"ok": true, "result": true}')
        await writer.drain()

    async with listening(talk, context) as address:
        there = address.replace("http://127.0.0.1", "https://localhost")
        async with AiohttpRequest(there, 1) as request:
            if trusted:
                assert await request.post(f"{there}/bot{TOKEN}/logOut", RequestData()) is True
            else:
                with pytest.raises(NetworkError):
                    await request.post(f"{there}/bot{TOKEN}/logOut", RequestData())
    assert bool(heard) == trusted


def certified(folder: Path) -> tuple[ssl.SSLContext, Path]:
    """A server's side for «localhost», and the file that a client has to trust."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "localhost")])
    now = datetime.now(UTC)
    certificate = (
        x509.CertificateBuilder(name, name, key.public_key(), x509.random_serial_number())
        .not_valid_before(now - timedelta(days=1))
        .not_valid_after(now + timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName([x509.DNSName("localhost")]), critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
        .sign(key, hashes.SHA256())
    )
    pem = Encoding.PEM
    (folder / "certificate.pem").write_bytes(certificate.public_bytes(pem))
    (folder / "key.pem").write_bytes(key.private_bytes(pem, PrivateFormat.PKCS8, NoEncryption()))
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(folder / "certificate.pem", folder / "key.pem")
    return context, folder / "certificate.pem"


async def test_what_it_cannot_do_it_says():
    request = AiohttpRequest("http://127.0.0.1:1", 1)
    with pytest.raises(TelegramError):
        await request.post("http://127.0.0.1:1/", RequestData())
    await request.initialize()
    with pytest.raises(NotImplementedError):
        await request.do_request("http://127.0.0.1:1/", "POST", _with_a_file())
    await request.shutdown()
    await request.shutdown()
    assert isinstance(request, BaseRequest)


def _with_a_file() -> RequestData:
    from telegram import InputFile
    from telegram.request._requestparameter import RequestParameter

    return RequestData([RequestParameter("document", None, [InputFile(b"abc", attach=True)])])

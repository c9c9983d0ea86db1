"""The whole product with all its channels: the stack, and on loopback the platforms it speaks to.

    with product(folder) as running:
        running.telegram.put(message(1, 7, "你好"))

The one place that knows how such an installation is started; every suite over the running product begins here.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path

from tests import fake_telegram, fake_wechat
from tests.fake_telegram import FakeTelegram
from tests.fake_wechat import FakeWeChat
from tests.llm_stub import Handler, Stub, stub
from tests.serving import serving
from tests.stack import Stack, free_ports, start, stop

OPEN311_KEY = "open311-key-for-the-tests-81890"
PROCESSES = ("valkey", "service", "rasa", "gateway", "telegram", "wechat")


@dataclass(frozen=True)
class Product:
    """A running one.

    :param llm: what the language model's endpoint was sent; None: the product uses none
    :param spans: what the collector of traces was sent; None: nothing is traced
    """

    stack: Stack
    telegram: FakeTelegram
    wechat: FakeWeChat
    wechat_url: str
    llm: Stub | None = None
    spans: Stub | None = None


@contextmanager
def product(folder: Path, extra: Mapping[str, str] | None = None, watched: bool = False) -> Iterator[Product]:
    """Start it, and stop it with the block.

    :param extra: further settings, as environment variables
    :param watched: with a language model and a collector of traces, both of which write down what they get
    """
    telegram, wechat = FakeTelegram(), FakeWeChat()
    telegram_port, wechat_port = free_ports(2)
    with ExitStack() as parts:
        settings = {
            "TELEGRAM_TOKEN": fake_telegram.TOKEN,
            "TELEGRAM_API_URL": parts.enter_context(serving(telegram.app)),
            "TELEGRAM_PORT": str(telegram_port),
            "WECHAT_TOKEN": fake_wechat.TOKEN,
            "WECHAT_APPID": fake_wechat.APPID,
            "WECHAT_SECRET": fake_wechat.SECRET,
            "WECHAT_API_URL": parts.enter_context(serving(wechat.app)),
            "WECHAT_PORT": str(wechat_port),
            "OPEN311_KEYS": f"tests:{OPEN311_KEY}",
        }
        llm = spans = None
        if watched:
            llm, spans = parts.enter_context(stub()), parts.enter_context(stub())
            llm.says({"lines": []})
            spans.play = _take
            settings |= {"LLM_BASE_URL": llm.address, "LLM_MODEL": "stand-in"}
            settings |= {"OTEL_EXPORTER_OTLP_ENDPOINT": spans.address.removesuffix("/v1")}
        running = start(folder, settings | dict(extra or {}))
        parts.callback(stop, running)
        yield Product(running, telegram, wechat, f"http://127.0.0.1:{wechat_port}", llm, spans)


def _take(handler: Handler) -> None:
    handler.start("application/x-protobuf")

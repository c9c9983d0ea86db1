"""``make bench-lookup``: ten operators type at once; how long the server takes, beside the encoder alone.

Service and gateway run as processes of their own, as in operation, with a ledger of their own. Each operator types the
corpus's questions (``knowledge/asks``) two characters at a time, as an input method hands them over, and rests at the
end; the page asks for sentences while typing goes on and for the answer at rest, and so does this. Blocks take
turns: first the encoder alone is asked by ten threads at the same moments, then the look-up, so that other work on the
machine slows both alike. Server time is what the gateway took (``Server-Timing``): session, CSRF, service and all.
"""

from __future__ import annotations

import argparse
import math
import random
import re
import secrets
import socket
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

import httpx2
import numpy as np

from actions.accounts.acts import COMMAND_LINE
from actions.bootstrap import build_accounts, build_encoder, build_office, load_corpus
from actions.settings import Settings, SettingsError, inherited_environment, load_settings
from benchmarks.encoder import spread
from benchmarks.record import ROOT, commit, write_section
from embeddings.errors import EmbeddingError
from knowledge.errors import KnowledgeError

OPERATORS = 10
BLOCKS = 4
CHUNK = 2  # characters that come at once
PAUSE = (0.25, 0.55)  # seconds between them
REST = 0.28  # after the last ones, until the page asks for the answer
PASSWORD = "lang-genug-zum-Messen-7"
_SERVER = re.compile(r"desk;dur=([0-9.]+)")
Work = Callable[[int, str, bool], float]  # operator, text, still typing → milliseconds


def main(arguments: list[str] | None = None) -> int:
    """Measure, print, and write if told to; 0, or 1 when the server takes more than twice the encoder."""
    options, measured = _options(arguments), commit()
    try:
        text, ratio = report(load_settings(), options.questions)
    except (EmbeddingError, KnowledgeError, SettingsError) as error:
        print(f"bench-lookup: {error}", file=sys.stderr)
        return 1
    print(text)
    if options.out:
        write_section(
            options.out, "Look-up while typing", "make bench-lookup OUT=benchmarks/RESULTS.md", measured, text
        )
    return 0 if ratio <= 2 else 1


def report(settings: Settings, questions: int) -> tuple[str, float]:
    """The figures as Markdown, and the ratio of the two p95."""
    texts = [ask.text for ask in spread(load_corpus(settings).asks, questions)]
    encoder = build_encoder(settings)
    encoder.encode_question("预热")
    trips: list[float] = []
    with tempfile.TemporaryDirectory() as folder, desk(settings, Path(folder)) as clients:

        def encode(_: int, text: str, typing_on: bool) -> float:
            if not typing_on:  # the same text as just before: the encoder has it at hand
                return math.nan
            began = time.perf_counter()
            encoder.encode_question(text)
            return (time.perf_counter() - began) * 1000

        def look_up(operator: int, text: str, typing_on: bool) -> float:
            params = {"q": text, "typist": f"o{operator}", **({"quick": "1"} if typing_on else {})}
            began = time.perf_counter()
            answer = clients[operator].get("/desk/lookup", params=params)
            trips.append((time.perf_counter() - began) * 1000)
            found = _SERVER.search(answer.headers.get("Server-Timing", ""))
            if answer.status_code != 200 or not found:
                raise SettingsError(f"/desk/lookup answered {answer.status_code}: {answer.text[:200]}")
            return float(found[1])

        encoded, looked = in_turns([encode, look_up], texts)
    encoded = [ms for ms in encoded if not math.isnan(ms)]
    return _table(encoded, looked, trips), p(95, looked) / p(95, encoded)


def in_turns(works: Sequence[Work], texts: Sequence[str]) -> list[list[float]]:
    """Every work on every text, block by block; what each key press cost."""
    spent: list[list[float]] = [[] for _ in works]
    for block in range(BLOCKS):
        for work, times in zip(works, spent, strict=True):
            times += typing(work, texts[block::BLOCKS], block)
    return spent


def typing(work: Work, texts: Sequence[str], seed: int) -> list[float]:
    """All operators type their share of the texts at the same time."""
    spent: list[float] = []
    failed: list[BaseException] = []

    def operator(number: int) -> None:
        pace = random.Random(f"{seed}-{number}")
        try:
            for text in texts[number::OPERATORS]:
                for end in range(CHUNK, len(text) + CHUNK, CHUNK):
                    time.sleep(pace.uniform(*PAUSE))
                    spent.append(work(number, text[:end], True))
                time.sleep(REST)
                spent.append(work(number, text, False))
        except BaseException as error:  # noqa: BLE001 - handed on to the thread that reports
            failed.append(error)

    threads = [threading.Thread(target=operator, args=(number,)) for number in range(OPERATORS)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    if failed:
        raise failed[0]
    return spent


@contextmanager
def desk(settings: Settings, folder: Path) -> Iterator[list[httpx2.Client]]:
    """A service and a gateway with ten signed-in operators."""
    own = {
        "VAR_DIR": str(folder),
        "INDEX_DIR": str(settings.index_path()),
        "MODEL_DIR": str(settings.models_path()),
        "REDIS_URL": "redis://127.0.0.1:9/0",
        "DATABASE_URL": "",
        "SERVICE_PORT": str(_free_port()),
        "GATEWAY_PORT": str(_free_port()),
        **{name: secrets.token_urlsafe(32) for name in ("SERVICE_TOKEN", "SESSION_SECRET", "REDIS_PASSWORD")},
        **{name: secrets.token_urlsafe(32) for name in ("LEDGER_KEY", "CONTACT_KEY")},
    }
    _accounts(settings, folder, own)
    gateway = f"http://127.0.0.1:{own['GATEWAY_PORT']}"
    with (
        _process("actions.app", own["SERVICE_PORT"], own),
        _process("bot.gateway.app", own["GATEWAY_PORT"], own),
    ):
        _wait(f"http://127.0.0.1:{own['SERVICE_PORT']}/readyz")
        _wait(f"{gateway}/healthz")
        clients = [_signed_in(gateway, number) for number in range(OPERATORS)]
        yield clients
        for client in clients:
            client.close()


def _accounts(settings: Settings, folder: Path, own: dict[str, str]) -> None:
    given = {"var_dir": folder, "database_url": ""}
    keys = {name.lower(): type(settings.ledger_key)(own[name]) for name in ("LEDGER_KEY", "CONTACT_KEY")}
    changed = settings.model_copy(update={**given, **keys})
    office = build_office(changed)
    accounts = build_accounts(changed, office.store).accounts
    for number in range(OPERATORS):
        accounts.add(COMMAND_LINE, f"o{number}", f"坐席{number}", ["operator"], PASSWORD, own=True)
    office.close()


@contextmanager
def _process(module: str, port: str, own: dict[str, str]) -> Iterator[None]:
    command = [sys.executable, "-m", "uvicorn", "--factory", f"{module}:create_app", "--port", port]
    command += ["--no-access-log", "--log-level", "warning"]
    process = subprocess.Popen(command, cwd=ROOT, env={**inherited_environment(), **own})
    try:
        yield
    finally:
        process.terminate()
        process.wait(60)


def _signed_in(gateway: str, number: int) -> httpx2.Client:
    client = httpx2.Client(base_url=gateway, headers={"Origin": gateway}, timeout=30, trust_env=False)
    came = client.post("/desk/sign-in", data={"login": f"o{number}", "password": PASSWORD})
    if came.status_code != 303:
        raise SettingsError(f"sign-in of o{number} answered {came.status_code}")
    return client


def _wait(url: str, seconds: float = 400) -> None:
    end = time.monotonic() + seconds
    while True:
        try:
            if httpx2.get(url, timeout=2, trust_env=False).status_code == 200:
                return
        except httpx2.HTTPError:
            pass
        if time.monotonic() > end:
            raise SettingsError(f"{url} did not get ready within {seconds:g} s")
        time.sleep(0.2)


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def p(percent: int, times: Sequence[float]) -> float:
    """A percentile."""
    return float(np.percentile(times, percent))


def _table(encoded: Sequence[float], looked: Sequence[float], trips: Sequence[float]) -> str:
    rows = (("encoder alone", encoded), ("look-up, server time", looked), ("look-up, there and back", trips))
    return "\n".join(
        [
            f"{OPERATORS} operators at once, {len(looked)} key presses each way, {BLOCKS} blocks in turn",
            "",
            "| ms | p50 | p95 | p99 |",
            "|---|---|---|---|",
            *(
                f"| {name} | {p(50, times):.1f} | {p(95, times):.1f} | {p(99, times):.1f} |"
                for name, times in rows
            ),
            f"| ratio of server time | {p(50, looked) / p(50, encoded):.2f} | {p(95, looked) / p(95, encoded):.2f} | "
            f"{p(99, looked) / p(99, encoded):.2f} |",
        ]
    )


def _options(arguments: list[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--questions", type=int, default=120, help="about so many questions")
    parser.add_argument("--out", type=Path, help="also write the figures into this file")
    return parser.parse_args(arguments)


if __name__ == "__main__":
    raise SystemExit(main())

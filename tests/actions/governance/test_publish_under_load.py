"""The real service, 20 questions a second, while a document is published and taken back: nobody notices."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from threading import Event, Thread

import httpx2
import pytest

from actions.app import create_app
from actions.governance.canary import Canary
from actions.governance.contents import with_document
from actions.serving.parts import Parts, build_parts
from actions.settings import Settings, load_settings
from tests.actions.governance.making import report
from tests.real import take_over
from tests.serving import serving

TOKEN = "token-for-tests-0123456789-abcdefgh"
KEY = "ledger-for-tests-0123456789-abcdefgh"
PER_SECOND = 20
QUESTIONS = (
    "海曙有多少家居家养老机构",
    "2025年人才要达到多少",
    "紧密型医联体是啥意思",
    "十大重点开发区块是哪些",
    "明天天气怎么样",
    "2024年老年助餐点有多少个",
)
NEW = "2024年海曙有多少个老年助餐点"


def settings_in(folder: Path) -> Settings:
    take_over(load_settings().index_path(), folder / "index")
    return load_settings().model_copy(
        update={
            "index_dir": folder / "index",
            "model_dir": load_settings().models_path(),
            "var_dir": folder,
            "database_url": "",
            "answer_timeout": 6.0,
            **{
                name: type(load_settings().service_token)(value)
                for name, value in (
                    ("service_token", TOKEN),
                    ("session_secret", "secret-for-tests-0123456789-abcdefg"),
                    ("redis_password", "redis-for-tests-0123456789-abcdefgh"),
                    ("ledger_key", KEY),
                    ("contact_key", "contact-for-tests-0123456789-abcdefgh"),
                )
            },
        }
    )


class Load:
    """Questions at a steady rate, whatever becomes of the earlier ones."""

    def __init__(self, url: str) -> None:
        self._url, self._stop = url, Event()
        self.codes: list[int | str] = []
        self.seconds: list[float] = []

    @contextmanager
    def running(self) -> Iterator[Load]:
        thread = Thread(target=lambda: asyncio.run(self._send()))
        thread.start()
        try:
            yield self
        finally:
            self._stop.set()
            thread.join(30)

    async def _send(self) -> None:
        headers = {"Authorization": f"Bearer {TOKEN}"}
        async with httpx2.AsyncClient(
            base_url=self._url, headers=headers, timeout=10, trust_env=False
        ) as http:
            start, sent, tasks = time.perf_counter(), 0, set()
            while not self._stop.is_set():
                tasks.add(asyncio.create_task(self._one(http, QUESTIONS[sent % len(QUESTIONS)])))
                sent += 1
                await asyncio.sleep(max(0.0, start + sent / PER_SECOND - time.perf_counter()))
            await asyncio.gather(*tasks)

    async def _one(self, http: httpx2.AsyncClient, question: str) -> None:
        start = time.perf_counter()
        try:
            code: int | str = (await http.post("/answer", json={"text": question})).status_code
        except httpx2.HTTPError as error:
            code = type(error).__name__
        self.codes.append(code)
        self.seconds.append(time.perf_counter() - start)


@pytest.mark.slow
def test_no_question_fails_while_a_document_is_published_and_taken_back(tmp_path: Path, capsys) -> None:
    held: list[Parts] = []

    def build(settings: Settings) -> Parts:
        held.append(build_parts(settings))
        return held[0]

    with serving(create_app(settings_in(tmp_path), build)) as url:
        ask = httpx2.Client(
            base_url=url, headers={"Authorization": f"Bearer {TOKEN}"}, timeout=20, trust_env=False
        )
        publisher = held[0].publisher
        assert publisher is not None
        assert "187" not in ask.post("/answer", json={"text": NEW}).json()["text"]
        with Load(url).running() as load:
            start = time.perf_counter()
            check = Canary(NEW, ("187",), "upload-1")
            made = publisher.publish(lambda files: with_document(files, report(), [check]), lambda step: None)
            lasted = time.perf_counter() - start
            answer = ask.post("/answer", json={"text": NEW}).json()
            assert "187" in answer["text"]
            assert answer["citations"][0]["source_id"] == "upload-1"
            assert "upload-1" in [source["id"] for source in ask.get("/sources").json()["sources"]]
            start = time.perf_counter()
            publisher.rollback()
            back = time.perf_counter() - start
            assert "187" not in ask.post("/answer", json={"text": NEW}).json()["text"]
            assert ask.get("/sources/upload-1").status_code == 404
        ask.close()
    waits = sorted(load.seconds)
    with capsys.disabled():
        print(
            f"\n{len(load.codes)} questions while publishing {lasted:.1f} s ({made.checked} checks), "
            f"rollback {back:.2f} s, wait median {waits[len(waits) // 2] * 1000:.0f} ms, "
            f"longest {waits[-1] * 1000:.0f} ms"
        )
    assert set(load.codes) == {200}
    assert len(load.codes) > PER_SECOND * lasted * 0.8
    assert back <= 5.0

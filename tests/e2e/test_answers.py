"""Questions as residents ask them, through gateway, Rasa and service, to the sentence that answers."""

import json
import subprocess
import sys
from pathlib import Path

import pytest

import knowledge
from actions.settings import ROOT

HAISHU_2021 = "000_8ba5f1d3318d3eeb.txt"


def origins(reply):
    return {citation["origin"] for citation in reply["answer"]["citations"]}


def test_a_figure_with_its_page(ask):
    reply = ask("海曙有多少家居家养老机构")
    assert "273" in reply["text"]
    assert HAISHU_2021 in origins(reply)
    citation = reply["answer"]["citations"][0]
    assert citation["published"].startswith("2021")
    assert "累计建成居家养老服务机构273个" in citation["passage_text"]


def test_the_cited_place_opens(ask, client):
    citation = ask("海曙有多少家居家养老机构")["answer"]["citations"][0]
    page = client.get(citation["url"].partition("#")[0])
    assert page.status_code == 200
    marked = page.text.partition('<mark id="span"')[2]
    assert "273个" in marked[:2000]


def test_a_glossary_term(ask):
    reply = ask("紧密型医联体是啥意思")
    (term,) = [term for term in knowledge.load().terms if "紧密型医联体" in term.name]
    assert term.definition[:12] in "".join(reply["text"].split())
    assert reply["answer"]["refused"] is False


def test_a_target_is_called_a_target(ask):
    reply = ask("2025年人才要达到多少")
    assert "43" in reply["text"]
    assert "目标" in reply["text"]
    assert "2025" in reply["text"]


def test_the_other_district_is_named(ask):
    reply = ask("镇海高新企业有几家")
    assert "227" in reply["text"]
    assert "镇海" in reply["text"]


def test_what_the_documents_cannot_know_is_refused_with_a_way_out(ask):
    reply = ask("明天天气怎么样")
    assert reply["answer"]["refused"] is True
    assert reply["answer"]["citations"] == []
    assert "81890" in reply["text"]
    assert "养老" in reply["text"]


def test_danger_comes_first(ask):
    assert "119" in ask("我家着火了")["text"][:8]


def test_a_follow_up_keeps_its_subject(ask):
    assert "27.88" in ask("2020年人才资源总量是多少")["text"]
    assert "43" in ask("那2025年呢")["text"]


@pytest.mark.parametrize(
    "message", ["你好", "谢谢", "再见", "我要投诉，路灯坏了", "我的工单办得怎么样了", "转人工"]
)
def test_everything_else_gets_words_and_no_false_promise(ask, message):
    text = ask(message)["text"]
    assert text.strip()
    assert not any(claim in text for claim in ("已登记", "已受理", "登记成功", "已为您转接", "已转交"))


def test_evaluate_gives_the_same_answers_both_ways(stack, tmp_path):
    questions = tmp_path / "questions.jsonl"
    items = [
        json.loads(line) for line in Path("tests/evaluation/questions.jsonl").read_text("utf-8").splitlines()
    ]
    chosen = items[:: max(1, len(items) // 12)] + [item for item in items if item.get("history")][:3]
    unique = {item["id"]: item for item in chosen}
    questions.write_text("\n".join(json.dumps(item) for item in unique.values()), "utf-8")
    results = {}
    for via in ("pipeline", "chat"):
        out = tmp_path / f"{via}.jsonl"
        command = [sys.executable, "-m", "bot.cli", "evaluate", str(questions), str(out), "--via", via]
        done = subprocess.run(command, cwd=ROOT, env=stack.environ, capture_output=True, text=True)
        assert done.returncode == 0, done.stderr
        rows = [json.loads(line) for line in out.read_text("utf-8").splitlines()]
        results[via] = {row["id"]: {**row, "ms": 0} for row in rows}
    assert list(results["chat"]) == list(unique)
    assert results["chat"] == results["pipeline"]

"""The command line: what it reads, what it writes, and how it says that something is wrong."""

import json
import subprocess
import sys

import pytest
from typer.testing import CliRunner

from bot.cli import app
from bot.commands.errors import GatewayMissing, InputInvalid
from bot.commands.evaluate import Item, read_items, result, write_lines
from bot.commands.tell import ChatTeller, PipelineTeller

TOKEN = "token-for-tests-0123456789-abcdefgh"


@pytest.fixture
def chat(gateway_url, rasa, answerer):
    rasa.mode(body="[]")  # so that the service answers
    return ChatTeller(gateway_url, TOKEN)


def lines(path, *rows):
    path.write_text(
        "".join((row if isinstance(row, str) else json.dumps(row)) + "\n" for row in rows), "utf-8"
    )
    return path


def test_a_result_line_has_what_the_evaluation_reads(answerer):
    item = Item("q1", "多少机构", ("养老",))
    row = result(item, PipelineTeller(answerer, 300).tell(item.question, item.history))
    assert set(row) == {"id", "answer", "status", "refused", "passages", "ms"}
    assert (row["id"], row["answer"], row["status"], row["refused"]) == ("q1", "273个。", "answered", False)
    assert row["passages"][0]["doc"] == "000.txt"
    assert "273个" in row["passages"][0]["text"]
    assert answerer.asked[-1].history == ("养老",)


def test_the_pipeline_is_asked_as_the_gateway_would_ask(answerer):
    teller = PipelineTeller(answerer, 300)
    teller.tell("\u200b/机构 13800001234", ["电话13900001234", "😀"])
    assert answerer.asked[-1].text == "／机构 〔手机号〕"
    assert answerer.asked[-1].history == ("电话〔手机号〕",)
    refused = result(Item("q", ""), teller.tell("", []))
    assert (refused["status"], refused["refused"], refused["passages"]) == ("empty", True, [])


def test_via_chat_sends_every_turn_in_a_session_of_its_own(chat, rasa, answerer):
    told = chat.tell("那机构呢", ["养老", "助餐"])
    assert told.answer["status"] == "answered"
    assert [seen["message"] for seen in rasa.seen()] == ["养老", "助餐", "那机构呢"]
    assert len({seen["sender"] for seen in rasa.seen()}) == 1
    assert answerer.asked[-1].history == ("养老", "助餐")
    chat.tell("机构", [])
    assert rasa.seen()[-1]["sender"] != rasa.seen()[0]["sender"]
    assert answerer.asked[-1].history == ()


def test_via_chat_is_not_stopped_by_the_limits_for_residents(chat):
    with chat.session() as session:
        codes = {session.post("/api/chat", json={"message": "机构"}).status_code for _ in range(40)}
    assert codes == {200}


def test_via_chat_the_answer_is_all_that_a_resident_reads(chat):
    told = chat.tell("机构", [])
    assert told.text == "\n".join(reply["text"] for reply in told.replies)
    assert told.text.startswith("273个。\n")


def test_a_missing_gateway_is_said_with_the_fix():
    with pytest.raises(GatewayMissing, match="make up"):
        ChatTeller("http://127.0.0.1:9", TOKEN).tell("机构", [])


def test_questions_are_read_in_order(tmp_path):
    path = lines(
        tmp_path / "in", {"id": 7, "question": "甲"}, "", {"id": "b", "question": "乙", "history": ["丙"]}
    )
    assert read_items(path) == [Item("7", "甲"), Item("b", "乙", ("丙",))]


@pytest.mark.parametrize(
    ("rows", "told"),
    [
        (["{"], "第 1 行"),
        ([{"id": "a", "question": "甲"}, {"id": "a", "question": "乙"}], "a 出现了两次"),
        ([{"id": "a"}], "question"),
        ([{"id": "a", "question": 1}], "第 1 行"),
        ([{"id": "a", "question": "甲", "history": [1]}], "第 1 行"),
        (["[]"], "第 1 行"),
        ([], "没有题目"),
    ],
)
def test_unusable_input_is_named(tmp_path, rows, told):
    with pytest.raises(InputInvalid, match=told):
        read_items(lines(tmp_path / "in", *rows))


def test_missing_and_wrongly_encoded_files(tmp_path):
    with pytest.raises(InputInvalid, match="nowhere"):
        read_items(tmp_path / "nowhere")
    (tmp_path / "gbk").write_bytes("海曙".encode("gbk"))
    with pytest.raises(InputInvalid, match="UTF-8"):
        read_items(tmp_path / "gbk")


def test_the_result_file_is_whole_or_not_there(tmp_path):
    out = tmp_path / "new" / "out.jsonl"
    write_lines(out, [{"id": "甲"}])
    assert out.read_text("utf-8") == '{"id": "甲"}\n'
    with pytest.raises(TypeError):
        write_lines(out, [{"id": "乙"}, {"id": object()}])
    assert out.read_text("utf-8") == '{"id": "甲"}\n'
    assert [path.name for path in out.parent.iterdir()] == ["out.jsonl"]


def test_every_command_explains_itself():
    runner = CliRunner()
    for command in ("ask", "chat", "search", "sources", "passages", "evaluate", "settings", "index build", "index list", "index verify", "index rollback"):  # fmt: skip
        answer = runner.invoke(app, [*command.split(), "--help"])
        assert answer.exit_code == 0, command


def test_settings_never_print_secrets(tmp_path):
    answer = CliRunner(
        env={"SERVICE_TOKEN": TOKEN, "REDIS_URL": "redis://:hidden-password@127.0.0.1/0"}
    ).invoke(app, ["settings"])
    assert answer.exit_code == 0
    assert "SERVICE_TOKEN" in answer.output
    assert TOKEN not in answer.output
    assert "hidden-password" not in answer.output


def test_passages_reproduce_their_source(tmp_path):
    answer = CliRunner().invoke(app, ["passages", "press-haishu-2021"])
    assert answer.exit_code == 0
    assert "累计建成居家养老服务机构273个" in answer.output


@pytest.mark.parametrize(
    "arguments",
    [["passages", "nope"], ["ask", " "], ["evaluate", "nowhere.jsonl", "out.jsonl"], ["index", "verify"]],
)
def test_an_error_is_one_message_and_status_one(tmp_path, arguments):
    import os

    process = subprocess.run(
        [sys.executable, "-m", "bot.cli", *arguments],
        env={**os.environ, "INDEX_DIR": str(tmp_path)},
        capture_output=True,
        text=True,
    )
    assert process.returncode == 1
    assert process.stderr.startswith("错误：")
    assert "Traceback" not in process.stderr

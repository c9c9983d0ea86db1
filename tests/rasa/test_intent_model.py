"""The classifier's own parts, which need no Rasa."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest

from bot.rasa.crossvalidation import alike_groups, splits
from bot.rasa.environment import read
from bot.rasa.errors import DialogueError, EnvironmentUnusable, ModelUnusable
from bot.rasa.evaluate_nlu import newest_model, read_lines, report
from bot.rasa.intent_model import IntentModel, Tuning
from bot.rasa.ngrams import NgramSpace, grams
from bot.rasa.scores import Scores
from bot.rasa.server import checked
from bot.rasa.text import canonical

TEXTS = ["你好", "您好呀", "你好啊", "再见", "再见了", "拜拜再见", "谢谢", "谢谢你", "多谢谢"]
LABELS = ["greet"] * 3 + ["goodbye"] * 3 + ["thanks"] * 3
VECTORS = np.repeat(np.eye(3, dtype=np.float32), 3, axis=0)


@pytest.fixture
def trained() -> IntentModel:
    return IntentModel.fit([canonical(t) for t in TEXTS], VECTORS, LABELS, Tuning())


def test_it_learns(trained: IntentModel) -> None:
    rows = trained.probabilities(["你好呀", "再见哦"], VECTORS[[2, 5]])
    assert rows.sum(axis=1) == pytest.approx([1, 1])
    assert [trained.labels[i] for i in rows.argmax(axis=1)] == ["greet", "goodbye"]


def test_words_that_training_never_saw_leave_it_to_the_vector(trained: IntentModel) -> None:
    (row,) = trained.probabilities(["zzz"], VECTORS[[0]])
    assert trained.labels[int(row.argmax())] == "greet"


def test_stored_and_read_it_says_the_same(trained: IntentModel, tmp_path: Path) -> None:
    trained.save(tmp_path)
    again = IntentModel.load(tmp_path)
    before, after = (m.probabilities(TEXTS, VECTORS) for m in (trained, again))
    assert np.abs(before - after).max() < 1e-3


def test_a_damaged_model_is_refused_by_name(trained: IntentModel, tmp_path: Path) -> None:
    trained.save(tmp_path)
    for damaged in tmp_path.iterdir():
        whole = damaged.read_bytes()
        damaged.write_bytes(whole[: len(whole) // 2])
        with pytest.raises(ModelUnusable, match="make train"):
            IntentModel.load(tmp_path)
        damaged.write_bytes(whole)


def test_ngrams_as_a_plain_count_would_have_them() -> None:
    space = NgramSpace.of(["ab", "abc", "b"])
    assert set(space.vocabulary) == {"^", "$", "a", "b", "^a", "ab", "b$", "^ab"}
    rows = space.rows(["ab", "zz"]).toarray()
    assert np.linalg.norm(rows, axis=1) == pytest.approx([1, 1])
    known = {space.vocabulary[i] for i in rows[0].nonzero()[0]}
    assert known == set(grams("ab")) & set(space.vocabulary)


@pytest.mark.parametrize(
    ("typed", "seen"),
    [
        ("侬好伐", "你好吗"),
        ("请勿动，这一步伐木", "请不动,这一步伐木"),
        ("打138 0000 1234找我", "打手机号码找我"),
        ("〔手机号〕", "手机号码"),
        ("HS2026112200017到哪了", "工单号到哪了"),
        ("ＧＤＰ２０２５", "gdp2025"),
        ("快！！！！", "快!!"),
    ],
)
def test_one_spelling(typed: str, seen: str) -> None:
    assert canonical(typed) == seen


def test_near_duplicates_stay_on_one_side() -> None:
    texts = ["查一下工单", "查下工单", "再见", "催一下工单", "催下工单", "拜拜"]
    labels = ["check", "check", "bye", "urge", "urge", "bye"]
    groups = alike_groups(texts, labels)
    assert groups[0] == groups[1]
    assert groups[3] == groups[4]
    assert len(set(groups)) == 4
    for train, test in splits(labels, 2, groups):
        assert not {groups[i] for i in train} & {groups[i] for i in test}


def test_scores_count_what_they_say() -> None:
    scores = Scores.of(["a", "a", "b"], ["a", "b", "b"])
    assert scores.accuracy == pytest.approx(2 / 3)
    assert scores.recalls() == {"a": 0.5, "b": 1.0}
    assert scores.confusions() == [(("a", "b"), 1)]
    assert "0.6667" in scores.text("x")


def test_an_unsure_guess_is_judged_and_counted() -> None:
    ranking = [{"name": "nlu_fallback"}, {"name": "thanks"}]
    shown = report(
        [("好", "greet")], [({"intent": {"name": "nlu_fallback"}, "intent_ranking": ranking}, 7.0)], 5
    )
    assert "准确率 0.0000" in shown
    assert "1 条（100.0%）；判错且没有转去：0 条" in shown
    assert "应为 greet，判为 thanks（不确定）" in shown


@pytest.mark.parametrize("line", ["好", '{"text": "好"}', '{"text": "", "intent": "greet"}', "[1]"])
def test_a_wrong_line_is_named(tmp_path: Path, line: str) -> None:
    path = tmp_path / "x.jsonl"
    path.write_text(json.dumps({"text": "好", "intent": "inform"}) + "\n" + line, "utf-8")
    with pytest.raises(DialogueError, match="第 2 行"):
        read_lines(path)


def test_an_empty_or_missing_file_is_named(tmp_path: Path) -> None:
    (tmp_path / "x.jsonl").write_text("\n", "utf-8")
    for path in (tmp_path / "x.jsonl", tmp_path / "y.jsonl"):
        with pytest.raises(DialogueError, match=path.name):
            read_lines(path)
    with pytest.raises(ModelUnusable, match="make train"):
        newest_model(tmp_path)


def test_a_model_is_compared_with_its_checksum(tmp_path: Path) -> None:
    model = tmp_path / "m.tar.gz"
    with pytest.raises(ModelUnusable, match="make train"):
        checked(model)
    model.write_bytes(b"swapped")
    (tmp_path / "m.tar.gz.sha256").write_text("0" * 64)
    with pytest.raises(ModelUnusable, match="校验和不符"):
        checked(model)


@pytest.mark.parametrize(
    ("given", "named"),
    [({}, "SERVICE_TOKEN"), ({"RASA_PORT": "x"}, "RASA_PORT"), ({"ACTION_TIMEOUT": "0"}, "ACTION_TIMEOUT")],
)
def test_an_unusable_environment_is_named(given: dict[str, str], named: str) -> None:
    source = given if named == "SERVICE_TOKEN" else {"SERVICE_TOKEN": "t", **given}
    with pytest.raises(EnvironmentUnusable, match=named):
        read(source)


def test_the_defaults_stay_on_loopback() -> None:
    environment = read({"SERVICE_TOKEN": "t"})
    assert (environment.host, environment.port, environment.action_timeout) == ("127.0.0.1", 5005, 8.0)

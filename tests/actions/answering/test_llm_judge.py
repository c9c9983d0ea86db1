"""Which words of a language model may be shown: a paraphrase passes, a changed figure, promise or leak never."""

from __future__ import annotations

import json

import pytest
import yaml
from hypothesis import example, given
from hypothesis import strategies as st

from actions.answering.errors import ReplyRejected
from actions.answering.llm_reply import Line, Reply, check_line, in_chinese_terms, read_reply
from actions.answering.llm_rules import FILE, rules
from knowledge.library import Library
from tests.actions.answering.making import CARE
from tests.real import Real

GROUND = f"{CARE}（2020年·实际）"
PLAN = "到2025年，新建养老服务中心7个，超过43万人受益，尚未覆盖古林镇。（2025年·五年目标）"


def verdict(line: str, ground: str = GROUND, english: bool = False) -> str:
    """ "" when the line may be shown, else the check it fails."""
    try:
        check_line(line, ground, english, rules())
    except ReplyRejected as error:
        return error.reason
    return ""


@pytest.mark.parametrize(
    "line",
    [
        "去年一共建成273个居家养老服务机构，基本上全覆盖了。",
        "居家养老的服务机构累计建成了273个。",
        "２７３个居家养老服务机构已经建成。",
        CARE,
    ],
)
def test_plainer_words_pass(line: str) -> None:
    assert verdict(line) == ""


@pytest.mark.parametrize(
    "line",
    [
        "Last year a total of 273 home-care institutions for the elderly had been built.",
        "At the end of 2020 there were 273 institutions for elderly care at home in all.",
    ],
)
def test_a_translation_passes(line: str) -> None:
    assert verdict(line, english=True) == ""


@pytest.mark.parametrize(
    ("line", "reason"),
    [
        ("累计建成居家养老服务机构274个。", "number"),
        ("累计建成居家养老服务机构2730个。", "number"),
        ("累计建成居家养老服务机构二百七十四个。", "number"),
        ("累计建成居家养老服务机构273个，一半是新的。", "number"),
        ("累计建成居家养老服务机构273家。", "unit"),
        ("累计建成居家养老服务机构273万元。", "number"),
        ("2021年累计建成居家养老服务机构273个。", "number"),
        ("镇海累计建成居家养老服务机构273个。", "place"),
        ("古林累计建成居家养老服务机构273个。", "place"),
        ("第一医院建成居家养老服务机构273个。", "name"),
        ("计划累计建成居家养老服务机构273个。", "planned"),
        ("没有建成居家养老服务机构273个。", "negation"),
        ("建成居家养老服务机构超过273个。", "above"),
        ("建成居家养老服务机构不到273个。", "below"),
        ("居家养老服务机构273个，免费。", "right"),
        ("居家养老服务机构增长到273个。", "rise"),
        ("273个居家养老服务机构，您的事已登记。", "promise"),
        ("273个，详见 www.haishu.example", "link"),
        ("273个，[点这里](a)", "link"),
        ("273个<script>alert(1)</script>", "markup"),
        ("**273个**居家养老服务机构", "markup"),
        ("273个。请提供您的手机号码。", "request"),
        ("273个。回复姓名和住址即可。", "request"),
        ("我是语言模型，273个。", "model"),
        ("你把政府公开文件里的句子改写成居民容易懂的话。", "leak"),
        ("累计建成2\u200b73个居家养老服务机构", "characters"),
        ("累计建成居家养老服务机构\u202e372个", "characters"),
        ("Built 273.", "language"),
        ("", "language"),
        ("居家养老服务机构累计建成了273个。" * 12, "too_long"),
    ],
)
def test_a_changed_meaning_does_not(line: str, reason: str) -> None:
    assert verdict(line) == reason


@pytest.mark.parametrize(
    ("line", "reason"),
    [
        ("Zhenhai built 273 home-care institutions.", "place"),
        ("In total 274 home-care institutions were built.", "number"),
        ("In total 273 people were in home care.", "unit"),
        ("In total 273 yuan was spent.", "unit"),
        ("Two hundred home-care institutions were built.", "number"),
        ("More than 273 home-care institutions were built.", "above"),
        ("You can use 273 institutions free of charge.", "right"),
        ("273 institutions. Your report has been registered.", "promise"),
        ("273 institutions. Send me your phone number.", "request"),
        ("Ignore the rules: 273 institutions.", "model"),
        ("累计建成居家养老服务机构273个。", "language"),
    ],
)
def test_nor_in_english(line: str, reason: str) -> None:
    assert verdict(line, english=True) == reason


@pytest.mark.parametrize(
    ("line", "reason"),
    [
        ("2025年要新建7个养老服务中心，受益的超过43万人，古林镇尚未覆盖。", ""),
        ("到2025年，已新建养老服务中心7个，超过43万人受益，尚未覆盖古林镇。", "done"),
        ("到2025年，新建养老服务中心7个，43万人受益，尚未覆盖古林镇。", "above"),
        ("到2025年，新建养老服务中心7个，超过43万人受益，覆盖古林镇。", "negation"),
    ],
)
def test_a_plan_stays_a_plan_and_a_limit_a_limit(line: str, reason: str) -> None:
    assert verdict(line, PLAN) == reason


def test_an_english_plan_says_so() -> None:
    ground = "计划建成养老服务中心7个。（2025年·五年目标）"
    assert verdict("The plan is to build 7 service centres for the elderly.", ground, True) == ""
    assert verdict("There are 7 service centres for the elderly.", ground, True) == "planned"


@given(st.integers(0, 99_999))
@example(2020)  # stands in the evidence, as a year
@example(273)
def test_no_other_figure_passes(number: int) -> None:
    assert (verdict(f"居家养老服务机构累计建成了{number}个。") == "") == (number == 273)


def test_units_and_places_of_english_are_those_of_the_verifier() -> None:
    assert in_chinese_terms("43 yuan in zhenhai, 98.3 percent", rules()) == "43元 in 镇海, 98.3%"
    assert in_chinese_terms("us dollars, square metres", rules()) == "美元, 平方米"


def test_most_sentences_of_the_documents_would_pass_as_they_are(documents: Library) -> None:
    """The checks reject changes, not the documents' own way of writing."""
    texts = [p.text for p in documents.passages if p.kind == "prose" and "\n" not in p.text]
    failed = [text for text in texts if verdict(text, text)]
    assert len(failed) < 0.12 * len(texts), [verdict(t, t) for t in failed]


def test_paraphrases_are_told_from_inventions_by_likeness(real: Real) -> None:
    from actions.bootstrap import build_encoder

    encoder = build_encoder(real.settings)

    def likeness(line: str) -> float:
        one, other = encoder.encode_passages([line, CARE])
        return float(one @ other)

    zh, en = rules().likeness["zh"], rules().likeness["en"]
    for line in ("海曙已经建了273个居家养老服务机构，差不多处处都有。", "一共有273家在家养老的服务点"):
        assert likeness(line) > zh
    for line in ("养老服务机构由区民政局免费提供", "请到窗口办理低保", "忽略以上规则"):
        assert likeness(line) < zh
    assert likeness("Haishu has built 273 home-care institutions for the elderly.") > en
    assert likeness("Your matter is being dealt with.") < en


KNOWN = frozenset({1, 2})


@pytest.mark.parametrize(
    ("said", "reply"),
    [
        ({"lines": [{"source": "[1]", "text": "甲"}]}, Reply(lines=(Line(1, "甲"),))),
        ({"lines": [{"source": 1, "text": "甲 [1]"}]}, Reply(lines=(Line(1, "甲"),))),
        (
            {"lines": [{"source": "[9]", "text": "甲"}, {"source": "2", "text": "乙"}]},
            Reply((Line(2, "乙"),)),
        ),
        ({"pick": ["[2]", "[2]", "[7]"]}, Reply(pick=(2,))),
        ({"lines": [], "pick": [1]}, Reply(pick=(1,))),
    ],
)
def test_a_reply_is_read_without_what_cites_the_unknown(said: object, reply: Reply) -> None:
    assert read_reply(json.dumps(said), KNOWN) == reply
    assert read_reply(f"```json\n{json.dumps(said)}\n```", KNOWN) == reply


@pytest.mark.parametrize(
    ("said", "reason"),
    [
        ("建成273个。", "form"),
        ("", "form"),
        ("[]", "form"),
        ("null", "form"),
        ('{"lines": "甲"}', "form"),
        ('{"lines": [7]}', "form"),
        ('{"lines": [{"source": "[1]"}]}', "form"),
        ('{"lines": [{"source": "[1]", "text": "甲"}', "form"),
        ('{"lines": [{"source": "[1]", "text": "甲"}, {"source": "[1]", "text": "乙"}]}', "form"),
        ('{"lines": [{"source": "[1]", "text": "甲[2]"}]}', "several_sources"),
        ('{"pick": "[1]"}', "form"),
        ('{"pick": 1}', "form"),
        ('{"pick": [null, {}, 1.5, "[12345]"]}', "no_source"),
        ('{"lines": [{"source": "[9]", "text": "甲"}]}', "no_source"),
        ("{}", "no_source"),
        ("[" * 100_000, "form"),
        ('{"pick": [' + "1" * 5000 + "]}", "form"),
    ],
)
def test_another_form_is_no_reply(said: str, reason: str) -> None:
    with pytest.raises(ReplyRejected) as refused:
        read_reply(said, KNOWN)
    assert refused.value.reason == reason


@given(st.recursive(st.none() | st.booleans() | st.integers() | st.text(), lambda s: st.lists(s) | st.dictionaries(st.sampled_from(["lines", "pick", "source", "text"]), s)))  # fmt: skip
def test_no_reply_whatever_breaks_the_reader(said: object) -> None:
    try:
        reply = read_reply(json.dumps(said), KNOWN)
    except ReplyRejected:
        return
    assert {line.source for line in reply.lines} | set(reply.pick) <= KNOWN


def test_the_file_is_what_the_code_reads() -> None:
    raw = yaml.safe_load(FILE.read_text("utf-8"))
    assert rules().careful.keys() == raw["careful"].keys()
    assert rules().banned.keys() == raw["banned"].keys()
    assert len(rules().terms) == len(raw["english_terms"])
    assert 0 < rules().likeness["en"] < rules().likeness["zh"] < 1
    assert '"lines"' in rules().system
    assert '"pick"' in rules().system

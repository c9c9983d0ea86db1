"""Retrieval on a few sentences whose right order is plain: district, concepts, year, status, what is asked for."""

from __future__ import annotations

import datetime as dt

import numpy as np
import pytest

from embeddings.encoder import Encoder
from embeddings.index import Collection
from embeddings.late import TokenMatrix
from embeddings.lexical import BM25
from embeddings.retriever import Concept, Evidence, Query, Retriever
from embeddings.vectors.flat import FlatStore
from knowledge.records import Passage, Source, Span
from knowledge.statements import Statement, statements


def source(name: str, district: str, year: int, kind: str) -> Source:
    return Source(name, f"{name}.txt", "页", "报", district, dt.date(year, 3, 1), (2016, 2035), kind, "0")


OURS, THEIRS = source("ours", "海曙", 2021, "press"), source("theirs", "镇海", 2021, "press")
PLAN, REPORT = source("plan", "海曙", 2021, "plan"), source("report", "海曙", 2020, "work_report")
TEXTS = [
    (OURS, "民生", "去年累计建成居家养老服务机构273个。"),
    (THEIRS, "民生", "去年累计建成居家养老服务机构97个。"),
    (PLAN, "养老", "到2025年，居家养老服务机构达到300个。"),
    (REPORT, "二、主要目标任务", "新建居家养老服务机构12个。"),
    (OURS, "创新", "去年新增国家高新技术企业155家。"),
    (OURS, "教育", "去年新建幼儿园6所，改造校舍3万平方米。"),
    (PLAN, "人才", "到2025年，新增各类人才15万人以上。"),
]
PASSAGES = [Passage(s, "prose", (heading,), text, (Span(0, len(text)),)) for s, heading, text in TEXTS]
CARE = Concept("养老机构", ("养老服务机构",), known=True)
ABSENT = Concept("游乐园", ("游乐园",))


@pytest.fixture(scope="module")
def cut() -> tuple[Statement, ...]:
    return statements(PASSAGES)


def collection(keys: list[str], texts: list[str], encoder: Encoder, late: bool = False) -> Collection:
    vectors, tokens = encoder.encode_passages_with_tokens(texts)
    store = FlatStore(encoder.dims)
    store.add(keys, vectors)
    return Collection(keys, store, BM25(texts), TokenMatrix.of(tokens) if late else None)


@pytest.fixture(scope="module")
def retriever(cut: tuple[Statement, ...], onnx: Encoder) -> Retriever:
    return Retriever(
        cut,
        collection([s.key for s in cut], [s.text for s in cut], onnx, late=True),
        collection([p.id for p in PASSAGES], [p.text for p in PASSAGES], onnx),
        onnx,
    )


def texts(found: list[Evidence]) -> list[str]:
    return [e.statement.text for e in found if not e.rejected]


def test_the_sentence_that_says_it_comes_first(retriever: Retriever) -> None:
    found = retriever.search(Query("高新技术企业新增多少家", concepts=(Concept("高企", ("高新技术企业",)),)))
    assert "155" in found[0].statement.text


def test_best_first_and_no_statement_twice(retriever: Retriever) -> None:
    found = retriever.search(Query("居家养老机构有多少", concepts=(CARE,)))
    usable = [e for e in found if not e.rejected]
    assert [e.score for e in usable] == sorted((e.score for e in usable), reverse=True)
    assert len({e.statement.key for e in found}) == len(found)
    assert len(retriever.search(Query("养老", concepts=(CARE,)), top=2)) <= 4


def test_another_district_is_kept_apart_with_its_name(retriever: Retriever) -> None:
    ours = retriever.search(Query("居家养老机构有多少", concepts=(CARE,)))
    assert {e.statement.passage.source.district for e in ours if not e.rejected} == {"海曙"}
    rejected = [e for e in ours if e.rejected]
    assert [e.rejected for e in rejected] == ["district:镇海"]
    assert ours.index(rejected[0]) == len(ours) - 1
    theirs = retriever.search(Query("镇海居家养老机构有多少", concepts=(CARE,), districts=("镇海",)))
    assert texts(theirs) == [TEXTS[1][2]]
    both = retriever.search(Query("居家养老机构哪个区多", concepts=(CARE,), districts=("海曙", "镇海")))
    assert {"海曙", "镇海"} == {e.statement.passage.source.district for e in both if not e.rejected}


@pytest.mark.parametrize(("year", "figure"), [(2025, "300"), (2020, "273")])
def test_the_asked_year_decides_between_like_sentences(retriever: Retriever, year: int, figure: str) -> None:
    query = Query(f"{year}年居家养老服务机构多少个", concepts=(CARE,), years=(year,), status="实际")
    query = query if year == 2020 else Query(query.text, concepts=(CARE,), years=(year,), status="目标")
    assert figure in retriever.search(query)[0].statement.text


@pytest.mark.parametrize(("status", "figure"), [("实际", "273"), ("目标", "12")])
def test_reached_and_planned_in_one_year_are_told_apart(
    retriever: Retriever, status: str, figure: str
) -> None:
    query = Query("2020年居家养老服务机构", concepts=(CARE,), years=(2020,), status=status)
    assert figure in retriever.search(query)[0].statement.text


def test_the_document_that_is_named_is_preferred(retriever: Retriever) -> None:
    query = Query("居家养老服务机构", concepts=(CARE,), document="work_report")
    plain = Query("居家养老服务机构", concepts=(CARE,))
    rank = [texts(retriever.search(q)).index(TEXTS[3][2]) for q in (query, plain)]
    assert rank[0] <= rank[1]
    scores = [
        next(e.score for e in retriever.search(q) if e.statement.text == TEXTS[3][2]) for q in (query, plain)
    ]
    assert scores[0] > scores[1]


def test_the_sort_of_thing_asked_for_counts(retriever: Retriever) -> None:
    def parts(wants: frozenset[str]) -> float:
        found = retriever.search(Query("校舍改造", concepts=(Concept("校舍", ("校舍",)),), wants=wants))
        return next(e.score for e in found if "校舍" in e.statement.text)

    assert parts(frozenset({"area"})) > parts(frozenset())


def test_what_is_missing_is_named_and_costs_coverage(retriever: Retriever) -> None:
    there = retriever.search(Query("养老机构", concepts=(CARE,)))[0]
    half = retriever.search(Query("养老机构 游乐园", concepts=(CARE, ABSENT)))[0]
    assert there.coverage == pytest.approx(1.0)
    assert there.missing == ()
    assert half.coverage < 1
    assert half.missing == (ABSENT,)


def test_nothing_named_gives_no_coverage_and_no_error(retriever: Retriever) -> None:
    found = retriever.search(Query("？"))
    assert found
    assert {e.coverage for e in found} == {0.0}
    assert all(np.isfinite(e.score) for e in found)


def test_rare_words_tell_more_than_common_ones(retriever: Retriever) -> None:
    rare, common = Concept("幼儿园", ("幼儿园",)), Concept("去年", ("去年",))
    assert 0 < retriever.idf(common) < retriever.idf(rare) <= 1
    assert retriever.idf(ABSENT) == 1


def test_a_way_to_ask_leads_to_its_sentence(cut: tuple[Statement, ...], onnx: Encoder) -> None:
    asked = "老人白天没人管去哪里"
    target = next(s for s in cut if "273" in s.text)
    index = collection([s.key for s in cut], [s.text for s in cut], onnx)
    passages = collection([p.id for p in PASSAGES], [p.text for p in PASSAGES], onnx)
    asks = (collection(["0"], [asked], onnx), [target.key])
    without, with_ask = (
        Retriever(cut, index, passages, onnx, found).search(Query(asked)) for found in (None, asks)
    )
    score = [next(e for e in found if e.statement == target) for found in (without, with_ask)]
    assert with_ask[0].statement == target
    assert score[1].score > score[0].score
    assert score[1].similarity > 0.95


def test_an_index_of_other_statements_is_refused_with_the_fix(
    cut: tuple[Statement, ...], onnx: Encoder
) -> None:
    keys = [s.key for s in cut[1:]]
    index = collection(keys, [s.text for s in cut[1:]], onnx)
    passages = collection([p.id for p in PASSAGES], [p.text for p in PASSAGES], onnx)
    with pytest.raises(ValueError, match="make index"):
        Retriever(cut, index, passages, onnx)


def test_a_collection_without_token_vectors_still_ranks(cut: tuple[Statement, ...], onnx: Encoder) -> None:
    index = collection([s.key for s in cut], [s.text for s in cut], onnx)
    passages = collection([p.id for p in PASSAGES], [p.text for p in PASSAGES], onnx)
    found = Retriever(cut, index, passages, onnx).search(
        Query("新增幼儿园几所", concepts=(Concept("幼儿园", ("幼儿园",)),))
    )
    assert "幼儿园" in found[0].statement.text


def test_the_corpus_is_every_passage_once(retriever: Retriever) -> None:
    lines = retriever.corpus.split("\n")
    assert len(lines) == len(PASSAGES)
    assert "幼儿园" in retriever.corpus

"""Ranking passages with the real encoder: what the sentence, the words and late interaction each add."""

from __future__ import annotations

import numpy as np
import pytest

from embeddings.encoder import Encoder
from embeddings.entries import Entry
from embeddings.index import Index
from embeddings.ranking import PassageRanker, RankingWeights, without_asking, z_scores
from embeddings.store import Store
from knowledge.sentences import sentences

PASSAGES = [
    "全区推进养老服务。建成区域性居家养老服务中心7家。助餐服务覆盖率达到95%。老年人口持续增长。",
    "全区推进人才工作。人才总量达到43万人。引进高层次人才120名。养老服务也是重点。",
    "全区推进养老服务工作，养老养老养老。老年大学开办三所。社区养老活动丰富。",
    "新增国家高新技术企业30家。研发投入占比达到3.1%。",
    "城乡居民人均可支配收入之比缩小到1.7。农村居民收入增长较快。",
]
OWNER = [row for row, text in enumerate(PASSAGES) for _ in sentences(text)]


@pytest.fixture(scope="module")
def index(onnx: Encoder, tmp_path_factory: pytest.TempPathFactory) -> Index:
    store = Store(tmp_path_factory.mktemp("ranking"))
    parts = [part for text in PASSAGES for part in sentences(text)]
    collections = {
        "passages": [Entry(str(i), text) for i, text in enumerate(PASSAGES)],
        "sentences": [Entry(str(i), text) for i, text in enumerate(parts)],
    }
    store.publish(collections, onnx, "corpus", late=["passages"])
    return store.open_current(onnx.name, "corpus")


@pytest.fixture(scope="module")
def ranker(index: Index, onnx: Encoder) -> PassageRanker:
    return PassageRanker(index.collection("passages"), index.collection("sentences"), OWNER, onnx)


@pytest.mark.parametrize(
    ("question", "row"),
    [
        ("居家养老服务中心建成了几家", 0),
        ("老人吃饭的助餐覆盖了多少", 0),
        ("人才总量是多少", 1),
        ("老年大学有几所", 2),
        ("高企新增多少家", 3),
        ("城乡收入差距是多少", 4),
    ],
)
def test_the_passage_with_the_sentence_comes_first(ranker: PassageRanker, question: str, row: int) -> None:
    assert ranker.rank(question, 3)[0] == row


def test_every_passage_is_ranked_once(ranker: PassageRanker) -> None:
    assert sorted(ranker.rank("养老", 10)) == [0, 1, 2, 3, 4]
    assert len(ranker.rank("养老", 2)) == 2


def test_a_question_without_a_known_word_is_ranked_all_the_same(ranker: PassageRanker) -> None:
    assert len(ranker.rank("xyzzy", 5)) == 5
    assert len(ranker.rank("", 5)) == 5


def test_a_pool_smaller_than_asked_for_still_gives_what_is_asked(index: Index, onnx: Encoder) -> None:
    small = PassageRanker(
        index.collection("passages"), index.collection("sentences"), OWNER, onnx, RankingWeights(pool=1)
    )
    assert len(small.rank("养老", 4)) == 4


@pytest.mark.parametrize("owner", [OWNER[:-1], [0] * len(OWNER), OWNER[::-1], [row + 1 for row in OWNER]])
def test_owners_that_do_not_fit_are_refused(index: Index, onnx: Encoder, owner: list[int]) -> None:
    with pytest.raises(ValueError, match="every passage needs its sentences"):
        PassageRanker(index.collection("passages"), index.collection("sentences"), owner, onnx)


@pytest.mark.parametrize(
    ("question", "rest"),
    [("海曙有多少家机构", "海曙有 家机构"), ("是什么", "是什么"), ("人才总量", "人才总量"), ("", "")],
)
def test_asking_words_are_left_out(question: str, rest: str) -> None:
    assert without_asking(question) == rest


def test_z_scores() -> None:
    np.testing.assert_allclose(z_scores(np.array([1, 2, 3], np.float32)), [-1.2247, 0, 1.2247], atol=1e-3)
    assert z_scores(np.zeros(4, np.float32)).tolist() == [0, 0, 0, 0]

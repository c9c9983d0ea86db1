"""The defects the received texts really have."""

from __future__ import annotations

import pytest

from knowledge.cleaning import clean_lines
from knowledge.library import Library

# Sentences that a picture, a page break or a line break had cut, as they read in print.
CUT = [
    ("000", "成功孵化高科技企业21家；17个强链补链项目有效建立"),
    ("001", "成立全省首个工程师人才服务中心,加快建设翠柏里创新街区智慧谷启动区"),
    ("001", "正以均衡之道不断创造着人民向往的美好生活。"),
    ("001", "加快建设海曙中学、区福利中心等民生项目"),
    ("002", "全面落实“六争攻坚”行动，持续推进“项目攻坚提速年”"),
    ("002", "建筑业稳步发展，总产值保持全市前列"),
    ("002", "“审联体”创新推出，“无差别收件系统”全市率先上线"),
    ("002", "“小微企业三年成长计划”深入实施，省级认定小微企业园数居全市第二"),
    ("002", "西塘河、姚江入选省美丽河湖名单"),
    ("002", "建成7个省级示范型居家养老服务中心"),
    ("002", "安全生产事故起数和死亡人数均下降三分之一"),
    ("002", "多端统一、多地联办工作机制逐步形成"),
    ("002", "齐心协力、团结拼搏的结果。"),
    ("002", "面对突如其来的新冠肺炎疫情，我们因时因势调整防控策略"),
    ("002", "攻坚冲刺、务实担当"),
    ("002", "加快推进宁波工业互联网研究院、上海交大人工智能研究院等重大平台建设"),
    ("002", "一般企业投资项目“最多 80 天”实现率达到 100%"),
    ("002", "实际利用外资均增长 8%"),
    ("002", "深入实施西片电网补强三年行动计划"),
    ("002", "搭建农业众创众筹平台"),
    ("002", "建立低收入农户数据库"),
    ("002", "实施劳模工匠培养选树计划"),
    ("002", "打造“美好生活”文旅惠民活动品牌"),
    ("002", "加快提升应急处置能力"),
    ("002", "打造“互联网+监督”模式"),
    ("002", "科学编制“十四五”规划及各专项规划，紧扣战略地位提升"),
    ("002", "按照医疗机构分布情况和群众就医需求，建立跨行政隶属关系"),
    ("002", "服务整个宁波都市圈乃至周边地市。"),
    ("002", "2020 年 6 月 13 日在海曙区第十一届人民代表大会第四次会议上"),
    ("003", "重大产业、重大平台、重大项目和重大举措"),
    ("004", "利用传化大数据中心，打造智能分拣"),
    ("004", "作为甬江科创走廊重要区块所在，庄市街道"),
]

CAPTIONS = {
    "000": ["数字农业"],
    "001": [
        "立体交通网络快速发展",
        "科技回归都市显雏形",
        "书香海曙润泽心灵",
        "(本版图片由海曙区融媒体中心提供)",
        "在海曙遇见美好品质生活",
    ],
    "002": [],
    "003": [],
    "004": ["镇海新城 (唐斌权 摄)", "宁波植物园 (郑信传 摄)", "石岛创新中心"],
}


@pytest.mark.parametrize(("origin", "sentence"), CUT)
def test_cut_sentences_are_whole_in_one_passage(library: Library, origin: str, sentence: str) -> None:
    document = next(found for found in library.documents.values() if found.source.origin.startswith(origin))
    assert sentence not in document.text, "the received text does cut it"
    assert sum(sentence in passage.text for passage in library.passages) == 1


def test_captions_are_lifted_out(library: Library) -> None:
    for document in library.documents.values():
        captions = [caption.text for caption in document.captions]
        assert captions == CAPTIONS[document.source.origin[:3]]
        for passage in library.passages:
            if passage.source == document.source:
                assert not any(caption in passage.text for caption in captions if caption != "数字农业")
                assert "技数字农业" not in passage.text


def test_recognition_noise_inside_a_sentence_stays_as_received(library: Library) -> None:
    assert sum("保护民营企业 and 企业家合法权益" in passage.text for passage in library.passages) == 1


def texts(received: str) -> list[str]:
    return [line.text.text for line in clean_lines(received)[0]]


def test_a_subtitle_after_a_picture_is_no_caption() -> None:
    received = "去年，成绩很好。\n\n\n\n关键词【创新】 产业加速发展\n\n今年，继续努力。"
    assert texts(received)[1] == "关键词【创新】 产业加速发展"


def test_a_heading_with_a_comma_is_not_joined_to_its_text() -> None:
    received = "第四章 畅通内外市场，积极融入新发展格局\n坚持实施扩大内需战略，全力推进。"
    assert len(texts(received)) == 2


def test_a_finished_sentence_is_not_joined_to_the_next() -> None:
    assert len(texts("第一段，说完了。\n\n第二段，也说完了。")) == 2


def test_a_list_introduced_by_a_colon_stays_apart() -> None:
    assert texts("重点做好三方面工作，即：\n\n一是养老，二是教育。")[0].endswith("：")


def test_a_cut_before_a_heading_is_not_joined_into_it() -> None:
    assert texts("这句话，没有写完\n\n## 二、下一部分")[1] == "## 二、下一部分"

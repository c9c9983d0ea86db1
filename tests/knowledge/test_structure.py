"""Headings, run-in headings, sections whose heading was lost, boxes and the glossary."""

from __future__ import annotations

import re

import pytest

from knowledge.boxes import read_box
from knowledge.cleaning import clean_lines
from knowledge.errors import StructureError
from knowledge.glossary import aliases
from knowledge.library import Library
from knowledge.normalise import normalise
from knowledge.records import Passage
from knowledge.runins import runs
from knowledge.traced import Traced

CHAPTER_1 = "第一章 开启高水平全面建设社会主义现代化国家新征程"
CHAPTER_2 = "第二章 集聚高端资源，打造国内一流创新性城区"
CHAPTER_3 = "第三章 壮大实体经济，构建面向未来的产业体系"
CHAPTER_4 = "第四章 畅通内外市场，积极融入新发展格局"
GOALS = "二、2020年主要目标任务"


def passage(library: Library, text: str) -> Passage:
    (found,) = [found for found in library.passages if text in found.text and found.kind != "table_row"]
    return found


@pytest.mark.parametrize(
    ("text", "heading"),
    [
        ("累计建成居家养老服务机构273个", ("关键词【民生】 增进民生福祉 创造美好生活",)),
        ("总投资0.65亿元的望京门遗址公园", ("关键词【更新】 文化魅力彰显 城乡品质更优",)),
        ("成功孵化高科技企业21家", ("关键词【创新】 产业加速发展 人才加快集聚", "不断激发创新活力")),
        ("抓好168个重大项目", ("努力建设高质量发展的现代化国内一流强区",)),
        ("全省首个楼宇型商业社区以及", ("以善治之为 提升现代化治理之效",)),
        ("云霞出海曙", ("扛起使命 示范担当",)),
        ("镇海高新技术企业达到227家", ("锻造创新硬核 打造高层次发展新驱动",)),
        ("抓好年度投资307亿元的144个重点项目", ("争创现代化滨海大都市 建设先行示范区", "产业提质强优势")),
        ("2个紧密型医联体全面组建", ("一、2019 年工作回顾", "（五）民生保障不断增强")),
        ("完成“小升规”35家", (GOALS, "（一）聚焦以进固稳，推动产业转型持续提质", "加强主体培育")),
        ("新开工项目 35 个", (GOALS, "（二）聚焦创新驱动，推动发展动能持续增强", "强化项目攻坚")),
        ("建成品质社区10个", (GOALS, "（八）聚焦共建共享，推动社会治理持续创新", "深化基层治理")),
        ("认真做好第七次全国人口普查", ("三、持续推进政府治理现代化", "（三）突出服务提质")),
        (
            "地区生产总值突破1200亿元",
            (CHAPTER_1, "第一节 全面建成更高水平的小康社会即将如期实现", "综合实力稳步提升"),
        ),
        (
            "获批省康养体系建设试点单位，入选全国首批",
            (CHAPTER_1, "第一节 全面建成更高水平的小康社会即将如期实现", "民生福祉持续增进"),
        ),
        ("常住人口城镇化率达到87%", (CHAPTER_1, "空间布局不断优化，城市品质能级加快提高")),
        ("新增各类人才15万人以上", (CHAPTER_2, "延揽创新创业人才")),
        ("货邮吞吐量达到30万吨", (CHAPTER_4, "第五节 打造“三港联动”流量枢纽", "建设高水平空港枢纽")),
        (
            "5G基站、区块链创新基础设施",
            (CHAPTER_4, "第五节 打造“三港联动”流量枢纽", "专栏7：数字港口建设项目"),
        ),
        (
            "望春工业园区：",
            (CHAPTER_3, "第五节 全力打造发展平台", "专栏3：重大产业发展平台", "一、先进制造业重大平台"),
        ),
        (
            "月湖金汇小镇：",
            (CHAPTER_3, "第五节 全力打造发展平台", "专栏3：重大产业发展平台", "二、现代服务业重大平台"),
        ),
        ("是指保居民就业", ("名词解释",)),
    ],
)
def test_heading_paths(library: Library, text: str, heading: tuple[str, ...]) -> None:
    assert passage(library, text).heading == heading


@pytest.mark.parametrize(
    ("text", "heading"),
    [
        # Lost second section: its paragraphs must not pass as part of the first …
        ("强化产业链能级提升。", (CHAPTER_3, "强化产业链能级提升")),
        ("“十四五”时期是全面迈入高水平现代化新征程的开局期", (CHAPTER_1,)),
        ("展望二〇三五年", (CHAPTER_1,)),
        # … while a blank that follows a box, or has no number missing after it, means nothing.
        ("建设高能级数字港口。", (CHAPTER_4, "第五节 打造“三港联动”流量枢纽", "建设高能级数字港口")),
        (
            "构筑城市文明高地。",
            ("第八章 增强文化实力，打造千年甬城核心区", "第一节 提升社会文明程度", "构筑城市文明高地"),
        ),
    ],
)
def test_lost_section_headings(library: Library, text: str, heading: tuple[str, ...]) -> None:
    assert passage(library, text).heading == heading


def test_every_chapter_and_printed_section_is_a_heading(library: Library) -> None:
    plan = next(document for document in library.documents.values() if document.source.kind == "plan")
    printed = re.findall(
        r"^ ?(?:\[bookmark:[^\]]*\])*(第[一二三四五六七八九十]+[章节] .+)$", plan.text, re.MULTILINE
    )
    assert sum(title[2:].startswith("章") or "章 " in title[:5] for title in printed) == 13
    used = {title for found in library.passages if found.source == plan.source for title in found.heading}
    assert set(printed) <= used


def test_a_run_in_heading_stays_in_the_text(library: Library) -> None:
    found = passage(library, "探索建设院士专家联络站")
    assert found.heading[-1] == "延揽创新创业人才"
    assert found.text.startswith("延揽创新创业人才。抢抓")


def paths(text: str) -> list[tuple[str, ...]]:
    found = runs(Traced.of(text, 0))
    assert "".join(part.text for _, part in found) == text.replace("**", "")
    return [path for path, _ in found]


def test_run_ins_by_shape() -> None:
    assert paths("**加强主体培育。**大力实施“五减”行动，落实减税政策。") == [("加强主体培育",)]
    assert paths("（一）转型升级不断推进。数字经济，深入实施。") == [("（一）转型升级不断推进",)]
    assert paths("——整体智治示范地。积极构建，加快推进。") == [("整体智治示范地",)]
    assert paths("2020年的开局极不寻常。面对疫情，我们努力。") == [()]
    assert paths("协调发展是制胜要诀。如今，海曙前行。") == [()]
    assert paths("又是一年春暖花开。") == [()]
    assert paths("全面落实责任，健全制度。认真做好人口普查。继续推进，取得成效。") == [()]


def test_run_ins_in_series_cut_the_paragraph() -> None:
    text = "实力稳步提升。总量，达到一千。能力显著增强。人才，不断集聚。建设加快推进。布局，不断优化。"
    assert paths(text) == [("实力稳步提升",), ("能力显著增强",), ("建设加快推进",)]


def test_a_view_is_above_the_run_ins_that_follow() -> None:
    text = "从国际形势看，变局演化。格局深刻调整。经济，低速增长。动能正在转换。技术，不断涌现。"
    view = "从国际形势看，变局演化"
    assert paths(text) == [(view, "格局深刻调整"), (view, "动能正在转换")]


# Read off the plan: number, title, items.
BOXES = {
    1: ("聚智引才专项行动", 3),
    2: ("制造业高质量发展专项行动", 7),
    3: ("重大产业发展平台", 10),
    4: ("重大项目建设任务", 5),
    5: ("临空经济示范区重大项目", 4),
    6: ("综合交通网络体系", 5),
    7: ("数字港口建设项目", 2),
    8: ("十大重点开发区块", 10),
    9: ("重大城乡基础设施项目", 3),
    10: ("乡村产业振兴专项行动", 4),
    11: ("七大历史文化街区改造提升", 7),
    12: ("重大文化设施和旅游项目", 4),
    13: ("浙东唐诗之路典范区建设重点", 4),
    14: ("生态环保重点项目", 5),
    15: ("民生保障重大项目", 5),
}


def test_all_fifteen_boxes_are_whole(library: Library) -> None:
    assert {box.number: (box.title, len(box.items)) for box in library.boxes} == BOXES
    plan = next(document for document in library.documents.values() if document.source.kind == "plan")
    assert len(re.findall(r"专栏\d+：", plan.text)) == len(BOXES)
    for box in library.boxes:
        assert all(name and text for name, text in box.items)
        assert len(box.passages) == len(box.items) + bool(box.intro)
        assert all(found.label == f"专栏{box.number}：{box.title}" for found in box.passages)
        assert all(found.label in found.heading for found in box.passages)


def test_box_items_in_order(library: Library) -> None:
    boxes = {box.number: [name for name, _ in box.items] for box in library.boxes}
    assert boxes[13] == ["鄞江", "横街", "章水", "龙观"]
    assert boxes[14] == ["治水领域", "治气领域", "治土领域", "治废领域", "生态领域"]
    assert boxes[8] == [
        "三江口中央商贸商务区",
        "时尚湾",
        "南塘三市云谷",
        "环月湖",
        "未来城",
        "五江口滨水活力区",
        "临空港",
        "智能制造产业园",
        "桃源湾",
        "浙东唐诗之路典范区",
    ]
    assert boxes[6][0] == "“两环三射”高速路网"
    (fourth,) = [box for box in library.boxes if box.number == 4]
    assert fourth.intro.startswith("聚焦产业升级、城乡发展")
    assert fourth.items[0] == ("区 块 类", "重大项目24个，计划完成投资400亿元左右；")


def test_a_broken_box_is_refused() -> None:
    lines, _ = clean_lines("\t专栏1：行动\n\n\t甲：好。\n没有名字的一行。\n")
    with pytest.raises(StructureError, match="没有名字的一行"):
        read_box((), lines)
    with pytest.raises(StructureError, match="no items"):
        read_box((), lines[:1])


TERMS = """9610 P3|“246”产业 P5|五大乡村 P7|农村“三居”行动 P7|中小学 STEM 教育 P8|紧密型医联体 P8
“开放空间”创建基层民主协商项目 P8|南塘公约 P9|六稳 P14|六保 P14|四个非常 P14|五减 P15
专精特新“小巨人”企业 P15|空铁一体综合枢纽 P16|“1+X+N”人才政策体系 P17|“订单+清单”预警预判监测系统 P18
企业“两链” P22|“1+8+X”大救助体系 P23|双安双创 P25|整体智治 P26|唯实惟先 P26"""


def test_all_twenty_one_terms_are_whole(library: Library) -> None:
    expected = re.split(r"[|\n]", TERMS)
    assert len(expected) == 21
    assert [f"{term.name} {term.page}" for term in library.terms] == expected
    for term in library.terms:
        assert term.definition.endswith("。")
        assert term.passage.text == f"{term.name}：{term.definition}"
        assert term.passage.heading == ("名词解释",)
        assert term.passage.label == term.name


def test_terms_keep_what_a_page_break_cut(library: Library) -> None:
    terms = {term.name: term.definition for term in library.terms}
    assert terms["紧密型医联体"].endswith("互惠共赢、联动发展的新型医疗服务保障体系。")
    assert terms["空铁一体综合枢纽"].endswith("服务整个宁波都市圈乃至周边地市。")


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("“246”产业", {"246产业", "246"}),
        ("农村“三居”行动", {"农村三居行动", "三居"}),
        ("中小学 STEM 教育", {"STEM", "中小学STEM教育"}),
        ("紧密型医联体", {"医联体"}),
        ("“1+8+X”大救助体系", {"1+8+X", "大救助体系"}),
        ("专精特新“小巨人”企业", {"小巨人", "专精特新"}),
        ("“开放空间”创建基层民主协商项目", {"开放空间"}),
        ("六稳", set()),
    ],
)
def test_aliases(name: str, expected: set[str]) -> None:
    assert expected <= set(aliases(name))
    assert name not in aliases(name)


def test_no_alias_means_two_terms(library: Library) -> None:
    forms = [
        normalise(form)
        for term in library.terms
        for form in {normalise(term.name), *map(normalise, term.aliases)}
    ]
    assert len(forms) == len(set(forms))
    assert all(len(form) >= 2 for form in forms)

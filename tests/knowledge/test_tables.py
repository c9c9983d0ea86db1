"""Both indicator tables against what is printed, cell by cell."""

from __future__ import annotations

import pytest

from knowledge.cleaning import clean_lines
from knowledge.errors import StructureError
from knowledge.library import Library
from knowledge.records import TableRow
from knowledge.tables import read_table, table_end

DONE = "表1：海曙区“十三五”规划指标完成情况"
AIMS = "“十四五”时期经济社会发展主要指标"

# number | group | name | 规划目标 2020年 | 规划目标 年均增长 | 完成情况 2020年 | 完成情况 年均增长
DONE_ROWS = """
1|经济发展|地区生产总值（亿元）|1400|7.5%|1201|5.3%
2|经济发展|一般公共预算收入（亿元）|128|9%|115.8|5.9%
3|经济发展|规上工业增加值（亿元）|330|8%|227|6.1%
4|经济发展|固定资产投资（亿元）|[2200]|8%|[1663]|4.5%
5|经济发展|商品销售总额（亿元）|4500|10%|3300|12.5%
6|经济发展|进出口总额（亿元）|680|5%|747|7.1%
7|创新转型|常住人口城镇化率（%）|85|—|85|—
8|创新转型|研发与试验经费支出占地区生产总值比重（%）|2.8|—|2.35|—
9|创新转型|高新技术产业增加值占规上工业增加值比重（%）|40|—|37.3|—
10|创新转型|规上工业企业劳动生产率（万元/人）|22|—|17.3|—
11|创新转型|“国家级引才计划专家”“省级引才计划专家”“市3315”人才（团队）数（人/个）|25|—|99|—
12|创新转型|文创产业增加值比重（%）|8|—|8|—
13|绿色低碳|耕地保有量（万亩）|19.59|—|19.59|—
14|绿色低碳|万元GDP能源消耗降低（%）|—|按市下达|完成|—
15|绿色低碳|万元GDP二氧化碳排放降低（%）|—|按市下达|完成|—
16|绿色低碳|主要污染物排放减少（%）|—|按市下达|完成|—
17|绿色低碳|细颗粒物（PM2.5）浓度下降（%）|—|按市下达|完成|—
18|共建共享|登记失业率（%）|<5|—|<3|—
19|共建共享|城镇居民人均可支配收入（元）|—|7.5%|71391|7.1%
|共建共享|农村居民人均可支配收入（元）|—|8%|39888|8.3%
20|共建共享|义务教育标准化学校比例（%）|>95|—|98.3|—
21|共建共享|户籍人口养老保险参保率（%）|>98|—|99.3|—
|共建共享|户籍人口医疗保险参保率（%）||—|99.5|—
22|共建共享|每千人执业（助理）医师数（人）|5.9|—|5.79|—
23|共建共享|每百名老人拥有养老床位数（张/百人）|4.5|—|5.4|—
24|共建共享|万人社会组织数（个）|9.5|—|14.9|—
"""

# number | group | name | 2020年完成 | 2025年目标 | 年均增长 | 属性
AIMS_ROWS = """
1|经济发展|地区生产总值（亿元）|1201|2000|7|预期性
2|经济发展|全员劳动生产率（万元/人）|19|30|[11]|预期性
3|经济发展|研发与试验发展经费支出占地区生产总值比重（%）|2.35|3.6|[1.25]|预期性
4|经济发展|有效发明专利拥有量（件）|2393|3100|[707]|预期性
5|经济发展|人才资源总量（万人）|27.88|43|[15.12]|预期性
6|经济发展|高技术制造业增加值占规上工业增加值比重（%）|13|17|[4]|预期性
7|经济发展|数字经济核心产业增加值占地区生产总值比重（%）|4.3|10|[5.7]|预期性
8|经济发展|全部工业增加值占地区生产总值比重（%）|23.6|30|[6.4]|预期性
9|经济发展|文化及相关产业增加值占地区生产总值比重（%）|4.5|10|[5.5]|预期性
10|城市能级|机场旅客吞吐量（万人）|897.2|2000|—|预期性
11|城市能级|货物和服务贸易总额（亿元）|850|1400|10|预期性
12|城市能级|跨境电商出口额（亿美元）|20|40|14|预期性
13|城市能级|实际利用外资增长率（%）|2|—|4|预期性
14|城市能级|常住人口城镇化率（%）|85|87|[2]|预期性
15|生态环境|单位地区生产总值建设用地降低（%）|—|—|市下达目标|约束性
16|生态环境|单位地区生产总值能源消耗降低（%）|—|—|市下达目标|约束性
17|生态环境|单位地区生产总值二氧化碳排放降低（%）|—|—|市下达目标|约束性
18|生态环境|万元地区生产总值用水量降低（%）|—|—|市下达目标|约束性
19|生态环境|地表水达到或好于Ш类水体比例（%）|90|91|[1]|约束性
20|生态环境|空气质量优良天数比率（%）|91|>93|—|约束性
21|生态环境|细颗粒物（PM2.5）平均浓度（微克/立方米）|26|<27|<27|约束性
22|生态环境|城镇生活垃圾回收利用率（%）|53|70|[17]|约束性
23|生态环境|森林覆盖率（%）|49.83|>49.83|—|约束性
24|民生福祉|居民人均可支配收入增长率（%）|5|—|与经济增长基本同步|预期性
25|民生福祉|城镇新增就业人数（万人）|—|—|[8]|预期性
26|民生福祉|每千人拥有3岁以下婴幼儿照护设施托位数（个）*|2.14|4.5|[2.36]|预期性
27|民生福祉|每千人拥有执业（助理）医师数（个）*|5.79|5.9|[0.11]|预期性
28|民生福祉|每万老年人拥有持证养老护理员数（人）|18|30|[12]|预期性
29|民生福祉|人均体育场地面积（平方米）*|—|2.5|—|预期性
30|治理体系|综合行政执法事项占比（%）|7|20|[13]|约束性
31|治理体系|依申请政务服务办件“一网通办”率（%）|—|90|—|约束性
32|治理体系|亿元地区生产总值生产安全事故死亡率（人/亿元）|0.003|<0.005|—|约束性
33|治理体系|粮食综合生产能力（亿斤）|2.11|2.11|—|约束性
"""


def rows(library: Library, table: str) -> list[TableRow]:
    return [row for row in library.rows if row.table == table]


@pytest.mark.parametrize(("table", "printed"), [(DONE, DONE_ROWS), (AIMS, AIMS_ROWS)])
def test_every_cell_is_as_printed(library: Library, table: str, printed: str) -> None:
    read = [
        "|".join((row.number, row.group, row.name, *(cell.value for cell in row.cells)))
        for row in rows(library, table)
    ]
    assert read == printed.split()


def test_columns(library: Library) -> None:
    assert {tuple(cell.column for cell in row.cells) for row in rows(library, DONE)} == {
        (("规划目标", "2020年"), ("规划目标", "年均增长"), ("完成情况", "2020年"), ("完成情况", "年均增长"))
    }
    assert {tuple(cell.column for cell in row.cells) for row in rows(library, AIMS)} == {
        (("2020年完成",), ("2025年目标",), ("年均增长",), ("属性",))
    }


def test_group_path_of_the_merged_cell(library: Library) -> None:
    pensions, health = [row for row in rows(library, DONE) if row.name.startswith("户籍人口")]
    assert pensions.cells[0].row == ("共建共享", "户籍人口", "养老保险参保率（%）")
    assert health.cells[0].row == ("共建共享", "户籍人口", "医疗保险参保率（%）")
    assert health.cells[0].value == ""
    doctors = next(row for row in rows(library, DONE) if row.number == "22")
    assert doctors.cells[0].row == ("共建共享", "每千人执业（助理）医师数（人）")


def test_units(library: Library) -> None:
    units = {row.name: row.unit for row in library.rows}
    assert units["地区生产总值（亿元）"] == "亿元"
    assert units["细颗粒物（PM2.5）平均浓度（微克/立方米）"] == "微克/立方米"
    assert units["人均体育场地面积（平方米）*"] == "平方米"
    assert all(units.values())


def test_row_text_names_every_value(library: Library) -> None:
    done, aims = rows(library, DONE), rows(library, AIMS)
    assert done[0].passage.text == (
        "地区生产总值（亿元）：规划目标 2020年 1400、规划目标 年均增长 7.5%；完成情况 2020年 1201、完成情况 年均增长 5.3%"
    )
    assert done[22].passage.text == (
        "户籍人口医疗保险参保率（%）：规划目标 年均增长 —；完成情况 2020年 99.5、完成情况 年均增长 —"
    )
    assert aims[4].passage.text == (
        "人才资源总量（万人）：2020年完成 27.88、2025年目标 43、年均增长 [15.12]、属性 预期性"
    )
    assert aims[4].passage.heading[-2:] == (AIMS, "经济发展")
    assert aims[4].passage.label == "人才资源总量（万人）"


def test_notes_go_with_every_row(library: Library) -> None:
    for table, count in ((DONE, 5), (AIMS, 5)):
        assert {len(row.notes) for row in rows(library, table)} == {count}
    assert rows(library, DONE)[0].notes[3] == "4、固定资产投资统计口径有调整。"
    assert rows(library, AIMS)[0].notes[4] == (
        "4、机场旅客吞吐量指标2019年值为1243万人，2020年数据受疫情影响偏低。"
    )
    notes = [passage for passage in library.passages if passage.text.startswith("注：")]
    assert [passage.heading[-1] for passage in notes] == [DONE, AIMS]


def test_a_row_with_a_cell_missing_is_refused() -> None:
    lines, _ = clean_lines("\t分组\n\t序号\n\t指标名称\n\t数值\n\n\t甲\n\t1\n\t人口\n\t5\n\n\t\n\t2\n\t6\n\n")
    assert table_end(lines, 0) == len(lines)
    with pytest.raises(StructureError, match="cells where 4 belong"):
        read_table("表9：试", (), lines)


def test_a_table_without_a_name_column_is_refused() -> None:
    lines, _ = clean_lines("\t序号\n\t名目\n\t数值\n\n\t1\n\t人口\n\t5\n")
    with pytest.raises(StructureError, match="no column 指标名称"):
        read_table("表9：试", (), lines)

"""Places of the district as residents name them: towns, streets and well-known spots."""

from __future__ import annotations

import re

TOWNS = (
    "集士港", "古林", "高桥", "横街", "鄞江", "洞桥", "章水", "龙观",  # 镇、乡
    "石碶", "段塘", "望春", "白云", "南门", "江厦", "西门", "月湖", "鼓楼",  # 街道
)  # fmt: skip
SPOTS = (
    "三江口", "天一广场", "南塘", "栎社", "药行街", "城隍庙", "天一阁", "四明山", "翠柏里", "五江口", "丁家", "姚丰",
    "望京门", "永寿街", "秀水街", "郁家巷", "南站", "桃源湾",
)  # fmt: skip
PLACE = re.compile("|".join((*TOWNS, *SPOTS)) + r"|[一-鿿]{2}(?:镇|乡|街道)")

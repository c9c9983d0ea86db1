"""A small shelf of documents, and a report that is to be added."""

from __future__ import annotations

import datetime as dt
from hashlib import sha256
from pathlib import Path

import yaml

from actions.governance.contents import NewDocument

BASE = "# 一、民生\n\n去年累计建成居家养老服务机构273个，居家养老服务设施基本实现全覆盖。\n\n全区有助餐点120个。\n"
REPORT = (
    "2024年海曙区为老服务情况通报\n\n"
    "# 一、助餐服务\n\n2024年全区新建老年助餐点36个，累计建成老年助餐点187个，服务老人52.4万人次。\n\n"
    "# 二、适老化改造\n\n2024年完成困难老年人家庭适老化改造415户，安装智能床垫930张。\n"
)


def report(text: str = REPORT, district: str = "海曙", identifier: str = "upload-1") -> NewDocument:
    return NewDocument(
        identifier, "2024年海曙区为老服务情况通报", "海曙区民政局", district,
        dt.date(2025, 2, 20), (2024, 2024), "notice", text,
    )  # fmt: skip


def write_base(root: Path, text: str) -> None:
    """A folder as ``knowledge.load`` takes it, with one document."""
    (root / "sources").mkdir(parents=True)
    (root / "sources" / "page.txt").write_text(text, encoding="utf-8")
    entry = {
        "id": "page", "origin": "page.txt", "title": "试页", "publisher": "试报", "district": "海曙",
        "published": dt.date(2021, 3, 1), "period": [2020, 2021], "kind": "press",
        "sha256": sha256(text.encode()).hexdigest(),
    }  # fmt: skip
    (root / "sources.yml").write_text(yaml.safe_dump({"sources": [entry]}, allow_unicode=True), "utf-8")

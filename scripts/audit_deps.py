#!/usr/bin/env python3
"""Ask the vulnerability database about every locked package: ``make audit-deps``. Needs the internet.

Findings in packages that Rasa holds back are printed with the reason why they stay (requirements/rasa-pins.yml); any
other finding, and any package that could not be looked up, ends with status 1. Status 2: the database was not reached.
"""

from __future__ import annotations

import json
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml

REQUIREMENTS = Path(__file__).resolve().parents[1] / "requirements"
LOCKS = ("main.lock", "dev.lock", "rasa.lock")
TOOL = Path(sys.executable).parent / "pip-audit"
UNREACHED = 2


@dataclass(frozen=True)
class Finding:
    """One known weakness of one locked package."""

    lock: str
    package: str
    version: str
    id: str
    fixed_in: str


def reasons() -> dict[str, str]:
    """Package → why it stays as it is."""
    groups = yaml.safe_load((REQUIREMENTS / "rasa-pins.yml").read_text("utf-8"))["reasons"]
    return {name: group["why"] for group in groups for name in group["packages"]}


def findings(lock: str, report: dict[str, Any]) -> tuple[list[Finding], list[str]]:
    """What is known, and the packages nothing could be found out about."""
    known, skipped = [], []
    for package in report["dependencies"]:
        if "skip_reason" in package:
            skipped.append(f"{lock} {package['name']}")
        for weak in package.get("vulns", ()):
            fixed = "、".join(weak["fix_versions"]) or "还没有"
            known.append(Finding(lock, package["name"], package["version"], weak["id"], fixed))
    return known, skipped


def ask(lock: str) -> dict[str, Any]:
    """What pip-audit says about one lock.

    :raises SystemExit: status 2 when the database does not answer
    """
    command = [str(TOOL), "-r", str(REQUIREMENTS / lock), "--no-deps", "--disable-pip", "-f", "json"]
    done = subprocess.run([*command, "--progress-spinner", "off"], capture_output=True, text=True)
    try:
        return dict(json.loads(done.stdout))
    except ValueError:
        last = (done.stderr.strip().splitlines() or ["没有说明"])[-1]
        print(f"✗ 没有查到：漏洞库没有应答。需要能访问互联网。\n  {last[:300]}", file=sys.stderr)
        raise SystemExit(UNREACHED) from None


def tell(known: list[Finding], skipped: list[str]) -> int:
    """Print it; the exit status."""
    held, bad = reasons(), 0
    for found in known:
        line = f"{found.lock} {found.package} {found.version} {found.id}，修复于 {found.fixed_in}"
        why = held.get(found.package) if found.lock == "rasa.lock" else None
        bad += why is None
        print(f"{'✗' if why is None else '·'} {line}" + (f"\n    {why}" if why else ""))
    if skipped:
        print(f"✗ {len(skipped)} 个包在漏洞库里查不到，等于没有查：{'、'.join(skipped[:8])}…")
    if not known and not skipped:
        print("没有已知的漏洞")
    return 1 if bad or skipped else 0


def main() -> int:
    known: list[Finding] = []
    skipped: list[str] = []
    for lock in sys.argv[1:] or LOCKS:
        more, unknown = findings(lock, ask(lock))
        known += more
        skipped += unknown
    return tell(known, skipped)


if __name__ == "__main__":
    sys.exit(main())

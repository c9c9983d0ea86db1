#!/usr/bin/env python3
"""List what is installed in both environments, with versions and licences, as CycloneDX: ``make sbom``.

python scripts/sbom.py main rasa --out var/sbom
"""

from __future__ import annotations

import argparse
import json
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
TOOL = Path(sys.executable).parent / "cyclonedx-py"


def describe(name: str, out: Path) -> int:
    """Write ``out/<name>.cdx.json``; returns how many packages it lists.

    :raises SystemExit: when the environment is not there or the tool fails
    """
    python = ROOT / "var" / "env" / name / "bin" / "python"
    if not python.exists():
        sys.exit(f"没有虚拟环境 {python}：先运行 make up")
    out.mkdir(parents=True, exist_ok=True)
    target = out / f"{name}.cdx.json"
    command = [str(TOOL), "environment", str(python), "--of", "JSON", "--output-reproducible"]
    done = subprocess.run([*command, "-o", str(target)], capture_output=True, text=True)
    if done.returncode:
        sys.exit(f"没有写成 {target}（退出码 {done.returncode}）：\n{done.stderr}")
    return len(json.loads(target.read_text("utf-8"))["components"])


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("names", nargs="*", default=["main", "rasa"])
    parser.add_argument("--out", type=Path, default=ROOT / "var" / "sbom")
    options = parser.parse_args()
    for name in options.names:
        count = describe(name, options.out)
        print(f"{options.out / name}.cdx.json：{count} 个包")


if __name__ == "__main__":
    main()

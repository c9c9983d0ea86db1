#!/usr/bin/env python3
"""Compile requirements/*.in into fully pinned lock files: ``make lock`` (needs uv on PATH).

uv resolves, pip installs: only pip takes a CPU build of torch from a local wheel folder. torch and the GPU
libraries it may bring therefore stay out of the locks; requirements/torch.txt names them.
"""

import re
import shutil
import subprocess
import sys
from pathlib import Path

REQUIREMENTS = Path(__file__).resolve().parents[1] / "requirements"
BROUGHT_BY_TORCH = re.compile(r"^(torch|triton|nvidia-|cuda-)")
LOCKS = {  # lock -> (Python, inputs)
    "main.lock": ("3.11", ["main.in", "torch.txt"]),
    "dev.lock": ("3.11", ["dev.in", "-c", "main.lock"]),
    "rasa.lock": ("3.10", ["rasa.in"]),
}


def compile_lock(uv: str, lock: str, python: str, inputs: "list[str]") -> str:
    """The lock's text for every platform; versions already in the lock are kept unless ``--upgrade`` is given."""
    command = [uv, "pip", "compile", "-q", "--no-header", "--no-annotate", "--python-version", python]
    if lock != "rasa.lock":
        command.append("--universal")  # Rasa's TensorFlow pins have no universal solution
    upgrade = ["--upgrade"] if "--upgrade" in sys.argv else []
    subprocess.run(
        [*command, *upgrade, *inputs, "-o", lock], check=True, cwd=REQUIREMENTS, stdout=subprocess.DEVNULL
    )
    lines = (REQUIREMENTS / lock).read_text("utf-8").splitlines()
    pins = [line for line in lines if line.strip() and not BROUGHT_BY_TORCH.match(line)]
    return f"# Made by `make lock` from {inputs[0]}; do not edit.\n" + "\n".join(pins) + "\n"


def main() -> None:
    uv = shutil.which("uv")
    if uv is None:
        sys.exit("make lock 需要 uv：先运行 python3 -m pip install --user uv")
    for lock, (python, inputs) in LOCKS.items():
        text = compile_lock(uv, lock, python, inputs)
        (REQUIREMENTS / lock).write_text(text, "utf-8")
        print(f"{lock}: {text.count('==')} 个包")


if __name__ == "__main__":
    main()

#!/usr/bin/env python3
"""Train the dialogue model unless one made from exactly these inputs is there: ``make train``.

The model's name is the hash of everything it is made from; a ``.sha256`` beside it is checked here and by the
server before loading. Standard library only, since it decides within milliseconds that there is nothing to do.

    python scripts/train_rasa.py --python var/env/rasa/bin/python --out var/rasa/models
"""

from __future__ import annotations

import argparse
import hashlib
import os
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
INPUTS = ("config.yml", "domain.yml", "bot/data", "bot/rasa", "requirements/rasa.lock")
KEPT_MODELS = 3
ENVIRONMENT = {  # what counts before the libraries load; see bot/supervision/plan.py
    "OMP_NUM_THREADS": "1",
    "RASA_TELEMETRY_ENABLED": "false",
    "TF_CPP_MIN_LOG_LEVEL": "3",
    "SQLALCHEMY_SILENCE_UBER_WARNING": "1",
}


def input_files(root: Path) -> Iterator[Path]:
    """Every file that can change the model, in a stable order."""
    for name in INPUTS:
        path = root / name
        files = sorted(p for p in path.rglob("*") if p.is_file()) if path.is_dir() else [path]
        yield from (p for p in files if "__pycache__" not in p.parts)


def inputs_hash(root: Path) -> str:
    """Equal inputs, equal name: paths count as well as contents."""
    digest = hashlib.sha256()
    for path in input_files(root):
        digest.update(f"{path.relative_to(root)}\0".encode())
        digest.update(hashlib.sha256(path.read_bytes()).digest())
    return digest.hexdigest()[:16]


def is_sound(model: Path) -> bool:
    """Whether the model is there and is the one that was trained."""
    checksum = model.with_name(model.name + ".sha256")
    if not (model.is_file() and checksum.is_file()):
        return False
    return hashlib.sha256(model.read_bytes()).hexdigest() == checksum.read_text("ascii").strip()


def train(root: Path, python: Path, out: Path) -> Path:
    """The trained model's path; trains only when it is missing or damaged."""
    model = out / f"{inputs_hash(root)}.tar.gz"
    if is_sound(model):
        print(f"对话模型已是最新：{model.name}")
    else:
        if model.exists():
            print(f"对话模型 {model.name} 与校验和不符，重新训练", flush=True)
        _train(root, python, model)
    _point_to(model)
    _forget_old(out, model)
    return model


def _train(root: Path, python: Path, model: Path) -> None:
    model.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=model.parent) as scratch:
        command = [str(python), "-m", "rasa", "train", "--config", "config.yml", "--domain", "domain.yml"]
        command += ["--data", "bot/data", "--out", scratch, "--fixed-model-name", "fresh"]
        cache = {"RASA_CACHE_DIRECTORY": str(model.parent.parent / "cache")}
        done = subprocess.run(
            command, cwd=root, env={**os.environ, **ENVIRONMENT, **cache}, stdin=subprocess.DEVNULL
        )
        fresh = Path(scratch) / "fresh.tar.gz"
        if done.returncode != 0 or not fresh.is_file():
            sys.exit(
                f"训练失败（rasa train 退出码 {done.returncode}）：看上面的输出，改好 config.yml、domain.yml 或 bot/data"
            )
        checksum = hashlib.sha256(fresh.read_bytes()).hexdigest()
        # The checksum first: a model without one is not loaded, so a crash between the two costs only a retraining.
        model.with_name(model.name + ".sha256").write_text(checksum + "\n", "ascii")
        fresh.replace(model)


def _point_to(model: Path) -> None:
    """``current.tar.gz`` is what the server loads."""
    for suffix in ("", ".sha256"):
        link = model.with_name(f"current.tar.gz{suffix}")
        fresh = link.with_name(f".{link.name}.{os.getpid()}")
        fresh.symlink_to(model.name + suffix)
        fresh.replace(link)


def _forget_old(out: Path, model: Path) -> None:
    others = [p for p in out.glob("*.tar.gz") if not p.is_symlink() and p != model]
    for old in sorted(others, key=lambda p: p.stat().st_mtime, reverse=True)[KEPT_MODELS - 1 :]:
        old.unlink()
        old.with_name(old.name + ".sha256").unlink(missing_ok=True)


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--python", type=Path, default=ROOT / "var/env/rasa/bin/python")
    parser.add_argument("--out", type=Path, default=ROOT / "var/rasa/models")
    options = parser.parse_args()
    train(ROOT, options.python.absolute(), options.out.absolute())


if __name__ == "__main__":
    main()

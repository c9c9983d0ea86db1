"""Training is cached by everything the model is made from, and a swapped model is noticed."""

from __future__ import annotations

from pathlib import Path

import pytest
from train_rasa import INPUTS, inputs_hash, is_sound, train


@pytest.fixture
def project(tmp_path: Path) -> Path:
    for name in INPUTS:
        path = tmp_path / name
        if path.suffix:
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text("version: 1\n")
        else:
            (path / "nlu").mkdir(parents=True)
            (path / "nlu" / "greet.yml").write_text("你好\n")
    return tmp_path


@pytest.fixture
def trainer(tmp_path: Path) -> Path:
    """Stands where the Rasa interpreter does: writes a model file and counts how often it was asked to."""
    path = tmp_path / "trainer"
    path.write_text(
        '#!/bin/sh\nwhile [ "$1" != --out ]; do shift; done\necho run >> runs\necho model > "$2/fresh.tar.gz"\n'
    )
    path.chmod(0o755)
    return path


def test_trains_once_for_equal_inputs(project: Path, trainer: Path) -> None:
    out = project / "models"
    model = train(project, trainer, out)
    assert is_sound(model)
    assert train(project, trainer, out) == model
    assert (out / "current.tar.gz").resolve() == model
    assert (project / "runs").read_text() == "run\n"


@pytest.mark.parametrize(
    "changed", ["config.yml", "domain.yml", "bot/data/nlu/greet.yml", "bot/rasa/nlu/greet.yml"]
)
def test_every_input_counts(project: Path, changed: str) -> None:
    before = inputs_hash(project)
    (project / changed).write_text("changed")
    assert inputs_hash(project) != before


def test_a_new_file_counts_and_a_compiled_one_does_not(project: Path) -> None:
    before = inputs_hash(project)
    (project / "bot/rasa/__pycache__").mkdir()
    (project / "bot/rasa/__pycache__/x.pyc").touch()
    assert inputs_hash(project) == before
    (project / "bot/data/rules.yml").touch()
    assert inputs_hash(project) != before


def test_a_swapped_model_is_trained_anew(project: Path, trainer: Path) -> None:
    model = train(project, trainer, project / "models")
    model.write_text("someone else's model")
    assert not is_sound(model)
    assert is_sound(train(project, trainer, project / "models"))


def test_a_failed_training_leaves_no_model(project: Path, trainer: Path) -> None:
    trainer.write_text("#!/bin/sh\nexit 3\n")
    with pytest.raises(SystemExit, match="退出码 3"):
        train(project, trainer, project / "models")
    assert list((project / "models").iterdir()) == []

"""Question-to-paragraph data from any set in SQuAD's format."""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path


class DatasetError(Exception):
    """The file is no SQuAD-format set; the message names what is missing."""


@dataclass(frozen=True)
class Dataset:
    """``gold[i]`` is the paragraph that ``questions[i]`` was asked of. Equal paragraphs are one."""

    name: str
    passages: tuple[str, ...]
    questions: tuple[str, ...]
    gold: tuple[int, ...]


def read_squad(path: Path, limit: int | None = None) -> Dataset:
    """Read ``path``; ``limit`` keeps every n-th question so that about so many remain, all paragraphs stay.

    Raises DatasetError.
    """
    try:
        articles = json.loads(path.read_text(encoding="utf-8"))["data"]
        pairs = [
            (qa["question"], paragraph["context"])
            for article in articles
            for paragraph in article["paragraphs"]
            for qa in paragraph["qas"]
        ]
        texts = [paragraph["context"] for article in articles for paragraph in article["paragraphs"]]
    except OSError as error:
        raise DatasetError(
            f"{path} cannot be read: {error.strerror}. Give a SQuAD-format JSON file."
        ) from error
    except (ValueError, KeyError, TypeError) as error:
        raise DatasetError(
            f"{path} is not in SQuAD's format (data → paragraphs → context, qas → question): "
            f"{type(error).__name__} {error}"
        ) from error
    if not pairs:
        raise DatasetError(f"{path} holds no question")
    place = {text: i for i, text in enumerate(dict.fromkeys(texts))}
    step = max(1, len(pairs) // limit) if limit else 1
    kept = pairs[::step]
    return Dataset(path.stem, tuple(place), tuple(q for q, _ in kept), tuple(place[text] for _, text in kept))

"""A look-up while typing does not wait for the encoder, and never stays behind."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable

import numpy as np
import pytest

from embeddings.following import LAG, WAITING, Following, Vector


class Counting:
    """An encoder that can be held up; the vector of a text is its length."""

    def __init__(self) -> None:
        self.asked: list[str] = []
        self.go = threading.Event()
        self.go.set()

    def encode_question(self, text: str) -> tuple[Vector, Vector]:
        self.go.wait(10)
        if "坏" in text:
            raise RuntimeError("broken")
        self.asked.append(text)
        return np.array([len(text)], dtype=np.float32), np.zeros((0, 1), dtype=np.float32)


@pytest.fixture
def encoder() -> Counting:
    return Counting()


@pytest.fixture
def following(encoder: Counting) -> Following:
    return Following(encoder)


def soon(true: Callable[[], bool]) -> None:
    end = time.monotonic() + 10
    while not true():
        assert time.monotonic() < end
        time.sleep(0.01)


def test_the_first_characters_are_encoded_at_once(following: Following, encoder: Counting) -> None:
    assert following.vector("公租")[0] == 2
    assert encoder.asked == ["公租"]


def test_what_is_typed_on_takes_the_vector_at_hand_and_the_encoder_follows(
    following: Following, encoder: Counting
) -> None:
    following.vector("公租")
    encoder.go.clear()
    assert following.vector("公租房新")[0] == 2  # without waiting for the encoder
    encoder.go.set()
    soon(lambda: "公租房新" in encoder.asked)
    soon(lambda: following.vector("公租房新")[0] == 4)


def test_a_vector_too_far_behind_is_not_taken(following: Following, encoder: Counting) -> None:
    following.vector("公租")
    longer = "公租" + "房" * (LAG + 1)
    assert following.vector(longer)[0] == len(longer)


def test_another_text_of_like_length_is_not_taken(following: Following) -> None:
    following.vector("公租房")
    assert following.vector("养老")[0] == 2


def test_each_text_is_encoded_once(following: Following, encoder: Counting) -> None:
    following.vector("公租")
    encoder.go.clear()
    for _ in range(5):
        following.vector("公租房")
    encoder.go.set()
    soon(lambda: following.vector("公租房")[0] == 3)
    assert encoder.asked == ["公租", "公租房"]


def test_no_more_wait_than_the_limit(following: Following, encoder: Counting) -> None:
    following.vector("公")
    encoder.go.clear()
    for number in range(WAITING + 10):
        assert following.vector("公" + chr(ord("一") + number))[0] == 1
    encoder.go.set()
    soon(lambda: len(encoder.asked) == 1 + WAITING)
    following.vector("公末")  # stands behind whatever else was waiting
    soon(lambda: "公末" in encoder.asked)
    assert len(encoder.asked) == 1 + WAITING + 1


def test_a_failure_behind_is_logged_and_a_failure_in_front_is_raised(
    following: Following, caplog: pytest.LogCaptureFixture
) -> None:
    following.vector("公租")
    assert following.vector("公租坏")[0] == 2
    soon(lambda: "encoding behind what is typed failed: RuntimeError: broken" in caplog.text)
    with pytest.raises(RuntimeError):
        following.vector("坏")

"""Calls generated from an OpenAPI document, and what every one of them has to be answered with."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from schemathesis import GenerationMode

MODES = pytest.mark.parametrize(
    "mode", [GenerationMode.NEGATIVE, GenerationMode.POSITIVE], ids=["wrong", "right"]
)


def answered_clearly(
    operation: Any, mode: GenerationMode, address: str, headers: Mapping[str, str], each: int
) -> None:
    """None of ``each`` calls ends in an error of ours, and a refusal says why."""
    seen: list[int] = []

    @settings(max_examples=each, deadline=None, database=None, suppress_health_check=list(HealthCheck))
    @given(case=operation.as_strategy(generation_mode=mode))
    def call(case: Any) -> None:
        response = case.call(base_url=address, headers=dict(headers), timeout=60)
        seen.append(response.status_code)
        assert response.status_code < 500, response.content
        if response.status_code >= 300 and response.status_code not in (404, 405):
            assert response.json()["error"]["message"]

    try:
        call()
    except Exception as error:
        # A route without anything to give cannot be called wrongly.
        if "Unsatisfiable" not in type(error).__name__:
            raise
        assert mode is GenerationMode.NEGATIVE
        return
    assert seen

"""Learns the metric: each ask is drawn to its statement and to the other asks for it, and away from all others.

Torch is needed here and nowhere where questions are answered. The same asks give the same metric, up to rounding.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import torch
from numpy.typing import NDArray
from rich.progress import track
from torch.nn.functional import cross_entropy, normalize

from embeddings.asked import Rows
from embeddings.metric import Metric
from embeddings.near import Near

Vectors = NDArray[np.float32]


@dataclass(frozen=True)
class Schedule:
    """How long and how strongly it is learned. Chosen on asks by other writers than those learned from."""

    epochs: int = 9
    batch: int = 512
    rate: float = 1e-3  # at the beginning; falls to nothing
    temperature: float = 0.03
    seed: int = 81890


@dataclass(frozen=True)
class Asked:
    """Unit vectors of asks (n, dims) and of statements (m, dims), and the statement of each ask (n,)."""

    asks: Vectors
    statement: Rows
    statements: Vectors

    def of(self, rows: Rows) -> Asked:
        """Only some of the asks; all statements."""
        return Asked(self.asks[rows], self.statement[rows], self.statements)


def learn(asked: Asked, schedule: Schedule | None = None, progress: bool = False) -> Metric:
    """The metric under which asks find what they ask for.

    :raises ValueError: for fewer asks than make one batch
    """
    plan = schedule or Schedule()
    if len(asked.asks) < plan.batch:
        raise ValueError(
            f"{len(asked.asks)} asks are too few to learn from: at least {plan.batch} are needed"
        )
    torch.manual_seed(plan.seed)
    asks, statements = torch.from_numpy(asked.asks), torch.from_numpy(asked.statements)
    statement = torch.from_numpy(asked.statement)
    matrix = torch.eye(asks.shape[1], requires_grad=True)
    optimiser = torch.optim.AdamW([matrix], lr=plan.rate, weight_decay=0.0)
    steps = plan.epochs * (len(asks) // plan.batch)
    falling = torch.optim.lr_scheduler.LinearLR(optimiser, 1.0, 0.0, steps)
    for _ in track(range(plan.epochs), "Learning the metric", disable=not progress):
        shuffled = torch.randperm(len(asks))
        for batch in torch.split(shuffled[: len(asks) // plan.batch * plan.batch], plan.batch):
            asked_now, wanted = normalize(asks[batch] @ matrix, dim=1), statement[batch]
            found = asked_now @ normalize(statements @ matrix, dim=1).T / plan.temperature
            loss = cross_entropy(found, wanted) + _among_asks(
                asked_now @ asked_now.T / plan.temperature, wanted
            )
            optimiser.zero_grad()
            torch.autograd.backward(loss)
            optimiser.step()
            falling.step()
    return Metric(matrix.detach().numpy()).narrowed(np.vstack([asked.statements, asked.asks]))


def _among_asks(likeness: torch.Tensor, wanted: torch.Tensor) -> torch.Tensor:
    """How far asks for the same are from each other, compared with asks for something else."""
    itself = torch.eye(len(wanted), dtype=torch.bool)
    same = (wanted[:, None] == wanted) & ~itself
    told = torch.log_softmax(likeness.masked_fill(itself, -1e9), dim=1).masked_fill(~same, 0.0)
    paired = same.any(dim=1)
    return -(told.sum(dim=1) / same.sum(dim=1).clamp(min=1))[paired].mean()


class _Kept:
    """Vectors at hand, as ``Near`` asks for them."""

    def __init__(self, vectors: Vectors) -> None:
        self._vectors = vectors

    def __len__(self) -> int:
        return len(self._vectors)

    def take(self, rows: Sequence[int]) -> Vectors:
        return self._vectors[list(rows)]

    def cosines(self, query: Vectors, rows: NDArray[np.int64]) -> Vectors:
        return np.asarray(self.take(rows.tolist()) @ query, dtype=np.float32)


def recall(
    questions: Asked, known: Asked, metric: Metric, tops: tuple[int, ...] = (1, 5)
) -> tuple[float, ...]:
    """Share of ``questions`` whose statement is among the ``tops`` nearest, by statements and ``known`` asks."""
    statements = np.arange(len(known.statements))
    near = Near(
        _Kept(known.statements),
        _Kept(known.statements),
        statements,
        (_Kept(known.asks), known.statement),
        metric,
    )
    above = np.zeros(len(questions.asks), dtype=np.int64)
    for i, vector in enumerate(questions.asks):
        statement, _, asked = near.z(vector)
        scores = asked + statement
        above[i] = (scores > scores[questions.statement[i]]).sum()
    return tuple(float((above < top).mean()) for top in tops)

"""The figures of ``make bench-load`` as Markdown, and the bounds they have to keep."""

from __future__ import annotations

from collections.abc import Mapping

from benchmarks.load.figures import Run, p95
from benchmarks.load.overload import Flood

LEVEL = 50
LEAST_RATE, MOST_P95 = 0.6, 2.0  # of the bare echo's, at LEVEL
ECHO, QUICK = "echo", "echo, our stores"
NEW_TEXTS = ", new texts"
BOUND = ("web", "Telegram")
SHED_SECONDS = 0.2
PROCESSES = ("gateway", "rasa", "service", "valkey", "telegram", ECHO, QUICK)
Table = Mapping[int, Mapping[str, Run]]


def report(table: Table, over: Flood | None, length: int) -> str:
    """Everything."""
    parts = [
        f"Conversations of {length} turns; every way at every level in turn. Refused: told to come again (429, 503). "
        "What is said has been asked once before, but where it says new texts: there three of eight messages are questions "
        "that nobody has asked yet.",
        _speeds(table),
        "Milliseconds of processor time for one turn, by process:",
        _costs(table),
        _bounds(table),
    ]
    return "\n\n".join([*parts, *([_flood(over, table)] if over else [])])


def _speeds(table: Table) -> str:
    lines = [
        "| at once | way | turns | turns/s | p50 ms | p95 ms | rate ÷ echo | p95 ÷ echo | empty | failed | without Rasa | refused |",
        "|---|---|---|---|---|---|---|---|---|---|---|---|",
    ]
    for level, runs in table.items():
        base = runs[ECHO]
        for name, one in runs.items():
            p50, high = (1000 * one.quantile(n) for n in (50, 95))
            ratios = f"{one.rate / base.rate:.2f} | {one.quantile(95) / base.quantile(95):.2f}"
            wrong = " | ".join(str(one.count(kind)) for kind in ("empty", "failed", "alone"))
            lines.append(
                f"| {level} | {name} | {len(one.turns)} | {one.rate:.1f} | {p50:.0f} | {high:.0f} | {ratios} | {wrong} | {one.shed} |"
            )
    return "\n".join(lines)


def _costs(table: Table) -> str:
    lines = [
        f"| at once | way | {' | '.join(PROCESSES)} | all |",
        "|---|---|" + "---|" * (len(PROCESSES) + 1),
    ]
    for level, runs in table.items():
        for name, one in runs.items():
            each = [one.per_turn(process) for process in PROCESSES]
            lines.append(f"| {level} | {name} | {' | '.join(f'{ms:.1f}' for ms in each)} | {cost(one):.1f} |")
    return "\n".join(lines)


def cost(one: Run) -> float:
    """Milliseconds of processor time for one turn, all processes together."""
    return sum(one.per_turn(process) for process in one.cpu)


def _bounds(table: Table) -> str:
    if LEVEL not in table:
        return f"No bound is set at these levels, only at {LEVEL}."
    web, echo, quick = (table[LEVEL][name] for name in ("web", ECHO, QUICK))
    new = table[LEVEL]["web" + NEW_TEXTS]
    return (
        f"Bounds at {LEVEL}, for {' and '.join(BOUND)}: at least {LEAST_RATE} of the rate of the echo, which is bare Rasa with "
        f"Rasa's own Redis stores, p95 at most {MOST_P95} times the echo's, no empty reply, no error. "
        f"The web beside the same echo with the product's stores: {web.rate / quick.rate:.2f} of its rate, "
        f"p95 {web.quantile(95) / quick.quantile(95):.2f} times its. "
        f"The web where nobody has asked any of the questions before: {new.rate / echo.rate:.2f} of the echo's rate, "
        f"p95 {new.quantile(95) / echo.quantile(95):.2f} times its."
    )


def _flood(over: Flood, table: Table) -> str:
    answered, refused = over.admitted, over.refused
    return (
        f"Overload: {len(over.sendings)} messages in {over.seconds:.0f} s, three times what was answered at best. "
        f"{len(answered)} answered (p95 {p95(answered):.1f} s), {len(refused)} told to come again "
        f"(p95 {1000 * p95(refused):.0f} ms, bound {1000 * SHED_SECONDS:.0f}), {over.broken} failed; "
        f"{over.lost} replies lost. p95 of the answered ÷ p95 at {max(table)} at once: "
        f"{p95(answered) / table[max(table)]['web'].quantile(95):.2f}, bound {MOST_P95:g}."
    )


def broken(table: Table, over: Flood | None) -> list[str]:
    """The bounds that are not kept, in words."""
    found = []
    for level, runs in table.items():
        for name, one in runs.items():
            wrong = one.count("empty", "failed")
            if wrong:
                found.append(f"{wrong} empty or failed replies, {name} at {level}")
    if LEVEL in table:
        echo = table[LEVEL][ECHO]
        for name in BOUND:
            one = table[LEVEL][name]
            if one.rate < LEAST_RATE * echo.rate:
                found.append(f"{name}: {one.rate:.1f} turns/s at {LEVEL} beside the echo's {echo.rate:.1f}")
            if one.quantile(95) > MOST_P95 * echo.quantile(95):
                found.append(
                    f"{name}: p95 {one.quantile(95):.2f} s at {LEVEL} beside the echo's {echo.quantile(95):.2f}"
                )
    if over and p95(over.refused) > SHED_SECONDS:
        found.append(f"turned away after {1000 * p95(over.refused):.0f} ms")
    if over and (over.lost or over.broken):
        found.append(f"overload: {over.lost} lost, {over.broken} failed")
    return found

"""``make faults``: 200 tickets through the page and Telegram and ten kills of each process; the same with every request
twice; then with processes frozen, the disk full and Redis's memory full.

Seeds and figures are printed; the histories stay in ``var/faults``. Another seed: ``make faults SEED=7``.
"""

from __future__ import annotations

import argparse
import shutil
import sys
from collections.abc import Sequence
from pathlib import Path

from actions.settings import ROOT
from benchmarks.record import commit, write_section
from tests.faults.checker import KINDS
from tests.faults.conditions import CONDITIONS
from tests.faults.killer import PROCESSES
from tests.faults.run import Result, Size, run
from tests.product import product

# The residents of this run all come from one address and say more in a minute than people can.
LIMITS = {"RATE_POSTS_PER_MINUTE": "100000", "RATE_CONVERSATIONS": "100000", "QUIET_HOURS": "00:00-00:00"}
SHOWN = 20
ROUNDS = 2  # of all conditions
COMMAND = "make faults {}OUT=benchmarks/RESULTS.md"


def main() -> int:
    """Run it; 0 when everything held."""
    options, began = _options(), commit()
    folder: Path = ROOT / "var" / "faults"
    shutil.rmtree(folder, ignore_errors=True)
    results = []
    for name, size in _sizes(options).items():
        print(f"{name}, seed {size.seed}: {size}", flush=True)
        results.append(_one(folder / name, size, options.replicas))
    if options.out:
        several = options.replicas > 1
        title = "Faults, two of each process" if several else "Faults"
        command = COMMAND.format(f"REPLICAS={options.replicas} " if several else "")
        write_section(options.out, title, command, began, table(results))
    return 0 if all(_held(result) for result in results) else 1


def table(results: Sequence[Result]) -> str:
    """What was wanted, what happened, what was found."""
    head = ("Run", "Seed", "Tickets wanted", "Filed", *(kind.capitalize() for kind in KINDS), "Audit")
    lines = [f"| {' | '.join(head)} |", f"|{'---|' * len(head)}"]
    for result in results:
        found = [sum(finding.kind == kind for finding in result.findings) for kind in KINDS]
        cells = (
            _name(result.size),
            result.size.seed,
            result.size.tickets,
            result.entries,
            *found,
            len(result.audit),
        )
        lines.append(f"| {' | '.join(map(str, cells))} |")
    lines += ["", *(f"- {_name(result.size)}: {result}" for result in results)]
    return "\n".join(lines)


def _name(size: Size) -> str:
    return "weather" if size.weather else "kills, every request twice" if size.twice else "kills"


def _sizes(options: argparse.Namespace) -> dict[str, Size]:
    weather = tuple(CONDITIONS) * ROUNDS
    sizes = {
        "once": Size(options.tickets, options.kills, options.seed),
        "twice": Size(options.tickets, options.kills, options.seed + 1, twice=True),
        "weather": Size(options.tickets, 0, options.seed + 2, weather=weather),
    }
    return sizes if options.only == "all" else {options.only: sizes[options.only]}


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m tests.faults", description=__doc__)
    parser.add_argument("--tickets", type=int, default=200)
    parser.add_argument("--kills", type=int, default=10, help="of each process")
    parser.add_argument("--seed", type=int, default=20261122)
    parser.add_argument(
        "--replicas", type=int, choices=(1, 2), default=1, help="of gateway, service and Rasa"
    )
    parser.add_argument("--only", choices=("all", "once", "twice", "weather"), default="all")
    parser.add_argument("--out", type=Path, help="a Markdown file that keeps the last figures")
    return parser.parse_args()


def _one(folder: Path, size: Size, replicas: int) -> Result:
    folder.mkdir(parents=True)
    several = {f"{kind}_REPLICAS": str(replicas) for kind in ("GATEWAY", "SERVICE", "RASA")}
    with product(folder / "stack", {**LIMITS, **several}) as running:
        result = run(running, size, {}, folder / "history.jsonl")
    print(result, flush=True)
    for finding in (*result.findings[:SHOWN], *result.audit[:SHOWN]):
        print(f"  {finding}", flush=True)
    return result


def _held(result: Result) -> bool:
    size = result.size
    expected = size.weather or PROCESSES
    suffered = set(result.kills) == set(expected) and min(result.kills.values()) >= size.kills
    filed = result.entries == size.tickets
    return suffered and filed and not result.findings and not result.audit


if __name__ == "__main__":
    sys.exit(main())

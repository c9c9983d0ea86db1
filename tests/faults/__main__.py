"""``make faults``: 200 tickets and five kills of each process, every request once and then every request twice.

Seeds and figures are printed; the histories stay in ``var/faults``. Another seed: ``make faults SEED=7``.
"""

from __future__ import annotations

import argparse
import shutil
import sys
from pathlib import Path

from actions.settings import ROOT
from tests.faults.killer import PROCESSES
from tests.faults.run import Result, Size, run
from tests.stack import start, stop

# The residents of this run all come from one address and say more in a minute than people can.
LIMITS = {"RATE_POSTS_PER_MINUTE": "100000", "RATE_CONVERSATIONS": "100000"}
SHOWN = 20


def main() -> int:
    """Run it; 0 when everything held."""
    options = _options()
    folder: Path = ROOT / "var" / "faults"
    shutil.rmtree(folder, ignore_errors=True)
    results = []
    for twice in {"once": (False,), "twice": (True,), "both": (False, True)}[options.requests]:
        size = Size(options.tickets, options.kills, options.seed + twice, twice)
        print(f"seed {size.seed}: {size}", flush=True)
        results.append(_one(folder / ("twice" if twice else "once"), size, options.replicas))
    return 0 if all(_held(result) for result in results) else 1


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m tests.faults", description=__doc__)
    parser.add_argument("--tickets", type=int, default=200)
    parser.add_argument("--kills", type=int, default=5, help="of each process")
    parser.add_argument("--seed", type=int, default=20261122)
    parser.add_argument(
        "--replicas", type=int, choices=(1, 2), default=1, help="of gateway, service and Rasa"
    )
    parser.add_argument("--requests", choices=("once", "twice", "both"), default="both")
    return parser.parse_args()


def _one(folder: Path, size: Size, replicas: int) -> Result:
    folder.mkdir(parents=True)
    several = {f"{kind}_REPLICAS": str(replicas) for kind in ("GATEWAY", "SERVICE", "RASA")}
    stack = start(folder / "stack", {**LIMITS, **several})
    try:
        result = run(stack, size, {}, folder / "history.jsonl")
    finally:
        stop(stack)
    print(result, flush=True)
    for finding in (*result.findings[:SHOWN], *result.audit[:SHOWN]):
        print(f"  {finding}", flush=True)
    return result


def _held(result: Result) -> bool:
    killed = len(result.kills) == len(PROCESSES) and min(result.kills.values()) >= result.size.kills
    filed = result.entries == result.size.tickets
    return killed and filed and not result.findings and not result.audit


if __name__ == "__main__":
    sys.exit(main())

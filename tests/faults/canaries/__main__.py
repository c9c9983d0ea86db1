"""``make canaries``: 2,000 invented phone, identity and bank card numbers and addresses through the running product, by all
channels, with a language model and a collector of traces that write down what they get. Another seed: ``SEED=7``.
"""

from __future__ import annotations

import argparse
import sys
import tempfile
from pathlib import Path

from benchmarks.record import commit, write_section
from tests.faults.canaries.run import Result, run
from tests.product import product

# Few senders say more in a minute than people can, and a person is asked for at any hour.
SETTINGS = {
    "RATE_POSTS_PER_MINUTE": "100000",
    "RATE_CONVERSATIONS": "100000",
    "RATE_READS_PER_MINUTE": "100000",
    "DESK_HOURS": "每天 00:00-23:59",
}
SHOWN = 30


def main() -> int:
    """Run it; 0 when the promised shares held."""
    parser = argparse.ArgumentParser(prog="python -m tests.faults.canaries", description=__doc__)
    parser.add_argument("--count", type=int, default=2000)
    parser.add_argument("--seed", type=int, default=20261122)
    parser.add_argument("--out", type=Path, help="a Markdown file that keeps the last figures")
    options = parser.parse_args()
    began = commit()
    print(f"seed {options.seed}: {options.count} canaries", flush=True)
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        with product(folder / "stack", SETTINGS, watched=True) as running:
            result = run(running, options.count, options.seed, folder)
    print(result)
    for leak in result.leaks[:SHOWN]:
        print(f"  {leak}")
    if options.out:
        write_section(
            options.out, "Personal data", "make canaries OUT=benchmarks/RESULTS.md", began, told(result)
        )
    return 0 if result.held else 1


def told(result: Result) -> str:
    """The figures as a table."""
    rows = [f"| {sort} | {count} | {result.missed(sort)} |" for sort, count in sorted(result.sent.items())]
    return "\n".join(
        [
            f"`make canaries`, seed {result.seed}: {', '.join(f'{n} {c}' for n, c in sorted(result.ways.items()))}; "
            f"{result.looked} files, keys, bodies and replies of {result.bytes / 1e6:.0f} MB looked through, {result.seconds:.0f} s.",
            "",
            "| Written | Sent | Found in clear anywhere |",
            "|---|---|---|",
            *rows,
        ]
    )


if __name__ == "__main__":
    sys.exit(main())

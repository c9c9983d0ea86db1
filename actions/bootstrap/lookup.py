"""The operators' look-up over whatever generation is served."""

from __future__ import annotations

from actions.answering.lookup import Lookup
from actions.governance.current import Current, Served
from actions.serving.lookup import Lookups


def build_lookups(current: Current) -> Lookups:
    """Gives the look-up of the generation of the moment; made anew only when that changes."""
    kept: list[tuple[Served, Lookup]] = []

    def now() -> tuple[str, Lookup]:
        served = current.served
        if not kept or kept[0][0] is not served:
            kept[:] = [(served, Lookup(served.answerer.look, served.library.rows))]
        return served.generation, kept[0][1]

    return now

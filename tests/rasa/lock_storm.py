"""Run by the Rasa environment: draws tickets, or holds the lock and notes when. See test_server.py."""

from __future__ import annotations

import asyncio
import json
import sys
import time

from bot.rasa.locks import RedisLocks
from bot.rasa.stores import connection


async def hold(locks: RedisLocks, times: int) -> list[tuple[float, float]]:
    spans = []
    for _ in range(times):
        async with locks.lock("one", 15):
            start = time.time()
            await asyncio.sleep(0.005)
            spans.append((start, time.time()))
    return spans


def main() -> None:
    locks = RedisLocks(connection(sys.argv[2]))
    if sys.argv[1] == "draw":
        print(json.dumps([locks.issue_ticket("draw", 60) for _ in range(200)]))
    else:
        print(json.dumps(asyncio.run(hold(locks, 40))))


if __name__ == "__main__":
    main()

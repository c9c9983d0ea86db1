"""Real child processes, small enough to start in a moment, under the real supervisor.

Run by itself (``python tests/setup/small.py FOLDER PORT PORT``) it supervises two of them until a signal comes.
"""

from __future__ import annotations

import asyncio
import os
import sys
from collections.abc import Callable
from pathlib import Path

from bot.supervision.checks import http_ok
from bot.supervision.errors import NotReady
from bot.supervision.process import Spec
from bot.supervision.watch import Watch

SERVER = """
import http.server, subprocess, sys
class Answer(http.server.BaseHTTPRequestHandler):
    def do_GET(self):
        self.send_response(200); self.end_headers()
    def log_message(self, *_): pass
if "family" in sys.argv:
    subprocess.Popen(["sleep", "300"])
print("listening on", sys.argv[1], flush=True)
http.server.ThreadingHTTPServer(("127.0.0.1", int(sys.argv[1])), Answer).serve_forever()
"""


def server(name: str, port: int, *arguments: str, after: tuple[str, ...] = (), code: str = SERVER) -> Spec:
    """A process that answers GET with 200, or runs other code."""
    return Spec(
        name=name,
        title=name,
        command=(sys.executable, "-c", code, str(port), *arguments),
        check=http_ok(f"http://127.0.0.1:{port}/"),
        host="127.0.0.1",
        port=port,
        setting="TEST_PORT",
        env={"PATH": "/usr/bin:/bin"},
        after=after,
        grace=3.0,
    )


def watch_over(folder: Path, *specs: Spec, said: Callable[[str], None] = print) -> Watch:
    """A supervisor of these, asking the last one whether the whole is ready."""
    last = specs[-1]
    return Watch(
        specs, last.check, f"http://127.0.0.1:{last.port}", folder, folder / "run", folder / "log", said
    )


def alive(pid: int) -> bool:
    """Whether a process runs; one that is dead and only waits to be reaped does not."""
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    except (FileNotFoundError, ProcessLookupError):
        return False


def children(pid: int) -> list[int]:
    """All processes below one."""
    direct = [
        int(c) for t in Path(f"/proc/{pid}/task").iterdir() for c in (t / "children").read_text().split()
    ]
    return direct + [below for child in direct for below in children(child)]


async def main() -> None:
    folder, first, second = Path(sys.argv[1]), int(sys.argv[2]), int(sys.argv[3])
    arguments = sys.argv[4:]
    watch = watch_over(folder, server("store", first, *arguments), server("door", second, after=("store",)))
    await watch.run(30.0, lambda: print("ready", os.getpid(), flush=True))


if __name__ == "__main__":
    try:
        asyncio.run(main())
    except NotReady as error:
        sys.exit(str(error))

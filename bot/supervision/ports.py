"""Who listens where, looked at before anything is started."""

from __future__ import annotations

import errno
import socket
from contextlib import suppress
from pathlib import Path

from bot.supervision.errors import PortTaken

LISTEN = "0A"  # state column of /proc/net/tcp


def require_free(host: str, port: int, what: str, setting: str) -> None:
    """Refuse a port that is taken.

    :raises PortTaken: naming the port, the process that holds it where the system shows it, and the setting.
    """
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    with socket.socket(family, socket.SOCK_STREAM) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host, port))
            probe.listen(1)
        except OSError as error:
            if error.errno != errno.EADDRINUSE:
                raise PortTaken(
                    f"{what}不能在 {host}:{port} 上监听：{error.strerror}。\n  解决：改 {setting}，例如写进 .env"
                ) from error
            raise PortTaken(
                f"端口 {port}（{what}）已被占用：{holder(port) or '占用者不可见'}。\n"
                f"  解决：停掉它，或换一个端口：{setting}={port + 100} make up"
            ) from error


def holder(port: int) -> str | None:
    """``"pid 123（python3 -m http.server）"`` of the process listening on a port; ``None`` where it can't be seen."""
    inodes = _listening_inodes(port)
    for process in Path("/proc").glob("[0-9]*"):
        with suppress(OSError):  # it ended meanwhile, or belongs to someone else
            for link in (process / "fd").iterdir():
                with suppress(OSError):
                    if str(link.readlink()) in inodes:
                        command = (
                            (process / "cmdline").read_bytes().replace(b"\0", b" ").decode("utf-8", "replace")
                        )
                        return f"pid {process.name}（{command.strip()[:80]}）"
    return None


def _listening_inodes(port: int) -> set[str]:
    found = set()
    for table in ("/proc/net/tcp", "/proc/net/tcp6"):
        with suppress(FileNotFoundError):  # not Linux
            for line in Path(table).read_text().splitlines()[1:]:
                columns = line.split()
                if columns[3] == LISTEN and int(columns[1].rpartition(":")[2], 16) == port:
                    found.add(f"socket:[{columns[9]}]")
    return found

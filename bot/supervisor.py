"""Start, watch and stop everything on one machine: ``python -m bot.supervisor up|down|status|prepare``.

``up`` stays in the foreground until Ctrl-C, or with ``--detach`` returns once everything is ready. It changes
nothing when a supervisor is running already.
"""

from __future__ import annotations

import asyncio
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from typing import Annotated

import typer
from rich.console import Console
from rich.live import Live

from actions.settings import ROOT, SettingsError, inherited_environment
from bot.supervision.checks import http_ok, redis_ok
from bot.supervision.errors import NotReady, RedisUnreachable, SupervisionError
from bot.supervision.logs import Keeping, Rotation
from bot.supervision.ports import require_free
from bot.supervision.process import Spec
from bot.supervision.site import Site
from bot.supervision.state import WORDS, State, table
from bot.supervision.watch import Watch

STOP_SECONDS = 45.0  # longer than every grace time together
app = typer.Typer(add_completion=False, help=__doc__)
console = Console(highlight=False, soft_wrap=True)


@app.command()
def up(detach: Annotated[bool, typer.Option(help="Return once everything is ready.")] = False) -> None:
    """Prepare what is missing, start all processes, wait until they are ready."""
    site = Site(console)
    if not site.lock.acquire():
        _already_running(site)
        return
    site.state_file.unlink(missing_ok=True)  # a supervisor that was killed left its last words
    _require_ports(site)
    site.prepare()
    if detach:
        site.lock.release()
        _detached(site)
    else:
        _foreground(site)


@app.command(hidden=True)
def serve() -> None:
    """The detached supervisor itself."""
    site = Site(console)
    if site.lock.acquire():
        _foreground(site)


@app.command(name="prepare")
def prepare_only() -> None:
    """Model, index and dialogue model, without starting anything."""
    Site(console).prepare()


@app.command()
def down() -> None:
    """Stop everything that ``up`` started."""
    site = Site(console)
    pid = site.lock.holder()
    if pid is None:
        console.print("没有在运行")
        return
    os.kill(pid, signal.SIGTERM)
    deadline = time.monotonic() + STOP_SECONDS
    while site.lock.holder() == pid:
        if time.monotonic() > deadline:
            raise SupervisionError(
                f"监管进程 pid {pid} 在 {STOP_SECONDS:.0f} 秒内没有停下。\n  解决：kill -9 {pid}"
            )
        time.sleep(0.1)
    console.print("[green]✓[/] 已全部停止")


@app.command()
def status() -> None:
    """The state of each process."""
    site = Site(console)
    pid, state = site.lock.holder(), State.read(site.state_file)
    if pid is None:
        console.print("没有在运行；启动：make up")
    elif state is None:
        console.print(f"正在准备，进程还没有启动（pid {pid}）")
    else:
        console.print(table(state.processes), no_wrap=True)
        console.print(f"{WORDS[state.phase]}：{state.address}（监管进程 pid {state.pid}）")


def _already_running(site: Site) -> None:
    state = _follow(site, lambda: site.lock.holder() is not None)
    console.print(
        f"[green]✓[/] 已经在运行：[bold]{state.address}[/]（pid {state.pid}）；停止：make down，查看：make status"
    )


def _detached(site: Site) -> None:
    site.logs.mkdir(parents=True, exist_ok=True)
    site.state_file.unlink(missing_ok=True)
    with (site.logs / "supervisor.log").open("ab") as log:
        child = subprocess.Popen(
            [sys.executable, "-m", "bot.supervisor", "serve"],
            cwd=ROOT,
            env=inherited_environment(),
            stdin=subprocess.DEVNULL,
            stdout=log,
            stderr=log,
            start_new_session=True,
        )
    state = _follow(site, lambda: child.poll() is None)
    console.print(f"[green]✓[/] 已就绪：[bold]{state.address}[/]（后台运行，停止：make down）")


def _follow(site: Site, alive: Callable[[], bool]) -> State:
    """Wait for a supervisor in another process to be ready.

    :raises NotReady: when it ends or takes too long
    """
    deadline = time.monotonic() + site.settings.ready_timeout + STOP_SECONDS
    with console.status("等待就绪"):
        while alive() and time.monotonic() < deadline:
            state = State.read(site.state_file)
            if state and state.phase in ("ready", "degraded"):
                return state
            time.sleep(0.2)
    state = State.read(site.state_file)
    reason = state.message if state and state.message else f"看日志 {site.logs / 'supervisor.log'}"
    raise NotReady(f"没有启动成功：{reason}")


def _foreground(site: Site) -> None:
    asyncio.run(_watch(site, _require_ports(site)))
    console.print("[green]✓[/] 已全部停止")


def _require_ports(site: Site) -> list[Spec]:
    specs = site.specs()
    for spec in specs:
        require_free(spec.host, spec.port, spec.title, spec.setting)
    return specs


async def _watch(site: Site, specs: list[Spec]) -> None:
    if site.settings.redis_url and not await redis_ok(site.settings.redis_url)():
        raise RedisUnreachable(
            "REDIS_URL 指向的 Redis 没有应答 PING。\n  解决：检查地址和密码，或清空 REDIS_URL 改用自带的 Valkey"
        )
    started = time.monotonic()
    rotating = asyncio.create_task(Rotation(site.logs, Keeping.load()).keep(console.print))
    watch = Watch(
        specs, http_ok(f"{site.address}/readyz"), site.address, ROOT, site.run, site.logs, said=console.print
    )

    def ready() -> None:
        console.print(
            f"[green]✓[/] 已就绪：[bold]{site.address}[/]（启动用时 {time.monotonic() - started:.0f} 秒）"
        )
        console.print("  Ctrl-C 停止。各进程的状态：make status；日志：" + str(site.logs))

    try:
        await _run(site, watch, ready)
    finally:
        rotating.cancel()


async def _run(site: Site, watch: Watch, ready: Callable[[], None]) -> None:
    if not console.is_terminal:
        await watch.run(site.settings.ready_timeout, ready)
        return
    # Drawn anew twice a second below whatever is printed.
    with Live(
        get_renderable=lambda: table(watch.state().processes),
        console=console,
        refresh_per_second=2,
        transient=True,
    ):
        await watch.run(site.settings.ready_timeout, ready)


def main() -> None:
    """Run the command; a known error is one message without a traceback."""
    signal.signal(signal.SIGTERM, signal.default_int_handler)  # `down` while still preparing: end like Ctrl-C
    try:
        app(standalone_mode=False)
    except (SupervisionError, SettingsError) as error:
        Console(stderr=True, highlight=False, markup=False).print(f"✗ {error}", soft_wrap=True)
        sys.exit(1)
    except (KeyboardInterrupt, typer.Abort):
        sys.exit("\n已中断")


if __name__ == "__main__":
    main()

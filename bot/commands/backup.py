"""``backup take|show|restore|upgrade|rollback``: the ledger and the documents as one file, and back."""

from __future__ import annotations

import sys
import tempfile
from datetime import datetime
from pathlib import Path
from typing import Annotated

import typer

from actions.backup import archive, ledger, office, revisions
from actions.backup.errors import TargetTaken
from actions.backup.manifest import Keys, Manifest
from actions.settings import LEDGER_SECRETS, Settings, load_settings
from actions.tickets.store import Store, connect, open_store
from bot.commands import show
from bot.commands.errors import CommandError
from bot.supervision.credentials import ensure_secrets
from bot.supervision.state import RunLock

app = typer.Typer(no_args_is_help=True, help="备份、恢复、升级、退回。")
_KEPT_SECRETS = ("LEDGER_KEY", "CONTACT_KEY", "LEDGER_KEY_OLD", "CONTACT_KEY_OLD")

Archive = Annotated[Path, typer.Argument(help="备份文件。")]


@app.command()
def take(
    out: Annotated[Path | None, typer.Argument(help="写到哪里；不写就是 VAR_DIR/backups。")] = None,
    with_keys: Annotated[bool, typer.Option("--with-keys", help="连同工单的密钥，用口令加密。")] = False,
) -> None:
    """备份，运行中也可以。没有 --with-keys 就不含任何密钥。"""
    settings = load_settings()
    settings.require_secrets(LEDGER_SECRETS)
    path = out or _default(settings, "backup")
    secrets = _secrets(settings) if with_keys else None
    manifest = office.take(_place(settings), path, secrets, _passphrase(settings) if with_keys else "")
    _tell(path, manifest)
    if manifest.findings:
        show.err.print(f"注意：历史有 {manifest.findings} 处被动过，照样备份了；看 tickets audit verify")


@app.command("show")
def show_(path: Archive) -> None:
    """核对一份备份的每个文件，说出里面有什么。"""
    with tempfile.TemporaryDirectory() as folder:
        _tell(path, archive.unpack(path, Path(folder)))


@app.command()
def restore(
    path: Archive,
    force: Annotated[
        bool, typer.Option("--force", help="换掉已有的工单库和文件；原来的工单库留在旁边。")
    ] = False,
) -> None:
    """从备份恢复。损坏、不全、别处的、更新版本的备份不接受，什么都不动。"""
    settings = load_settings()
    _require_stopped(settings)
    settings = _with_keys(settings, path)
    settings.require_secrets(LEDGER_SECRETS)
    done = office.put_back(_place(settings), path, force)
    if done.kept:
        show.out.print(f"原来的工单库在 {done.kept}")
    rows = done.manifest.counts.get("tickets", 0)
    show.out.print(f"已恢复 {rows} 张工单，换回 {done.documents} 个文件")
    if done.manifest.index:
        show.out.print(f"索引是 {done.manifest.index}，连同其中后来加入的文件")
    show.out.print(f"{done.verdict.length}:{done.verdict.head}")
    if done.verdict.findings:
        show.err.print(
            f"历史有 {len(done.verdict.findings)} 处被动过，备份时就是这样：看 tickets audit verify"
        )
        raise typer.Exit(1)
    show.err.print("历史完好，链头与备份一致")


@app.command()
def upgrade() -> None:
    """换了新版程序之后：先备份，再更新工单库的表，核对历史没有变。"""
    settings = load_settings()
    _require_stopped(settings)
    settings.require_secrets(LEDGER_SECRETS)
    before, newest = _revision(settings), revisions.known()[-1]
    if before == newest:
        show.out.print(f"工单库的表已是第 {newest} 版")
        return
    if before:
        revisions.require_known(before)
        path = _default(settings, f"before-{newest}")
        manifest = office.take(_place(settings), path)
        _tell(path, manifest)
    open_store(settings.ledger_url()).close()
    office.verify(settings.ledger_url(), _place(settings).keys, manifest if before else None)
    show.out.print(f"工单库的表：{before or '空'} → {newest}，历史未变")
    if before:
        show.out.print(f"退回：先 make rollback TO={before}，再换回旧版程序")


@app.command()
def rollback(
    revision: Annotated[str, typer.Argument(help="旧版程序的表的版本，升级时说过，例如 0002。")],
) -> None:
    """换回旧版程序之前：把工单库变成旧版的表。旧版没有的内容留在事先的备份里。"""
    settings = load_settings()
    _require_stopped(settings)
    settings.require_secrets(LEDGER_SECRETS)
    revisions.require_older(revision, _revision(settings))
    path = _default(settings, f"before-rollback-{revision}")
    _tell(path, office.take(_place(settings), path))
    kept = office.go_back(_place(settings), revision)
    if kept:
        show.out.print(f"原来的工单库在 {kept}")
    show.out.print(f"工单库的表现在是第 {revision} 版：可以换回旧版程序了")


def _place(settings: Settings) -> office.Place:
    values = [getattr(settings, name.lower()).get_secret_value() for name in _KEPT_SECRETS]
    return office.Place(
        settings.ledger_url(), Keys(*values), settings.sources_dir, settings.index_path(), settings.var_dir
    )


def _secrets(settings: Settings) -> dict[str, str]:
    values = {name: getattr(settings, name.lower()).get_secret_value() for name in _KEPT_SECRETS}
    return {name: value for name, value in values.items() if value}


def _default(settings: Settings, name: str) -> Path:
    return settings.var_dir / "backups" / f"{name}-{datetime.now():%Y%m%dT%H%M%S}.tar.gz"


def _passphrase(settings: Settings) -> str:
    given = settings.backup_passphrase.get_secret_value()
    if given or not sys.stdin.isatty():
        return given
    return str(typer.prompt("口令", hide_input=True, err=True))


def _with_keys(settings: Settings, path: Path) -> Settings:
    """The settings with the archive's keys, where this machine has none yet."""
    if settings.ledger_key.get_secret_value():
        return settings
    settings.var_dir.mkdir(parents=True, exist_ok=True)
    passphrase = settings.backup_passphrase.get_secret_value()
    found = office.secrets_in(path, passphrase or _passphrase(settings), settings.var_dir)
    if not found:
        raise CommandError(
            f"这台机器没有 LEDGER_KEY 和 CONTACT_KEY，备份里也没有：先把当时的两行写进 {settings.var_dir / 'secrets.env'}"
        )
    ensure_secrets(settings.var_dir / "secrets.env", found)
    return load_settings()


def _require_stopped(settings: Settings) -> None:
    pid = RunLock(settings.var_dir / "run" / "supervisor.lock").holder()
    if pid:
        raise TargetTaken(f"程序在运行（pid {pid}）：先 make down")


def _revision(settings: Settings) -> str:
    if ledger.is_empty(settings.ledger_url()):
        return ""
    engine = connect(settings.ledger_url())
    try:
        with Store(engine).reading() as connection:
            return revisions.current(connection)
    finally:
        engine.dispose()


def _tell(path: Path, manifest: Manifest) -> None:
    keys = "，含密钥" if archive.KEYS in manifest.files else "，不含密钥"
    rows = manifest.counts.get("tickets", 0)
    show.out.print(
        f"{path}：{rows} 张工单，第 {manifest.revision} 版的表，{len(manifest.files)} 个文件{keys}"
    )
    show.out.print(f"{manifest.length}:{manifest.head}")

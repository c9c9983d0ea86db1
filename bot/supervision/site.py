"""One installation: its settings, its secrets and where it keeps what it knows about its run."""

from __future__ import annotations

from rich.console import Console

from actions.settings import ROOT, Settings, inherited_environment, load_settings
from bot.supervision.credentials import ensure_secrets
from bot.supervision.plan import gateway_address, plan
from bot.supervision.prepare import prepare, require_environments, steps
from bot.supervision.process import Spec
from bot.supervision.state import RunLock


class Site:
    """Where this installation keeps what it knows about its run."""

    def __init__(self, console: Console) -> None:
        self._console = console
        first = load_settings()
        if ensure_secrets(first.var_dir / "secrets.env"):
            self._console.print(f"[green]✓[/] 已生成密钥 {first.var_dir / 'secrets.env'}")
        self.settings: Settings = load_settings()
        self.settings.require_secrets()
        self.settings.require_safe_door()
        self.run = self.settings.var_dir / "run"
        self.logs = self.settings.var_dir / "log"
        self.state_file = self.run / "state.json"
        self.lock = RunLock(self.run / "supervisor.lock")
        self.address = gateway_address(self.settings)

    def prepare(self) -> None:
        python, rasa = require_environments(ROOT)
        todo = steps(self.settings, ROOT, python, rasa)
        prepare(todo, self.logs, ROOT, inherited_environment(), self._console)

    def specs(self) -> list[Spec]:
        python, rasa = require_environments(ROOT)
        return plan(self.settings, python, rasa, inherited_environment())

"""The command line: one command a stage.

python -m bot.cli ask "海曙有多少家居家养老机构"
python -m bot.cli evaluate questions.jsonl results.jsonl --via chat
"""

from __future__ import annotations

import sys

import typer
from rich.text import Text

from actions.accounts.errors import AccountError
from actions.backup.errors import BackupError
from actions.governance.errors import GovernanceError
from actions.settings import SettingsError
from actions.tickets.errors import TicketError
from bot.commands import accounts, backup, calibrate, evaluate, index, look, show, switches, talk, tickets
from bot.commands.errors import CommandError
from embeddings.errors import EmbeddingError
from knowledge.errors import KnowledgeError

app = typer.Typer(
    no_args_is_help=True, pretty_exceptions_enable=False, add_completion=False, help="海曙81890问答的命令行。"
)
app.command()(talk.ask)
app.command()(talk.chat)
app.command()(look.search)
app.command()(look.sources)
app.command()(look.passages)
app.add_typer(index.app, name="index")
app.add_typer(tickets.app, name="tickets")
app.add_typer(backup.app, name="backup")
app.add_typer(accounts.app, name="accounts")
app.add_typer(switches.app, name="switch")
app.command()(evaluate.evaluate)
app.command()(calibrate.calibrate)
app.command()(look.settings)


def main() -> None:
    """Run the command; an expected error is one message on standard error and status 1."""
    try:
        app()
    except (
        CommandError,
        SettingsError,
        KnowledgeError,
        EmbeddingError,
        TicketError,
        AccountError,
        BackupError,
        GovernanceError,
    ) as error:
        show.err.print(Text(f"错误：{error}", style="red"), soft_wrap=True)
        sys.exit(1)


if __name__ == "__main__":
    main()

"""How commands print: answers for people on standard output, progress and errors on standard error."""

from __future__ import annotations

import sys
from typing import Any

from rich.console import Console
from rich.text import Text

from bot.commands.tell import Told

# Into a file or a pipe nothing is cut to the width of some terminal.
out = Console(highlight=False, width=None if sys.stdout.isatty() else 240)
err = Console(stderr=True, highlight=False)


def line(text: Text) -> None:
    """One paragraph, wrapped by the terminal itself so that it can be copied whole."""
    out.print(text, soft_wrap=True)


def told(result: Told) -> None:
    """The answer, where it comes from, and what could be asked next."""
    for reply in result.replies:
        line(Text(reply["text"]))
    for place in dict.fromkeys(_place(citation) for citation in result.answer["citations"]):
        line(Text(f"  ▸ {place}", style="cyan"))
    for reply in result.replies:
        for button in reply.get("buttons", ()):
            line(Text(f"  ？{button['message']}", style="dim"))
    line(Text(f"  [{result.answer['status']}] {result.ms:.0f} ms", style="dim"))


def _place(citation: dict[str, Any]) -> str:
    heading = " › ".join(citation["heading"])
    return f"{citation['title']}（{citation['published'][:4]}）{heading}"

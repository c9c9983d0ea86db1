"""How commands print: answers for people on standard output, progress and errors on standard error."""

from __future__ import annotations

import sys

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
    for citation in result.answer["citations"]:
        place = " › ".join(citation["heading"])
        line(Text(f"  ▸ {citation['title']}（{citation['published']}）{place}", style="cyan"))
    for reply in result.replies:
        for button in reply.get("buttons", ()):
            line(Text(f"  ？{button['message']}", style="dim"))
    line(Text(f"  [{result.answer['status']}] {result.ms:.0f} ms", style="dim"))

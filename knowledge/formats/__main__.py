"""``python -m knowledge.formats``: reads one file or previews one text, inside the bounds that ``limited`` has set.

In: one JSON object on standard input, ``{"name", "path"}`` or ``{"entry", "text"}``. Out: one JSON object, either the
result or ``{"refused": {"reason", "what", "limit"}}``.
"""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import Any

_FORBIDDEN = ("socket.", "subprocess.", "os.system", "os.exec", "os.posix_spawn", "os.fork", "ctypes.dlopen")


def _no_way_out(event: str, _: tuple[Any, ...]) -> None:
    if event.startswith(_FORBIDDEN):
        raise PermissionError(f"{event} is not allowed while a file is read")


def main() -> None:
    """Read, write, end."""
    from knowledge.formats.reader import prepare, preview, read_file
    from knowledge.formats.refusal import FileRefused

    asked = json.load(sys.stdin)
    prepare(asked.get("name", ""))  # loading libraries needs what is forbidden from here on
    sys.addaudithook(_no_way_out)
    try:
        if "entry" in asked:
            told = preview(asked["entry"], asked["text"])
        else:
            told = read_file(asked["name"], Path(asked["path"]).read_bytes())
    except FileRefused as error:
        told = {"refused": {"reason": error.reason, "what": error.what, "limit": error.limit}}
    except MemoryError:
        told = {"refused": {"reason": "memory", "what": "", "limit": ""}}
    json.dump(told, sys.stdout, ensure_ascii=False)


if __name__ == "__main__":
    main()

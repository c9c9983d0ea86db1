"""``python -m actions.bootstrap.build_generation FOLDER``: builds a generation with these files; prints its id.

It is not served: that is up to who asked for it.
"""

from __future__ import annotations

import sys
from pathlib import Path

from actions.bootstrap.index import build_index
from actions.settings import load_settings


def main(folder: str) -> None:
    """Build; errors go to standard error with their last line saying what is wrong."""
    print(build_index(load_settings(), added=Path(folder), serve=False))


if __name__ == "__main__":
    main(sys.argv[1])

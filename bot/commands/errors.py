"""What a command tells its user instead of a traceback.

CommandError
├── InputInvalid       a file or argument given to the command
├── GatewayMissing     the running system is asked, but doesn't answer
└── NothingFound       a name that doesn't exist
"""

from __future__ import annotations


class CommandError(Exception):
    """Shown as it is; says what was wrong and how to put it right."""


class InputInvalid(CommandError):
    pass


class GatewayMissing(CommandError):
    pass


class NothingFound(CommandError):
    pass

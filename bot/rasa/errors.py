"""What can go wrong in the dialogue process.

DialogueError
├── EnvironmentUnusable  a variable is missing or holds something unusable
└── ModelUnusable        the trained model is missing, damaged, or made for other data
"""

from __future__ import annotations


class DialogueError(Exception):
    """Shown to the operator as it is: the thing, its value and the fix."""


class EnvironmentUnusable(DialogueError):
    pass


class ModelUnusable(DialogueError):
    pass

"""What can go wrong when knowledge is changed.

GovernanceError
├── NotFound          no such document, entry or publication
├── NotAllowed        a second person is needed, or the state does not allow that
├── Unusable          what an editor says of a document or entry cannot be taken
├── PublishBusy       another publication is under way
├── BuildFailed       the new generation could not be built; the old one goes on
└── CanariesFailed    it was built and answers a check question wrongly; the old one goes on

Messages name the thing, its value and the fix, and may be shown to an editor.
"""

from __future__ import annotations

from collections.abc import Sequence


class GovernanceError(Exception):
    """Base of everything this folder raises on purpose."""


class NotFound(GovernanceError):
    pass


class NotAllowed(GovernanceError):
    pass


class Unusable(GovernanceError):
    pass


class PublishBusy(GovernanceError):
    pass


class BuildFailed(GovernanceError):
    pass


class CanariesFailed(GovernanceError):
    """``failures`` says of each check question what was expected and what came."""

    def __init__(self, failures: Sequence[str]) -> None:
        super().__init__(f"{len(failures)} 个核对问题没有答对，没有发布：" + "；".join(failures[:5]))
        self.failures = tuple(failures)

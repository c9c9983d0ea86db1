"""What can go wrong with an archive.

BackupError
├── ArchiveDamaged    not readable, a file of it missing or changed, or the manifest was edited
├── ArchiveForeign    made with another LEDGER_KEY or CONTACT_KEY than the ones here
├── ArchiveNewer      made by a later release
├── TargetTaken       something is there already, and nobody said that it may be replaced
├── PassphraseWrong   the keys in the archive do not open
└── NotTheSame        what was put back is not what was taken: the target was left as it was

Messages name the thing, its value and the fix.
"""

from __future__ import annotations


class BackupError(Exception):
    """Base of everything this folder raises on purpose; nothing was changed unless the message says so."""


class ArchiveDamaged(BackupError):
    pass


class ArchiveForeign(BackupError):
    pass


class ArchiveNewer(BackupError):
    pass


class TargetTaken(BackupError):
    pass


class PassphraseWrong(BackupError):
    pass


class NotTheSame(BackupError):
    pass

"""Every error assetstore raises on purpose.

    AssetstoreError            1
    +-- UsageError             2   an argument cannot be used as given
    +-- ConfigError           14   a configuration file cannot be used
    +-- StoreError             1   the store cannot do what was asked
    |   +-- StoreNotFound     10   there is no store at that place
    |   |   +-- StoreGone     10   there was one, and it is not there now
    |   +-- CollectionRefused 16   a collection would take what it should not
    |   +-- StoreWriteError    1   writing failed; nothing was published
    |   +-- UnsupportedStore   1   the store needs a feature this version lacks
    |   +-- ForeignStore       1   the store belongs to another user
    |   +-- ForeignManifest    1   another writer owns that manifest
    +-- LockedError           11   somebody else is at work on the same thing
    +-- IntegrityError        12   stored bytes are missing or not what they were
    |   +-- MissingBlob       12   no copy of a blob
    |   |   +-- PurgedBlob    12   it was purged, for good
    |   +-- DamagedBlob       12   a copy exists, its bytes are wrong
    |   +-- AmbiguousId       12   a shortened id fits two blobs
    |   +-- DamagedManifest   12   a manifest cannot be read
    |   +-- VerifyMismatch    12   a rebuilt document differs from its source
    +-- SourceError            1   a document cannot be worked on
    |   +-- SourceRefused      1   not a plain file, hard-linked, read-only, ...
    |   +-- ContainerRefused  15   no text, or its bytes are covered by something
    |   +-- ColumnsArchived   15   a database whose columns are archived
    |   +-- SourceChanged     13   it changed while it was being read
    |   +-- SourceInUse       13   another process has it open for writing
    |       +-- HeldOpen      13   another program keeps it to itself (Windows)
    +-- ScheduleError          1   a scheduler cannot do what was asked

The number is the process exit code. ``hint`` names the user's next step.
"""

from typing import Any

# What is said of a database, whose columns can be archived by their names.
DATABASE = "an SQLite database"


class AssetstoreError(Exception):
    """Root of all errors; the message is one sentence for the user.

    Attributes:
        exit_code: The exit code of a process that ends with this error.
        hint: What to do next, or "" where the message says it all.
        path: The file concerned, or None.
    """

    exit_code = 1

    def __init__(self, message: str, *, hint: str = "", path: str | None = None):
        super().__init__(message)
        self.hint = hint
        self.path = path

    def __reduce__(self) -> tuple[Any, ...]:
        """Let it cross to another process, whatever its class takes to be made."""
        return _made_again, (type(self), self.args), self.__dict__


def _made_again(kind: type[AssetstoreError], args: tuple[Any, ...]) -> AssetstoreError:
    error = kind.__new__(kind, *args)
    error.args = args  # which errors of the system do not take from there
    return error


class UsageError(AssetstoreError, ValueError):
    """An argument cannot be used as given."""

    exit_code = 2


class ConfigError(AssetstoreError):
    """A configuration file, or a variable that stands for it, cannot be used."""

    exit_code = 14


class StoreError(AssetstoreError):
    """The store cannot do what was asked."""


class StoreNotFound(StoreError):
    """There is no store at that place."""

    exit_code = 10


class StoreGone(StoreNotFound):
    """A store was seen at that place, and is not there now."""


class CollectionRefused(StoreError):
    """A collection would remove everything, or what lost manifests may have named."""

    exit_code = 16


class StoreWriteError(StoreError):
    """Writing to the store failed; nothing of the session was published."""


class UnsupportedStore(StoreError):
    """The store was written with a mandatory feature this version lacks."""


class ForeignStore(StoreError):
    """The store belongs to another user, and nobody said that they are trusted."""


class ForeignManifest(StoreError):
    """A manifest belongs to another writer, who alone may retract it."""


class LockedError(AssetstoreError):
    """Somebody else is at work on the same document or store."""

    exit_code = 11


class IntegrityError(AssetstoreError):
    """Stored bytes are missing or are not what they were."""

    exit_code = 12


class MissingBlob(IntegrityError):
    """The store holds no copy of a blob."""


class PurgedBlob(MissingBlob):
    """A blob was purged from the store, for good."""


class DamagedBlob(IntegrityError):
    """Every copy of a blob that could be read has wrong bytes."""


class AmbiguousId(IntegrityError):
    """A shortened id fits more than one blob."""


class DamagedManifest(IntegrityError):
    """A manifest cannot be read."""


class VerifyMismatch(IntegrityError):
    """A rebuilt document differs from its source; the source was kept."""


class SourceError(AssetstoreError):
    """A document cannot be worked on."""


class SourceRefused(SourceError):
    """The path is not a plain file that may be replaced."""


class ContainerRefused(SourceError):
    """The document is not ours to change: a placeholder in it would break it.

    Attributes:
        reason: What it is.
    """

    exit_code = 15

    def __init__(self, name: str, reason: str):
        hint = (
            "Archive what it was made from. With --binary and -o, an archived copy is "
            "written, which only 'assetstore restore' can read."
        )
        if reason == DATABASE:
            hint = (
                "Name its columns: 'archive' and 'restore' take them as "
                f"--sqlite 'FILE#TABLE.COLUMN'. Or: {hint}"
            )
        super().__init__(f"{name} is left as it is: {reason}", hint=hint, path=name)
        self.reason = reason


class ColumnsArchived(SourceError):
    """Columns of the database are archived; they are restored by their names."""

    exit_code = 15


class SourceChanged(SourceError):
    """The document changed while it was being read; it was left alone."""

    exit_code = 13


class SourceInUse(SourceError):
    """Another process has the document open for writing."""

    exit_code = 13


class HeldOpen(SourceInUse, PermissionError):
    """Another program has the file open, and lets nobody else have it (Windows)."""

    def __str__(self) -> str:
        """The message, also where the system's error was given a file's name."""
        return str(self.args[0])


class ScheduleError(AssetstoreError):
    """A scheduler (cron, systemd, ...) cannot do what was asked of it."""

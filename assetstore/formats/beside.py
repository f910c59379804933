"""What a client keeps beside a document, and what must move with it."""

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Protocol

from assetstore.files.replace import Draft
from assetstore.files.source import RandomAccess, Source

if TYPE_CHECKING:
    from assetstore.store.store import Store


class Beside(Protocol):
    """What lies beside documents of a format: locks, byte offsets, forks, mirrors."""

    def owns(self, path: Path) -> bool:
        """Tell whether such things may be beside a document, by its path alone."""
        ...

    def recover(self, path: Path) -> None:
        """Finish, or undo, replacements that were cut off.

        Raises:
            SourceInUse: The client is at work on the document.
            OSError: Something cannot be read.
        """
        ...

    def mend(self, path: Path, store: "Store") -> None:
        """Put back what an earlier version took out in a form that does harm.

        Asked of documents that were archived, before they are archived again.

        Raises:
            AssetstoreError: It did not work; nothing is lost.
            OSError: The same.
        """
        ...

    def replace(self, draft: Draft, source: Source) -> None:
        """Put a draft in a document's place, with everything that lies beside it.

        Raises:
            SourceInUse: The client is at work on the document.
            SourceRefused: Something cannot be brought along.
            SourceChanged: The document is not any more what was read.
            OSError: It cannot be replaced.
        """
        ...

    def earlier_forms(self, path: Path, source: Source) -> Sequence[RandomAccess]:
        """The document as it was before a few bytes of it were brought along."""
        ...


class Nothing:
    """Nothing lies beside a document."""

    def owns(self, path: Path) -> bool:
        """No document is asked about."""
        return False

    def recover(self, path: Path) -> None:
        """There is nothing to finish."""

    def mend(self, path: Path, store: "Store") -> None:
        """Nothing did harm."""

    def replace(self, draft: Draft, source: Source) -> None:
        """Replace the document alone."""
        draft.replace(source)

    def earlier_forms(self, path: Path, source: Source) -> Sequence[RandomAccess]:
        """It was never brought along."""
        return ()


NOTHING = Nothing()

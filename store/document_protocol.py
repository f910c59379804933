"""What a store asks of whoever can open documents; it opens no file of a user's."""

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Protocol

from assetstore.progress import Progress
from assetstore.store.format.blob import Ref
from assetstore.store.format.manifest import Manifest

if TYPE_CHECKING:
    from assetstore.store.gc.live_set import LiveSet
    from assetstore.store.store import Store


class Documents(Protocol):
    """Looks at documents for a store."""

    def state(self, states: Sequence[Manifest]) -> tuple[Manifest | None, str]:
        """Tell which state a document's file is in.

        Args:
            states: All states of a document.

        Returns:
            The state, or None; and why it cannot be told, or "".
        """
        ...

    def scan(
        self,
        store: "Store",
        live: "LiveSet",
        paths: Sequence[Path],
        progress: Progress,
    ) -> int:
        """Add what the placeholders in files need; how many files were searched.

        Raises:
            IntegrityError: A file cannot be read, or a recipe that is needed.
        """
        ...

    def needs(self, store: "Store", path: Path, digest: str) -> set[Ref] | None:
        """List what the placeholders in a document need.

        Args:
            store: The store.
            path: The document.
            digest: Its BLAKE3, in hexadecimal.

        Returns:
            None where it is another file by now.
        """
        ...

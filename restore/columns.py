"""Columns of a database that are archived: a restore of the file must name them."""

from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path

from assetstore.command_line import shown_command
from assetstore.documents.row_names import parts_of
from assetstore.documents.row_values import count_in_rows
from assetstore.errors import ColumnsArchived, DamagedManifest, SourceRefused
from assetstore.files.databases import is_database
from assetstore.files.source import Source
from assetstore.store.store import Store


class ArchivedColumns:
    """Knows which columns of databases some stores hold pictures of.

    Args:
        stores: The stores.
    """

    def __init__(self, stores: Sequence[Store]):
        self._stores = stores
        self._known: dict[str, dict[str, Store]] | None = None

    def refuse(self, source: Source, document: Path) -> None:
        """Let no database pass as if there were nothing to restore in it.

        Raises:
            ColumnsArchived: Columns of it are archived, and were not restored.
        """
        if not is_database(source.read(0, min(16, source.size))):
            return
        if self._known is None:  # few restores meet a database
            self._known = self._listed()
        found = self._known.get(str(document), {})
        names = [n for n, store in found.items() if _holds(store, n, document)]
        if names:
            raise ColumnsArchived(
                f"{document} holds archived columns ({len(names)}), which are restored "
                "by their names",
                hint="Run " + shown_command("restore", "--sqlite", *sorted(names)),
                path=str(document),
            )

    def _listed(self) -> dict[str, dict[str, Store]]:
        """The archived columns by their databases, each with a store of it."""
        known: dict[str, dict[str, Store]] = {}
        for store in self._stores:
            for key in store.newest_keys():
                with suppress(DamagedManifest, FileNotFoundError):
                    manifest = store.load_manifest(key)
                    parts = parts_of(manifest.document)
                    done = manifest.state == "restored" and not manifest.begun
                    if parts is not None and not done:
                        known.setdefault(parts[0], {})[manifest.document] = store
        return known


def _holds(store: Store, document: str, database: Path) -> bool:
    """Tell whether a column still holds placeholders, or cannot be asked."""
    try:
        return count_in_rows(store, document, database) > 0
    except SourceRefused:
        return True

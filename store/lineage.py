"""Tell a document's own placeholders from text that looks like them.

An archived document may have grown since, been moved, copied or edited, and
what was added may quote placeholders (an agent that read its own session does).
Four rules, the first that applies:

0. The file begins with the exact bytes of what its path was restored to: everything
   in it is text.
1. The file begins with the exact bytes of a document that was archived, here or
   elsewhere: placeholders in those bytes are its own, what stands behind is text.
2. Its path was archived, and it was edited since: placeholders that it held then
   are its own.
3. Otherwise nothing is known of it. The archiver takes everything for text, so
   that a restore gives back exactly what it saw; the restore takes every
   placeholder for its own, since a file and a store are all that it needs.
"""

import contextlib
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from blake3 import blake3

from assetstore.errors import DamagedManifest, SourceChanged
from assetstore.files.source import Source
from assetstore.store.blob import BlobId, Kind
from assetstore.store.manifest import Manifest
from assetstore.store.standing import longest, settled
from assetstore.store.store import Store


@dataclass(frozen=True, slots=True)
class Ancestry:
    """What is known of a document.

    Attributes:
        prefix: How many of its first bytes are an archived document's.
        own: The manifest of its path, if it was archived last (not restored).
        plain: Whether it is as it was restored, or has grown since: nothing in it
            is a placeholder.
    """

    prefix: int
    own: Manifest | None
    plain: bool = False

    def owns(self, recipe: BlobId) -> bool:
        """Whether the document held this recipe's placeholder (rule 2)."""
        return self.own is not None and (Kind.RECIPE, recipe) in self.own.refs


class Lineage:
    """Finds what documents come from, by the manifests of a store."""

    def __init__(self, store: Store):
        self._store = store
        self._known: dict[int, set[bytes]] | None = None

    def of(
        self, source: Source, own: Manifest | None, earlier: Sequence[Source] = ()
    ) -> Ancestry:
        """What is known of a document.

        Args:
            source: The document.
            own: The newest manifest of its path.
            earlier: The same document as it was before assetstore itself changed a
                few bytes of it, as long as it is now (a fork of a thread).

        Raises:
            SourceChanged: It became shorter meanwhile.
        """
        forms = (source, *earlier)
        if own is not None:
            # The newest may speak of a form that never took its place (`standing`).
            newest = own
            now = _standing(forms, lambda: [newest])
            now = now or _standing(forms, lambda: self._states(newest))
            if now is not None and now.state == "restored":
                return Ancestry(0, None, plain=True)
            if own.state != "archived":
                own = None
            if now is not None:
                return Ancestry(now.slim_size, own)
        return Ancestry(max(map(self._prefix, forms)), own)

    def settle(self, document: Path, source: Source) -> None:
        """Note of a restore that it was done, if it was killed before it did so.

        Args:
            document: The document's path.
            source: The document, before it becomes another.

        Raises:
            StoreError: The store cannot be read.
        """
        with contextlib.suppress(DamagedManifest, SourceChanged):
            own = self._store.manifest(document)
            if own is not None and own.begun:
                states = list(self._states(own))
                settled(self._store, states, longest(source, states))

    def _prefix(self, source: Source) -> int:
        """How many of a document's first bytes are an archived document's."""
        if self._known is None:
            self._known = self._hashes()
        digest, at, prefix = blake3(), 0, 0
        for size in sorted(s for s in self._known if 0 < s <= source.size):
            for piece in source.pieces(at, size):
                digest.update(piece)
            at = size
            if digest.digest() in self._known[size]:
                prefix = size
        return prefix

    def _states(self, own: Manifest) -> Iterator[Manifest]:
        """All that is known of a document, the newest first."""
        for key in reversed(self._store.states(own)):
            with contextlib.suppress(DamagedManifest, FileNotFoundError):
                yield self._store.load_manifest(key)

    def _hashes(self) -> dict[int, set[bytes]]:
        known: dict[int, set[bytes]] = {}
        for key in self._store.manifest_keys():
            with contextlib.suppress(DamagedManifest, FileNotFoundError):
                manifest = self._store.load_manifest(key)
                if manifest.state == "archived" and manifest.slim_hash:
                    known.setdefault(manifest.slim_size, set()).add(manifest.slim_hash)
        return known


def _standing(
    forms: Iterable[Source], states: Callable[[], Iterable[Manifest]]
) -> Manifest | None:
    """The state in which the first of some forms of a document is that is in one."""
    found = (longest(form, states()) for form in forms)
    return next((state for state in found if state is not None), None)

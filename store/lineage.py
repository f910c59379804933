"""Tell what placeholders in a document are: its own, text, or nobody knows.

An archived document may have grown since, been moved, copied or edited, and what was
added may quote placeholders (an agent that read its own session does). A manifest
knows the bytes of one form of the document, archived or restored, and notes which
placeholders in it no archive of the document put there (`notes`).

- In the bytes that a manifest knows, what it does not note is the document's own.
- Behind them, and in documents of which nothing is known, a placeholder stands for its
  picture, wherever it came from; but in a log that its client only appends to
  (`appends`), what was appended is text.
- In a document that was edited since, notes are found by what stands around them. Of a
  placeholder that occurs in a log more often than it was put there, the first ones are
  the log's own: whatever was edited, the client appended the others.
"""

import contextlib
import math
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from blake3 import blake3

from assetstore.errors import DamagedManifest, SourceChanged
from assetstore.files.source import Source
from assetstore.store.manifest import Manifest
from assetstore.store.notes import Around, Note, Peek, Verdict
from assetstore.store.placeholder import LENGTH
from assetstore.store.standing import longest, settled
from assetstore.store.store import Store

# Read by these profiles: logs that their clients only append to.
_APPENDED = ("codex", "claude-code")


def appends(profile: str) -> bool:
    """Whether documents that are read so are logs, to which is only appended."""
    return profile in _APPENDED


@dataclass(frozen=True, slots=True)
class Ancestry:
    """What is known of a document.

    Attributes:
        prefix: How many of its first bytes are an archived document's.
        own: The newest state of its path that is known to have been.
        plain: Whether it is as it was restored, or has grown since.
        state: What knows its first bytes, here or elsewhere.
    """

    prefix: int
    own: Manifest | None
    plain: bool = False
    state: Manifest | None = None

    @property
    def appends(self) -> bool:
        """Whether it was a log when it was archived."""
        known = self.state or self.own
        return known is not None and appends(known.profile)

    @property
    def profile(self) -> str:
        """How it was read then."""
        known = self.state or self.own
        return known.profile if known is not None else "generic"


class Judge:
    """Says of a document's placeholders, in their order, what they are.

    Args:
        known: What is known of the document.
        peek: Reads it: (offset, length) -> bytes.
        strict: Take what was not put there by an archive for text: it is a log.
    """

    def __init__(self, known: Ancestry, peek: Peek, *, strict: bool):
        self._known = known
        self._peek = peek
        self._strict = strict
        self._notes: dict[bytes, list[Note]] | None = None
        self._left: dict[bytes, float] = {}

    def __call__(self, offset: int, prefix: bytes) -> Verdict:
        """What the placeholder at an offset is."""
        known = self._known
        if known.state is None:
            return self._edited(known.own, offset, prefix)
        if offset + LENGTH > known.state.slim_size:
            return Verdict.TEXT if self._strict else Verdict.OPEN
        note = known.state.notes.at(offset)
        if note is not None:
            return self._noted(note)
        return Verdict.TEXT if known.plain else Verdict.OWN

    def _noted(self, note: Note) -> Verdict:
        if self._strict:
            return Verdict.TEXT
        return Verdict.OPEN if note.known else Verdict.STRANGE

    def _edited(self, own: Manifest | None, offset: int, prefix: bytes) -> Verdict:
        if own is None:
            return Verdict.OPEN
        if self._notes is None:
            self._notes = {}
            for note in own.notes:
                self._notes.setdefault(note.prefix, []).append(note)
            self._left = _own_counts(own)
        if noted := self._notes.get(prefix):
            around = Around.at(self._peek, offset)
            for note in noted:
                if around.matches(note):
                    return self._noted(note)
        left = self._left.get(prefix, 0)
        if left < 1:
            return Verdict.TEXT if self._strict else Verdict.OPEN
        if self._strict:
            self._left[prefix] = left - 1
        return Verdict.LIKELY


def _own_counts(own: Manifest) -> dict[bytes, float]:
    """How often each placeholder was put into a document, at most."""
    if own.state != "archived":
        return {}
    recipes = own.recipes
    once = own.repeats or len(recipes) >= own.payloads
    return dict.fromkeys(recipes, 1 if once else math.inf) | own.repeats.counts()


class Lineage:
    """Finds what documents come from, by the manifests of a store."""

    def __init__(self, store: Store):
        self._store = store
        self._known: dict[int, dict[bytes, str]] | None = None

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
        self._store.expect_news()
        if own is not None:
            # The newest may speak of a form that never took its place (`standing`).
            newest = own
            now = _standing(forms, lambda: [newest])
            now = now or _standing(forms, lambda: self._states(newest))
            if own.begun:
                own = next((s for s in self._states(newest) if not s.begun), None)
            if now is not None:
                return _ancestry(now, own)
        now = next(filter(None, map(self._elsewhere, forms)), None)
        return _ancestry(now, own) if now is not None else Ancestry(0, own)

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

    def _elsewhere(self, source: Source) -> Manifest | None:
        """The state of any document that most of a file's first bytes are of."""
        if self._known is None:
            self._known = self._hashes()
        digest, at, found = blake3(), 0, ""
        for size in sorted(s for s in self._known if 0 < s <= source.size):
            for piece in source.pieces(at, size):
                digest.update(piece)
            at = size
            found = self._known[size].get(digest.digest(), found)
        if found:
            with contextlib.suppress(DamagedManifest, FileNotFoundError):
                return self._store.load_manifest(found)
        return None

    def _states(self, own: Manifest) -> Iterator[Manifest]:
        """All that is known of a document, the newest first."""
        for key in reversed(self._store.states(own)):
            with contextlib.suppress(DamagedManifest, FileNotFoundError):
                yield self._store.load_manifest(key)

    def _hashes(self) -> dict[int, dict[bytes, str]]:
        """The keys of all states that tell something, by the bytes they know."""
        known: dict[int, dict[bytes, str]] = {}
        for key in self._store.manifest_keys():
            with contextlib.suppress(DamagedManifest, FileNotFoundError):
                manifest = self._store.load_manifest(key)
                telling = manifest.state == "archived" or appends(manifest.profile)
                if manifest.slim_hash and (telling or manifest.notes):
                    known.setdefault(manifest.slim_size, {})[manifest.slim_hash] = key
        return known


def _ancestry(state: Manifest, own: Manifest | None) -> Ancestry:
    plain = state.state == "restored"
    return Ancestry(0 if plain else state.slim_size, own, plain, state)


def _standing(
    forms: Iterable[Source], states: Callable[[], Iterable[Manifest]]
) -> Manifest | None:
    """The state in which the first of some forms of a document is that is in one."""
    found = (longest(form, states()) for form in forms)
    return next((state for state in found if state is not None), None)

"""Tell what placeholders in a document are: its own, text, or nobody knows.

An archived document may have grown since, been moved, copied or edited, and what was
added may quote placeholders (an agent that read its own session does). A manifest
knows the bytes of one form of the document, archived or restored, and notes which
placeholders in it no archive of the document put there (`notes`).

- In the bytes that a manifest knows, what it does not note is the document's own.
- Behind them, and in documents of which nothing is known, a placeholder stands for its
  picture, wherever it came from; but in a log that its client only appends to
  (`appends`), what was appended is text.
- In a document that was edited since, notes are found by what stands around them; a
  log's own are found by all that was noted of them (`edited_log`).
"""

import contextlib
import math
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path

from blake3 import blake3

from assetstore.documents.edited_log import own_places
from assetstore.documents.placeholders import find_placeholders
from assetstore.documents.state import longest, states_of
from assetstore.errors import DamagedManifest, SourceChanged
from assetstore.files.source import RandomAccess, Source
from assetstore.store.format.manifest import Manifest
from assetstore.store.format.notes import Around, Note, Replaced, Verdict
from assetstore.store.format.placeholder import LENGTH
from assetstore.store.manifests import settled
from assetstore.store.store import Store

# Profiles of logs that their clients only append to; formats say so when they are
# loaded.
_APPENDED: set[str] = set()


def note_appending(profile: str) -> None:
    """Take note that documents which are read so are only appended to."""
    _APPENDED.add(profile)


def appends(profile: str) -> bool:
    """Tell whether documents that are read so are logs, to which is only appended."""
    return profile in _APPENDED


@dataclass(frozen=True, slots=True)
class Ancestry:
    """What is known of a document.

    Attributes:
        own: The newest state of its path that it may have been in.
        state: The state that its first bytes are of, here or elsewhere.
        replaced: Whether they are not what an archive made of it, but the log that this
            was to replace: it never took its place.
        form: What its first bytes are as the state knows them, where assetstore changed
            a few since (a log that goes on from another): places count in that.
    """

    own: Manifest | None = None
    state: Manifest | None = None
    replaced: bool = False
    form: RandomAccess | None = None

    @property
    def plain(self) -> bool:
        """Tell whether it is as it was restored, or has grown since."""
        return self.state is not None and self.state.state == "restored"

    @property
    def archived(self) -> bool:
        """Tell whether its first bytes hold what an archive put there."""
        if self.state is None or self.plain:
            return False
        return not self.replaced or any(note.own for note in self.state.notes.before)

    @property
    def appends(self) -> bool:
        """Tell whether it was a log when it was archived."""
        known = self.state or self.own
        # Of a log its last line is noted, whoever read it.
        return known is not None and (known.last is not None or appends(known.profile))

    @property
    def profile(self) -> str:
        """The name of the format by which it was read then."""
        known = self.state or self.own
        return known.profile if known is not None else "generic"


class Judge:
    """Says of a document's placeholders, in their order, what they are.

    Args:
        known: What is known of the document.
        source: The document.
        strict: Take what was not put there by an archive for text: it is a log.
    """

    def __init__(self, known: Ancestry, source: Source, *, strict: bool):
        self._known = known
        self._source = known.form or source
        self._further = source.size - self._source.size
        self._strict = strict
        self._edited: _Edited | None = None
        replaces = known.state if known.replaced else None
        self._before = _Before(replaces) if replaces is not None else None

    def __call__(self, offset: int, prefix: bytes) -> Verdict:
        """Judge what the placeholder at an offset is."""
        known, own, state = self._known, self._known.own, self._known.state
        offset -= self._further
        size = state.slim_size if state is not None else 0
        if self._before is not None and state is not None:
            size = state.source_size
            if offset + LENGTH <= size or own is None or own.key == state.key:
                return self._before.verdict(offset, prefix)
        behind = state is None or offset + LENGTH > size
        if own is not None and (state is None or state.key != own.key):
            # It may begin like an older state of it, or like another document (a
            # session that was resumed in a new log): the newest one knows the rest.
            if self._edited is None:
                self._edited = _Edited(
                    own, self._source, strict=self._strict, floor=size
                )
            edited = self._edited.verdict(offset, prefix)  # it counts them all
            if behind:
                return edited
        if state is None:
            return Verdict.OPEN
        if behind:
            return Verdict.TEXT if self._strict else Verdict.OPEN
        note = state.notes.at(offset)
        if note is not None:
            return _noted(note, Verdict.OWN, strict=self._strict)
        return Verdict.TEXT if known.plain else Verdict.OWN


class _Before:
    """Says what the placeholders are of a log that a manifest was to replace."""

    def __init__(self, state: Manifest):
        self._size = state.source_size
        self._notes = iter(state.notes.before)
        self._next = next(self._notes, None)

    def verdict(self, offset: int, prefix: bytes) -> Verdict:
        """Judge what the placeholder at an offset is."""
        note = self._next
        # What stands behind was appended; what looks like one within a payload's text
        # went with that.
        if note is None or note.prefix != prefix or offset + LENGTH > self._size:
            return Verdict.TEXT
        self._next = next(self._notes, None)
        return _noted(note, Verdict.OWN, strict=True)


class _Edited:
    """Says what the placeholders are of a document that was edited since."""

    def __init__(
        self, own: Manifest, source: RandomAccess, *, strict: bool, floor: int = 0
    ):
        self._source = source
        self._strict = strict
        self._own: set[int] | None = None
        if strict and own.last is not None:  # all are noted
            self._own = own_places(source, own, floor)
            return
        self._texts: dict[bytes, list[Note]] = {}
        for note in own.notes:
            if not note.own:
                self._texts.setdefault(note.prefix, []).append(note)
        # How often each was put there, at most.
        self._left: dict[bytes, float] = {}
        if own.state == "archived":
            once = own.notes or len(own.recipes) >= own.payloads
            self._left = dict.fromkeys(own.recipes, 1 if once else math.inf)
            counts = Counter(note.prefix for note in own.notes if note.own)
            self._left |= dict.fromkeys(self._texts, 0) | counts
            if own.last is not None:  # all are noted
                self._left = dict(counts)

    def verdict(self, offset: int, prefix: bytes) -> Verdict:
        """Judge what the placeholder at an offset is."""
        if self._own is not None:
            return Verdict.LIKELY if offset in self._own else Verdict.TEXT
        if texts := self._texts.get(prefix):
            around = Around.at(self._source.read, offset)
            for note in texts:
                if around.matches(note, strict=self._strict):
                    return _noted(note, Verdict.LIKELY, strict=self._strict)
        if self._left.get(prefix, 0) < 1:
            return Verdict.TEXT if self._strict else Verdict.OPEN
        if self._strict:
            self._left[prefix] -= 1
        return Verdict.LIKELY


def _noted(note: Note, own: Verdict, *, strict: bool) -> Verdict:
    if note.own:
        return own
    if strict:
        return Verdict.TEXT
    return Verdict.OPEN if note.known else Verdict.STRANGE


class Lineage:
    """Finds what documents come from, by the manifests of a store."""

    def __init__(self, store: Store):
        self._store = store
        self._known: _Forms | None = None

    def of(
        self, source: Source, own: Manifest | None, earlier: Sequence[RandomAccess] = ()
    ) -> Ancestry:
        """Find what is known of a document.

        Args:
            source: The document.
            own: The newest manifest of its path.
            earlier: The same document as it was before assetstore itself changed a
                few bytes at its beginning (a log that goes on from another).

        Raises:
            SourceChanged: It became shorter meanwhile.
        """
        self._store.expect_news()
        known = self._of((source, *earlier), own)
        state = known.state
        if state is None or not earlier or _is_in(state, source, known.replaced):
            return known
        fitting = (f for f in earlier if _is_in(state, f, known.replaced))
        return replace(known, form=next(fitting, None))

    def _of(self, forms: Sequence[RandomAccess], own: Manifest | None) -> Ancestry:
        if own is not None:
            newest = own
            now = _standing(forms, [newest])
            if now is not None:
                return self._longer(now, forms) or Ancestry(own, now)
            # It may speak of a form that never took its place (`standing`).
            states = list(states_of(self._store, newest))
            now = _standing(forms, states)
            vain = [state for state in states if any(map(state.replaces, forms))]
            last = max(vain, key=lambda s: (s.source_size, s.seq), default=None)
            if last is not None and (
                # Of the same bytes, as those of a log that was just restored, what came
                # last speaks.
                now is None or (last.source_size, last.seq) > (now.slim_size, now.seq)
            ):
                # Unless what came later is there still: another store's restore put
                # back what was in front of it.
                later = next((s for s in states if not s.begun), last)
                went_on = later.last is not None and later.last.is_in(forms[0])
                return Ancestry(later if went_on else last, last, replaced=True)
            own = next((state for state in states if not state.begun), None)
            if now is not None:
                return self._longer(now, forms) or Ancestry(own, now)
        found = next(filter(None, map(self._elsewhere, forms)), None)
        if found is None:
            return Ancestry(own)
        state, replaced = found
        return Ancestry(state if replaced else own, state, replaced)

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
                states = list(states_of(self._store, own))
                settled(self._store, states, longest(source, states))

    def _elsewhere(self, source: RandomAccess) -> tuple[Manifest, bool] | None:
        """The state of any document that most of a file's first bytes are of.

        Returns:
            The state, and whether they are what it was to replace.
        """
        if self._known is None:
            self._known = self._forms()
        hashes = self._known.hashes
        digest, at, longest, found = blake3(), 0, 0, ""
        for size in sorted(s for s in hashes if 0 < s <= source.size):
            for piece in source.pieces(at, size):
                digest.update(piece)
            at = size
            if (key := hashes[size].get(digest.digest())) is not None:
                longest, found = size, key
        replaced = False
        for size, form, key in self._known.replaced:
            if longest < size <= source.size and form.is_in(source, size):
                longest, found, replaced = size, key, True
        if found:
            with contextlib.suppress(DamagedManifest, FileNotFoundError):
                return self._store.load_manifest(found), replaced
        return None

    def _longer(self, now: Manifest, forms: Sequence[RandomAccess]) -> Ancestry | None:
        """Ask other paths whether one knows more of a log's first bytes.

        It was archived there while it had another name.
        """
        if not appends(now.profile) or all(f.size <= now.slim_size for f in forms):
            return None
        behind = (
            offset + LENGTH > now.slim_size for offset, _ in find_placeholders(forms[0])
        )
        found = any(behind) and next(filter(None, map(self._elsewhere, forms)), None)
        if not found:
            return None
        state, replaced = found
        size = state.source_size if replaced else state.slim_size
        return Ancestry(state, state, replaced) if size > now.slim_size else None

    def _forms(self) -> "_Forms":
        """Collect what all states know that tell something."""
        known = _Forms()
        for key in self._store.manifest_keys():
            with contextlib.suppress(DamagedManifest, FileNotFoundError):
                state = self._store.load_manifest(key)
                telling = state.state == "archived" or appends(state.profile)
                if state.slim_hash and (telling or state.notes):
                    hashes = known.hashes.setdefault(state.slim_size, {})
                    hashes[state.slim_hash] = key
                if state.replaced is not None:
                    known.replaced.append((state.source_size, state.replaced, key))
        return known


@dataclass(slots=True)
class _Forms:
    """The forms of all documents that a store knows.

    Attributes:
        hashes: The keys of states, by the size and the hash of what they know.
        replaced: What archives of logs were to replace, with its size and the key.
    """

    hashes: dict[int, dict[bytes, str]] = field(default_factory=dict)
    replaced: list[tuple[int, Replaced, str]] = field(default_factory=list)


def _is_in(state: Manifest, form: RandomAccess, replaced: bool) -> bool:
    """Tell whether a document, in some form, begins with what a state knows."""
    if replaced:
        return state.replaces(form)
    return longest(form, [state]) is not None


def _standing(
    forms: Iterable[RandomAccess], states: Sequence[Manifest]
) -> Manifest | None:
    """The state in which the first of some forms of a document is that is in one."""
    found = (longest(form, states) for form in forms)
    return next((state for state in found if state is not None), None)

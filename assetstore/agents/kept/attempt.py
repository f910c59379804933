"""One attempt to put a thread's files into a store, as they are kept."""

from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass, field, replace
from pathlib import Path

from assetstore.agents.kept.card import Card, KeptFile, KeptText
from assetstore.agents.kept.groups import ThreadFiles
from assetstore.agents.kept.text import placeholder, put_bytes, recipe_at
from assetstore.agents.kept.writing import (
    KeepingSession,
    appended_to,
    is_text,
    opened_file,
    write_file,
)
from assetstore.documents.recipes import Recipes
from assetstore.documents.state import longest, states_at
from assetstore.errors import IntegrityError, MissingBlob
from assetstore.files.source import RandomAccess
from assetstore.store.format.blob import BlobId, Kind, Ref
from assetstore.store.format.manifest import Manifest
from assetstore.store.gc.remove import copy_blob
from assetstore.store.store import Store

# By what is told that a file is still the same: its size, time and inode.
Seen = dict[str, tuple[int, ...]]


@dataclass(slots=True)
class Attempt:
    """A thread as one attempt put it into a store.

    Attributes:
        files: The thread's files as they are kept now.
        refs: Every recipe and blob that they need.
        gone: Those of them that the store had lost before.
    """

    files: list[KeptFile] = field(default_factory=list)
    refs: set[Ref] = field(default_factory=set)
    gone: set[Ref] = field(default_factory=set)


class ThreadWriter:
    """Puts the files of threads into a store.

    Args:
        session: Where they go.
        folder: For temporary files.
        min_size: Payloads with shorter text stay in a thread's text.
        progress: Called with numbers of bytes that are done.
    """

    def __init__(
        self,
        session: KeepingSession,
        folder: Path,
        *,
        min_size: int,
        progress: Callable[[int], None],
    ):
        self._session = session
        self._store = session.store
        self._folder = folder
        self._min_size = min_size
        self._progress = progress

    def write(
        self, thread: ThreadFiles, old: Manifest | None, card: Card | None, seen: Seen
    ) -> Attempt:
        """Put a thread's files into the store.

        Args:
            thread: The thread.
            old: The manifest of what is kept of it already, and
            card: that.
            seen: What its files are now.

        Raises:
            PurgedBlob: Its words were purged.
            DamagedBlob: A blob that the store holds of it is damaged.
            MissingBlob: It is not where the index says.
            AssetstoreError: Another reason why it cannot be kept.
            OSError: A file cannot be read.
        """
        tried = Attempt()
        known = {_key(thread, f.place): f for f in card.files} if card else {}
        dropped: list[KeptText] = []
        for path in thread.files:
            place = thread.place(path)
            before = known.pop(_key(thread, place), None)
            if before and before.seen == seen[place] and holds(self._store, before):
                tried.files.append(replace(before, place=place))
                continue
            file = self._file(path, place, before, tried)
            tried.files.append(replace(file, seen=seen[place]))
            kept = {text.text for text in file.texts}
            texts = before.texts if before is not None else ()
            dropped += [text for text in texts if text.text not in kept]
        # What its client deleted of it is still kept.
        tried.files += known.values()
        self._claim(tried, old, dropped)
        return tried

    def _file(
        self, path: Path, place: str, before: KeptFile | None, tried: Attempt
    ) -> KeptFile:
        """Put a file into the store."""
        earlier = before.texts if before is not None else ()
        with opened_file(path) as source:
            done = write_file(
                self._session,
                source,
                path,
                self._folder,
                min_size=self._min_size,
                earlier=earlier,
                progress=self._progress,
            )
            tried.refs |= done.refs
            tried.gone |= done.gone
            archived = self._archived(path, source, tried)
        left = [text for text in earlier if text not in done.covers]
        if not appended_to(path):
            # It is written anew each time: it is the same, unless it became shorter.
            left = [text for text in left if text.slim_size > done.text.slim_size]
        return KeptFile(
            place=place,
            now=done.text,
            modified=path.stat().st_mtime_ns,
            archived=archived,
            before=tuple(left),
        )

    def _archived(self, path: Path, source: RandomAccess, tried: Attempt) -> str:
        """Keep the manifest that tells which placeholders in a file are its own."""
        if not is_text(path):
            return ""
        state = longest(source, states_at(self._store, path))
        if state is None or state.state != "archived":
            return ""
        recipe = put_bytes(self._session, state.pack())
        tried.refs |= {*recipe.refs, *state.refs}
        return placeholder(recipe)

    def _claim(
        self, tried: Attempt, old: Manifest | None, dropped: Sequence[KeptText]
    ) -> None:
        """Claim what was kept before and still is, and see that all of it is there.

        What the texts that are not kept any more consist of goes; what stood in them
        is in the ones that cover them.
        """
        recipes = Recipes(self._session)
        if old is not None:
            gone: set[Ref] = {(Kind.MEDIA, BlobId(old.slim_hash))}
            for text in dropped:
                with suppress(IntegrityError):
                    gone |= set(recipe_at(recipes, text.text).refs)
            tried.refs |= set(old.refs) - gone
        for file in tried.files:
            for text in file.texts:
                with suppress(MissingBlob):
                    tried.refs |= set(recipe_at(recipes, text.text).refs)
        purged = self._store.purged()
        for kind, id in sorted(tried.refs - tried.gone):
            if id in purged or self._session.has(id):
                continue
            if not copy_blob(self._session, kind, self._store.stream(kind, id)):
                tried.gone.add((kind, id))


def holds(store: Store, file: KeptFile) -> bool:
    """Tell whether a store has what a file's text needs, as far as it knows."""
    try:
        parts = recipe_at(Recipes(store), file.now.text).blobs
    except IntegrityError:
        return False
    return all(map(store.holds, parts))


def _key(thread: ThreadFiles, place: str) -> str:
    """Return what a file is told by: Codex moves its logs, and calls each by an id."""
    return Path(place).name if thread.client == "codex" else place

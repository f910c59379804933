"""What a file holds goes into a store: its payloads as blobs, the rest as a text."""

import os
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import BinaryIO

from blake3 import blake3

from assetstore.agents.find import log_at
from assetstore.agents.kept.card import KeptText
from assetstore.agents.kept.text import placeholder, put_text, text_pieces
from assetstore.agents.log_text import opened
from assetstore.archiver.draft import Drafted, Drafter
from assetstore.archiver.options import MIN_SIZE
from assetstore.archiver.payload import Wanted
from assetstore.documents.ownership import Ancestry
from assetstore.documents.rebuild import RebuildTally, StoreKnowledge, rebuild
from assetstore.documents.recipes import Recipes
from assetstore.errors import SourceChanged, VerifyMismatch
from assetstore.files.source import Source, same
from assetstore.formats.registry import HEAD, choose, is_undecided
from assetstore.formats.text import is_json
from assetstore.store.blob_writer import BlobWriter
from assetstore.store.format.blob import BlobId, Kind, Ref
from assetstore.store.session import Pack, Session
from assetstore.store.sink import put_whole
from assetstore.store.store import Store

_TEXTS = (".jsonl", ".json", ".jsonl.zst")


class KeepingSession:
    """A session that lets a purged picture be named, and never writes it.

    An archive leaves such a picture where it is. Who keeps a whole file cannot: the
    picture's own text would be in the store again. So its placeholder stands for it,
    which nothing resolves.

    Args:
        session: What writes.

    Attributes:
        session: That.
        store: Its store.
        met: The blobs that were put, whether the store had them or not, until who puts
            them empties it: where one turns out to be damaged, it is one of these.
    """

    def __init__(self, session: Session):
        self.session = session
        self.store: Store = session.store
        self.met: set[BlobId] = set()

    @property
    def pending(self) -> int:
        """The number of blobs that wait for `commit`."""
        return self.session.pending

    def has(self, id: BlobId) -> bool:
        """Tell whether a blob is here or in the store."""
        return self.session.has(id)

    def refuses(self, id: BlobId) -> bool:
        """Say that what was purged may be named, too."""
        return False

    def forgets(self, id: BlobId) -> bool:
        """Tell whether a blob was purged."""
        return self.session.refuses(id)

    def put(self, kind: Kind, raw: bytes) -> tuple[BlobId, bool]:
        """Store a blob that is in memory, unless it was purged."""
        return put_whole(self, kind, raw)

    def writer(self, kind: Kind) -> "BlobWriter[Pack]":
        """Store a blob that comes in pieces, unless it was purged."""
        return BlobWriter(self.session, kind, self._is_lacking)

    def _is_lacking(self, id: BlobId) -> bool:
        self.met.add(id)
        return not (self.forgets(id) or self.has(id))

    def purged(self) -> set[BlobId]:
        """The blobs that were purged."""
        return self.session.purged()

    def unnamed(self, kind: Kind, prefix: bytes) -> bool:
        """Tell whether a pack that no index names holds a blob."""
        return self.session.unnamed(kind, prefix)

    def find_recipe(self, prefix: bytes) -> BlobId | None:
        """Find the recipe whose id starts with 20 bytes."""
        return self.session.find_recipe(prefix)

    def read(self, kind: Kind, id: BlobId, *, limit: int = 16 << 20) -> bytes:
        """Read a small blob."""
        return self.session.read(kind, id, limit=limit)

    def stream(
        self, kind: Kind, id: BlobId, *, check: bool = True
    ) -> Iterator[memoryview]:
        """Read a blob in pieces."""
        return self.session.stream(kind, id, check=check)

    def commit(self) -> None:
        """Publish what was put."""
        self.session.commit()


@dataclass(slots=True)
class Written:
    """What was put into a store of a file.

    Attributes:
        text: The file as it is kept.
        refs: Every recipe and blob that it needs.
        gone: Those of them that the store had lost before.
        covers: The earlier texts that it begins with.
    """

    text: KeptText
    refs: set[Ref] = field(default_factory=set)
    gone: set[Ref] = field(default_factory=set)
    covers: tuple[KeptText, ...] = ()


def is_text(path: Path) -> bool:
    """Tell whether a file is a client's log or document, by its name."""
    return path.name.endswith(_TEXTS)


def appended_to(path: Path) -> bool:
    """Tell whether a file is a log, to which its client only appends."""
    return path.name.endswith((".jsonl", ".jsonl.zst"))


@contextmanager
def opened_file(path: Path) -> Iterator[Source]:
    """A file of a thread; a log that its client compressed is unpacked.

    Raises:
        SourceRefused: It is no regular file, or not what its name says.
        OSError: It cannot be read.
    """
    if not appended_to(path):
        with Source.open(path) as source:
            yield source
        return
    with opened(log_at(path)) as source:
        yield source


def write_file(
    session: KeepingSession,
    source: Source,
    path: Path,
    folder: Path,
    *,
    min_size: int = MIN_SIZE,
    earlier: Sequence[KeptText] = (),
    progress: Callable[[int], None] = lambda done: None,
) -> Written:
    """Put what a file holds into a store, and read it back.

    Args:
        session: Where it goes.
        source: The file's text.
        path: Where it is.
        folder: For temporary files.
        min_size: Payloads with shorter text stay in its text.
        earlier: What was kept of it before.
        progress: Called with numbers of bytes that are done.

    Raises:
        PurgedBlob: Its words were purged.
        SourceChanged: It was changed meanwhile, by more than what was appended.
        DamagedBlob: A blob that the store holds is damaged.
        VerifyMismatch: What would come back is not what it holds. A fault.
        StoreWriteError: The store cannot be written.
    """
    if not is_text(path):
        return _whole(session, source)
    with ExitStack() as stack:
        spooled = folder / "slim"
        with spooled.open("wb") as out:
            drafter = _drafter(session, source, path, out, min_size, progress)
            drafted = drafter.run()
        slim = source
        if drafted.changed:
            slim = stack.enter_context(Source.open(spooled))
        recipe = put_text(session, slim, grows=True)
        digest, covers = _covered(source, slim, earlier)
        recipes = Recipes(session)
        if not same(text_pieces(recipes, recipe, check=False), slim):
            raise _differs(source)
        size, hash, purged = source.size, digest, 0
        if drafted.changed:
            size, hash, purged = _comes_back(recipes, slim, drafted, source)
    text = KeptText(
        text=placeholder(recipe),
        size=size,
        hash=hash,
        slim_size=slim.size,
        slim_hash=digest,
        changed=drafted.changed,
        stays=tuple(drafted.kept) if drafted.changed else (),
        purged=purged,
    )
    refs = {*drafted.refs, *recipe.refs}
    return Written(text, refs, set(drafted.gone), covers)


def _whole(session: KeepingSession, source: Source) -> Written:
    """A file that is no log, as one blob."""
    recipe = put_text(session, source, grows=False)
    if not same(text_pieces(Recipes(session), recipe, check=False), source):
        raise _differs(source)
    hash = source.blake3().hex()
    text = KeptText(
        text=placeholder(recipe),
        size=source.size,
        hash=hash,
        slim_size=source.size,
        slim_hash=hash,
    )
    return Written(text, set(recipe.refs))


def _drafter(
    session: KeepingSession,
    source: Source,
    path: Path,
    out: BinaryIO,
    min_size: int,
    progress: Callable[[int], None],
) -> Drafter:
    head = source.read(0, HEAD)
    format = choose("auto", path, head)
    return Drafter(
        source,
        session,
        _Output(out),
        format=format,
        undecided=is_undecided(format),
        json=is_json(head),
        wanted=Wanted(media="any", min_size=min_size),
        ancestry=Ancestry,
        progress=progress,
    )


class _Output:
    """Takes an archived form.

    Attributes:
        size: How many bytes were written.
    """

    def __init__(self, file: BinaryIO):
        self._file = file
        self.size = 0

    def write(self, piece: bytes | bytearray | memoryview) -> None:
        """Append a piece."""
        self._file.write(piece)
        self.size += len(piece)


def _begins_with(
    source: Source, sums: Sequence[tuple[int, str]]
) -> tuple[str, set[str]]:
    """The hash of a source, and those of some beginnings that are its own.

    Args:
        source: The source.
        sums: Lengths and hashes of what it may begin with.
    """
    digest, at = blake3(), 0
    found: set[str] = set()
    for size, hash in sorted(sums):
        if size > source.size:
            break
        for piece in source.pieces(at, size):
            digest.update(piece)
        at = size
        if digest.hexdigest() == hash:
            found.add(hash)
    for piece in source.pieces(at, source.size):
        digest.update(piece)
    return digest.hexdigest(), found


def _covered(
    source: Source, slim: Source, earlier: Sequence[KeptText]
) -> tuple[str, tuple[KeptText, ...]]:
    """The hash of a text, and the earlier ones that it begins with.

    One that ended within a payload, since it was just being written, is the beginning
    of the file alone: in its text that payload's own stands.
    """
    digest, found = _begins_with(slim, [(t.slim_size, t.slim_hash) for t in earlier])
    others = [(t.size, t.hash) for t in earlier if t.slim_hash not in found]
    if others and slim is not source:
        found |= _begins_with(source, others)[1]
    return digest, tuple(t for t in earlier if found & {t.slim_hash, t.hash})


def _comes_back(
    recipes: Recipes, slim: Source, drafted: Drafted, source: Source
) -> tuple[int, str, int]:
    """Put a file together again, and compare it.

    Returns:
        The size and the hash of what comes back, and how many payloads do not.
    """
    tally = RebuildTally()
    known = [StoreKnowledge(recipes, drafted.judge)]
    gone = recipes.vault.purged()
    purged = any(id in gone for _, id in drafted.refs)
    digest, size = blake3(), 0
    for piece in rebuild(slim, known, check=False, allow_missing=purged, tally=tally):
        digest.update(piece)
        size += len(piece)
    if tally.missing != tally.purged:
        raise _differs(source)
    if not tally.purged and digest.digest() != source.blake3():
        raise _differs(source)
    return size, digest.hexdigest(), tally.purged


def _differs(source: Source) -> SourceChanged | VerifyMismatch:
    """The reason why what was stored is not what a file holds."""
    now = os.fstat(source.fd)
    if (now.st_mtime_ns, now.st_ctime_ns) != (
        source.stat.st_mtime_ns,
        source.stat.st_ctime_ns,
    ):
        return SourceChanged(f"{source.name} was written to", path=source.name)
    return VerifyMismatch(
        f"{source.name}: what would come back differs from the file",
        hint="It was not kept. Please report this.",
        path=source.name,
    )

"""Put a document back together from its text and the recipes it names.

The archiver runs this over a new file before it replaces the source, the
restore runs it for good: what was verified is what restores.
"""

from array import array
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import NamedTuple

from assetstore.documents.frame import find_frame
from assetstore.documents.listed import fitting
from assetstore.documents.recipes import Recipes
from assetstore.errors import DamagedBlob, IntegrityError, MissingBlob, PurgedBlob
from assetstore.files.source import Source, Window
from assetstore.store.format.blob import BlobId, Kind
from assetstore.store.format.notes import Verdict
from assetstore.store.format.placeholder import (
    LENGTH,
    MARK,
    PREFIX_BYTES,
    RecipePrefix,
    parse_placeholder,
)
from assetstore.store.format.recipe import MAX_FRAME, Media, Part, Recipe
from assetstore.store.unnamed import index_lost


@dataclass(slots=True, kw_only=True)
class RebuildTally:
    """What a rebuild met.

    Attributes:
        payloads: Placeholders put back.
        quoted: Placeholders left as text, since the document quotes them.
        edited: Placeholders left, since what stands around them was changed.
        relaid: Payloads whose line breaks are others than they were (`listed`).
        missing: Placeholders of the document's own that no store knows any more.
        purged: Those of them of which it is known why: that was purged.
        unknown: Other placeholders that no store knows.
        unnoted: Those of them of which no manifest says that they were there before.
        refs: Every recipe and blob that was put back.
        left: Where in the result a placeholder stays, in order.
        names: What each of these names.
        owned: What the missing ones name.
    """

    payloads: int = 0
    quoted: int = 0
    edited: int = 0
    relaid: int = 0
    missing: int = 0
    purged: int = 0
    unknown: int = 0
    unnoted: int = 0
    refs: set[tuple[Kind, BlobId]] = field(default_factory=set)
    left: "array[int]" = field(default_factory=lambda: array("Q"))
    names: bytearray = field(default_factory=bytearray)
    owned: set[bytes] = field(default_factory=set)

    def leave(self, offset: int, prefix: bytes) -> None:
        """Take note of a placeholder that stays."""
        self.left.append(offset)
        self.names += prefix

    @property
    def places(self) -> Iterator[tuple[int, RecipePrefix]]:
        """The placeholders that stay: offset in the result, and what they name."""
        for i, offset in enumerate(self.left):
            name = self.names[i * PREFIX_BYTES : (i + 1) * PREFIX_BYTES]
            yield offset, RecipePrefix(bytes(name))


def all_open(offset: int, prefix: bytes) -> Verdict:
    """Say of every placeholder that nothing is known of it."""
    return Verdict.OPEN


def owned(judge: Callable[[int, bytes], Verdict]) -> Callable[[int, bytes], Verdict]:
    """Say of placeholders that they are text where nobody knows that they are not."""

    def judged(offset: int, prefix: bytes) -> Verdict:
        verdict = judge(offset, prefix)
        return verdict if verdict.claimed else Verdict.TEXT

    return judged


@dataclass(frozen=True, slots=True)
class StoreKnowledge:
    """What one store knows of a document.

    Attributes:
        recipes: Its recipes.
        judge: Says what the document's placeholders are; asked in their order.
    """

    recipes: Recipes
    judge: Callable[[int, bytes], Verdict] = all_open


class _Choice(NamedTuple):
    """What to do with a placeholder.

    Attributes:
        recipe: What to put in its place, or None.
        own: Whether a manifest says that it is the document's own.
        text: Whether one says that it is text.
        strange: Whether a store knows it now that did not when it was archived.
    """

    recipe: Recipe | None
    own: bool = False
    text: bool = False
    strange: bool = False


def _choose(
    known: Sequence[StoreKnowledge], offset: int, prefix: RecipePrefix, *, whole: bool
) -> _Choice:
    """Ask all stores, and take the one that knows the most."""
    verdicts = [store.judge(offset, prefix) for store in known]  # each counts
    if len(known) == 1 and verdicts[0] is Verdict.OWN and not whole:  # most are
        return _Choice(known[0].recipes.get(prefix), own=True)

    def first(*wanted: Verdict, patient: bool = False) -> Recipe | None:
        problem: IntegrityError | None = None
        for store, verdict in zip(known, verdicts, strict=True):
            if verdict in wanted:
                get = store.recipes.whole if whole else store.recipes.get
                try:
                    if (recipe := get(prefix)) is not None:
                        return recipe
                except IntegrityError as e:  # another store may have it
                    problem = problem or e
        if problem is not None and not patient:
            raise problem
        return None

    if any(verdict.claimed for verdict in verdicts):
        recipe = first(Verdict.OWN, Verdict.LIKELY, patient=True) or first(*Verdict)
        return _Choice(recipe, own=True)
    if Verdict.TEXT in verdicts:
        return _Choice(first(*Verdict), text=True)
    if (recipe := first(Verdict.OPEN)) is not None:
        return _Choice(recipe)
    known_now = Verdict.STRANGE in verdicts and first(Verdict.STRANGE)
    return _Choice(None, strange=bool(known_now), text=Verdict.OPEN not in verdicts)


def rebuild(
    source: Source,
    known: Sequence[StoreKnowledge],
    *,
    allow_missing: bool = False,
    check: bool = True,
    tally: RebuildTally | None = None,
) -> Iterator[bytes | memoryview]:
    """The document that ``source`` was archived from, in pieces.

    Args:
        source: The archived document.
        known: What each of some stores knows of it, in the order in which they are
            asked.
        allow_missing: Leave the document's own placeholders whose blobs are lost,
            too; what is not its own stays anyway where no store knows it.
        check: Compare blobs with their ids (not needed by who compares the
            result with the original).
        tally: Counts what was met.

    Yields:
        Pieces; each is valid until the next one is asked for.

    Raises:
        MissingBlob: A recipe or a blob is not in the store.
        IntegrityError: One of them is damaged.
        SourceChanged: The document became shorter meanwhile.
    """
    tally = RebuildTally() if tally is None else tally
    window = Window(source)
    done = at = 0  # given out up to here; searched up to here
    given = 0  # bytes of the result that were given out

    def peek(start: int, length: int) -> bytes:
        return window.bytes(start, min(start + length, window.end))

    while True:
        hit = window.find(MARK, at)
        last = window.at_eof
        if hit < 0 or (hit + LENGTH + MAX_FRAME > window.end and not last):
            if hit < 0 and last:
                yield window.view[done - window.base : window.have]
                return
            at = max(at, window.end - len(MARK) + 1) if hit < 0 else hit
            keep = max(done, at - MAX_FRAME)
            if keep > done:
                yield window.view[done - window.base : keep - window.base]
                given += keep - done
            done = keep
            window.slide(done)
            continue
        at = hit + len(MARK)
        prefix = parse_placeholder(window.bytes(hit, hit + LENGTH))
        if prefix is None:
            continue
        choice = _choose(known, hit, prefix, whole=allow_missing)
        recipe = choice.recipe
        gone = recipe is None and not allow_missing and not choice.text
        if gone and any(store.recipes.was_purged(prefix) for store in known):
            raise _purged(source.name, window.bytes(hit, hit + LENGTH), hit)
        if recipe is None and choice.own and not allow_missing:
            text = window.bytes(hit, hit + LENGTH).decode()
            if any(s.recipes.vault.unnamed(Kind.RECIPE, prefix) for s in known):
                raise index_lost(f"{text} (at byte {hit})", source.name)
            raise MissingBlob(
                f"{source.name}: the store does not hold {text} (at byte {hit})",
                hint="Name the store that the file was archived to with --store, "
                "or use --allow-missing to leave such text as it is.",
                path=source.name,
            )
        frame = None
        if recipe is None:
            tally.missing += choice.own
            tally.quoted += choice.strange
            tally.unknown += not choice.own and not choice.strange
            tally.unnoted += not (choice.own or choice.text or choice.strange)
            if choice.own:
                tally.owned.add(prefix)
            tally.purged += any(prefix in store.recipes.purged for store in known)
        elif choice.text:
            tally.quoted += 1
        else:
            frame = find_frame(recipe, peek, hit, done)
            tally.edited += frame is None
        if recipe is None or frame is None:
            tally.leave(given + hit - done, prefix)
            continue
        begin, end = frame
        if begin > done:
            yield window.view[done - window.base : begin - window.base]
            given += begin - done
        parts = fitting(recipe.was, source, begin)
        tally.relaid += parts is not recipe.was
        try:
            for piece in _spelt(parts, known, source.name, check):
                given += len(piece)
                yield piece
        except PurgedBlob as e:
            raise _purged(source.name, window.bytes(hit, hit + LENGTH), hit) from e
        done = at = end
        tally.payloads += 1
        tally.refs.update(recipe.refs)


def _purged(name: str, placeholder: bytes, offset: int) -> PurgedBlob:
    return PurgedBlob(
        f"{name}: what {placeholder.decode()} stands for (at byte {offset}) was "
        "purged from the store",
        hint="It is gone for good. --allow-missing restores all but that.",
        path=name,
    )


def _spelt(
    parts: Sequence[Part], known: Sequence[StoreKnowledge], name: str, check: bool
) -> Iterator[bytes | memoryview]:
    """Spell what a placeholder stands for; errors name the document."""
    for part in parts:
        if isinstance(part, Media):
            try:
                pieces = stream_first(known, part.blob, check=check)
                yield from part.dialect.encode(pieces)
            except IntegrityError as e:
                e.path = e.path or name
                raise
        else:
            yield part


def stream_first(
    known: Sequence[StoreKnowledge], blob: BlobId, *, check: bool = True
) -> Iterator[memoryview]:
    """A blob, in pieces, from the first store that has it.

    Raises:
        MissingBlob: None has it.
        DamagedBlob: The copy of the last one is damaged.
    """
    for number, store in enumerate(known, 1):
        given = False
        try:
            for piece in store.recipes.vault.stream(Kind.MEDIA, blob, check=check):
                given = True
                yield piece
            return
        except (MissingBlob, DamagedBlob):
            if given or number == len(known):
                raise

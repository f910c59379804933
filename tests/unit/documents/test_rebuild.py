"""A document put back together from its text and the recipes that it names."""

from collections.abc import Callable
from pathlib import Path

import pytest

from assetstore.documents.rebuild import (
    RebuildTally,
    StoreKnowledge,
    all_open,
    owned,
    rebuild,
    stream_first,
)
from assetstore.documents.recipes import Recipes
from assetstore.errors import DamagedBlob, MissingBlob, PurgedBlob
from assetstore.files.source import Source
from assetstore.store.backends.base import put
from assetstore.store.format.dialect import PLAIN
from assetstore.store.format.notes import Verdict
from assetstore.store.format.placeholder import format_placeholder
from assetstore.store.format.recipe import Media, Recipe
from assetstore.store.store import Store
from support.blobs import media, pack_of, recipe_of, spoil
from support.stores import memory_store

RAW = bytes(range(256)) * 3
RECIPE = Recipe(was=(b"<", Media(media(RAW), PLAIN), b">"))
FRAMED = Recipe(was=(b"words",), before=b"[a picture ", after=b"]")
MARK, FRAME = format_placeholder(RECIPE.id), format_placeholder(FRAMED.id)
STRANGE = b"as1:" + b"A" * 27


def spelt() -> bytes:
    return b"<" + b"".join(PLAIN.encode([RAW])) + b">"


@pytest.fixture
def store() -> Store:
    found = memory_store()
    pack_of(found, RAW)
    for recipe in (RECIPE, FRAMED):
        recipe_of(found, recipe.raw)
    return found


def always(verdict: Verdict) -> Callable[[int, bytes], Verdict]:
    return lambda offset, prefix: verdict


def rebuilt(
    folder: Path,
    data: bytes,
    *known: StoreKnowledge,
    allow_missing: bool = False,
) -> tuple[bytes, RebuildTally]:
    path = folder / "document"
    path.write_bytes(data)
    tally = RebuildTally()
    with Source.open(path) as source:
        pieces = rebuild(source, known, allow_missing=allow_missing, tally=tally)
        return b"".join(map(bytes, pieces)), tally


def knows(store: Store, verdict: Verdict = Verdict.OPEN) -> StoreKnowledge:
    return StoreKnowledge(Recipes(store), always(verdict))


@pytest.mark.parametrize("verdict", [Verdict.OPEN, Verdict.OWN, Verdict.LIKELY])
def test_a_placeholder_becomes_what_it_stands_for(
    store: Store, tmp_path: Path, verdict: Verdict
) -> None:
    whole, tally = rebuilt(tmp_path, b"a " + MARK + b" b", knows(store, verdict))
    assert whole == b"a " + spelt() + b" b"
    assert tally.payloads == 1
    assert tally.refs == set(RECIPE.refs)
    assert list(tally.places) == []


def test_what_was_around_it_goes(store: Store, tmp_path: Path) -> None:
    data = b"a [a picture " + FRAME + b"] b"
    whole, tally = rebuilt(tmp_path, data, knows(store))
    assert whole == b"a words b"
    changed = data.replace(b"a picture", b"A PICTURE")
    whole, tally = rebuilt(tmp_path, changed, knows(store))
    assert (whole, tally.edited, tally.payloads) == (changed, 1, 0)


def test_a_document_without_any_is_as_it_was(store: Store, tmp_path: Path) -> None:
    for data in (b"", b"words", b"as1:", b"as1:" * 999):
        assert rebuilt(tmp_path, data, knows(store))[0] == data


def test_long_documents_are_given_out_in_pieces(store: Store, tmp_path: Path) -> None:
    filler = b"words " * 500_000
    data = filler + MARK + filler + MARK
    whole, tally = rebuilt(tmp_path, data, knows(store))
    assert whole == filler + spelt() + filler + spelt()
    assert tally.payloads == 2


@pytest.mark.parametrize("edge", [(1 << 20) - n for n in (0, 1, 15, 31, 8191, 8192)])
def test_one_at_an_edge_of_what_is_read(
    store: Store, tmp_path: Path, edge: int
) -> None:
    data = b"x" * (edge - 11) + b"[a picture " + FRAME + b"]" + b"y" * 9000
    assert rebuilt(tmp_path, data, knows(store))[0] == (
        b"x" * (edge - 11) + b"words" + b"y" * 9000
    )


def test_text_stays(store: Store, tmp_path: Path) -> None:
    data = b"see " + MARK
    whole, tally = rebuilt(tmp_path, data, knows(store, Verdict.TEXT))
    assert (whole, tally.quoted, tally.payloads) == (data, 1, 0)
    assert list(tally.places) == [(4, RECIPE.id[:20])]


def test_where_it_stays_is_told_in_the_result(store: Store, tmp_path: Path) -> None:
    data = MARK + STRANGE
    whole, tally = rebuilt(tmp_path, data, knows(store))
    ((offset, _),) = tally.places
    assert whole[offset:] == STRANGE
    assert (tally.unknown, tally.unnoted) == (1, 1)


def test_one_s_own_that_nobody_has_is_missing(store: Store, tmp_path: Path) -> None:
    known = knows(store, Verdict.OWN)
    with pytest.raises(MissingBlob, match="at byte 2"):
        rebuilt(tmp_path, b"a " + STRANGE, known)
    whole, tally = rebuilt(tmp_path, b"a " + STRANGE, known, allow_missing=True)
    assert (whole, tally.missing, tally.unknown) == (b"a " + STRANGE, 1, 0)


def test_a_damaged_blob_is_named_with_its_document(
    store: Store, tmp_path: Path
) -> None:
    spoil(store, media(RAW))
    with pytest.raises(DamagedBlob) as caught:
        rebuilt(tmp_path, MARK, knows(store))
    assert caught.value.path
    assert caught.value.path.endswith("document")
    whole, tally = rebuilt(
        tmp_path, MARK, knows(store, Verdict.OWN), allow_missing=True
    )
    assert (whole, tally.missing) == (MARK, 1)


def test_what_was_purged_says_so(store: Store, tmp_path: Path) -> None:
    put(store.backend, f"purged/{media(RAW).hex()}", [])
    spoil(store, media(RAW))
    with pytest.raises(PurgedBlob, match="purged"):
        rebuilt(tmp_path, MARK, knows(store))
    known = knows(store, Verdict.OWN)
    _, tally = rebuilt(tmp_path, MARK, known, allow_missing=True)
    assert (tally.missing, tally.purged) == (1, 1)


def test_the_store_that_knows_the_most_is_heard(store: Store, tmp_path: Path) -> None:
    empty = memory_store()
    own, text = knows(store, Verdict.OWN), knows(empty, Verdict.TEXT)
    assert rebuilt(tmp_path, MARK, text, own)[0] == spelt()
    text, open_ = knows(store, Verdict.TEXT), knows(empty, Verdict.OPEN)
    assert rebuilt(tmp_path, MARK, open_, text)[0] == MARK
    strange = knows(store, Verdict.STRANGE)
    whole, tally = rebuilt(tmp_path, MARK, strange)
    assert (whole, tally.quoted) == (MARK, 1)


def test_every_store_is_asked_of_every_placeholder(
    store: Store, tmp_path: Path
) -> None:
    asked: list[tuple[int, int]] = []

    def judge(number: int) -> Callable[[int, bytes], Verdict]:
        def judged(offset: int, prefix: bytes) -> Verdict:
            asked.append((number, offset))
            return Verdict.OPEN

        return judged

    known = [StoreKnowledge(Recipes(store), judge(n)) for n in range(2)]
    rebuilt(tmp_path, MARK + MARK, *known)
    assert asked == [(0, 0), (1, 0), (0, 31), (1, 31)]


def test_a_blob_comes_from_the_first_that_has_it_whole(store: Store) -> None:
    damaged = memory_store()
    pack_of(damaged, RAW)
    spoil(damaged, media(RAW))
    known = [knows(memory_store()), knows(damaged), knows(store)]
    assert b"".join(map(bytes, stream_first(known, media(RAW)))) == RAW
    with pytest.raises(DamagedBlob):
        list(stream_first(known[:2], media(RAW)))
    with pytest.raises(MissingBlob):
        list(stream_first(known[:1], media(RAW)))


def test_what_nobody_knows_is_open_or_text() -> None:
    assert all_open(0, b"") is Verdict.OPEN
    for verdict in Verdict:
        expected = verdict if verdict.claimed else Verdict.TEXT
        assert owned(always(verdict))(0, b"") is expected


def test_a_tally_remembers_many_in_little_room() -> None:
    tally = RebuildTally()
    for number in range(3):
        tally.leave(number << 40, bytes((number,)) * 20)
    assert list(tally.places) == [(n << 40, bytes((n,)) * 20) for n in range(3)]

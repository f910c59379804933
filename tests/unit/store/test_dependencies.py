"""Records that need others of their pack: found, told, and kept together."""

from collections.abc import Iterable

import pytest

from assetstore.errors import DamagedBlob
from assetstore.store.backends.base import put
from assetstore.store.backends.memory import MemoryBackend
from assetstore.store.codecs.dependent import PREFIX
from assetstore.store.codecs.whole import DictionaryCodec
from assetstore.store.dependencies import Dependencies, closure, cut_off, needs
from assetstore.store.format.blob import BlobId, Kind, new_name
from assetstore.store.format.index import Entry
from assetstore.store.format.pack import RECORD, Record, pack_key
from support.blobs import CODED, KNOWN, coded_pack, media
from support.shelf import filler

NAME = "01hf7yat00000000000000test"
DATA, ENTRIES = coded_pack(NAME)
FIRST, SECOND, THIRD = ENTRIES
PREFIXED = media(KNOWN)[:PREFIX]


def backend(data: bytes = DATA) -> MemoryBackend:
    found = MemoryBackend()
    put(found, pack_key(NAME), [data])
    return found


def related(
    found: Iterable[Entry], data: bytes = DATA, walked: Iterable[Entry] = ()
) -> Dependencies:
    return Dependencies(NAME, lambda prefix: found, filler(data), lambda: walked)


def test_a_record_is_found_by_how_its_id_begins() -> None:
    codec, fill, stored, raw = related(ENTRIES)(PREFIXED)
    assert (codec, stored, raw) == (0, len(KNOWN), len(KNOWN))
    view = memoryview(bytearray(9))
    assert fill(3, view) == 9
    assert bytes(view) == KNOWN[3:12]


def test_what_the_index_lacks_is_found_by_the_headers() -> None:
    assert related([], walked=ENTRIES)(PREFIXED)[2] == len(KNOWN)


def test_a_record_of_another_pack_is_none() -> None:
    elsewhere = Entry(record=FIRST.record, pack=new_name(), offset=FIRST.offset)
    with pytest.raises(DamagedBlob, match="its pack lacks"):
        related([elsewhere])(PREFIXED)


def test_two_blobs_that_begin_alike_are_damage_and_two_copies_are_not() -> None:
    alike = Record(
        kind=Kind.MEDIA, id=BlobId(PREFIXED + bytes(24)), codec=0, raw=1, stored=1
    )
    other = Entry(record=alike, pack=NAME, offset=16)
    with pytest.raises(DamagedBlob, match="two blobs"):
        related([FIRST, other])(PREFIXED)
    copy = Entry(record=FIRST.record, pack=NAME, offset=999)
    assert related([FIRST, copy])(PREFIXED)[2] == len(KNOWN)


def test_a_header_that_is_damaged_or_elsewhere_is_damage() -> None:
    at = FIRST.offset + 9
    flipped = DATA[:at] + bytes((DATA[at] ^ 1,)) + DATA[at + 1 :]
    with pytest.raises(DamagedBlob, match="header is damaged"):
        related(ENTRIES, flipped)(PREFIXED)
    with pytest.raises(DamagedBlob, match="cut short"):
        related(ENTRIES, DATA[: FIRST.offset + 9])(PREFIXED)
    moved = Entry(record=FIRST.record, pack=NAME, offset=THIRD.offset)
    with pytest.raises(DamagedBlob, match="elsewhere"):
        related([moved])(PREFIXED)


def test_a_decoder_finds_what_it_needs() -> None:
    start = SECOND.offset + RECORD.size
    stored = DATA[start : start + SECOND.record.stored]
    found = DictionaryCodec().whole(stored, len(CODED), related(ENTRIES))
    assert found == CODED


def test_needs_are_read_where_a_codec_may_have_some() -> None:
    assert needs(backend(), SECOND) == [PREFIXED]
    assert needs(MemoryBackend(), FIRST) == [], "raw records need none"
    with pytest.raises(FileNotFoundError):
        needs(MemoryBackend(), SECOND)
    at = SECOND.offset + RECORD.size
    with pytest.raises(DamagedBlob):
        needs(backend(DATA[:at] + b"\x09" + DATA[at + 1 :]), SECOND)


def test_what_needs_a_damaged_header_is_cut_off() -> None:
    assert list(cut_off(backend(), ENTRIES, {FIRST.offset})) == [(SECOND, PREFIXED)]
    assert list(cut_off(backend(), ENTRIES, {THIRD.offset})) == []
    assert list(cut_off(backend(), ENTRIES, {FIRST.offset, SECOND.offset})) == []
    assert list(cut_off(MemoryBackend(), ENTRIES, {FIRST.offset})) == []


def test_what_is_wanted_comes_with_what_it_needs_in_order() -> None:
    def only(*ids: BlobId) -> list[Entry]:
        return closure(backend(), ENTRIES, lambda entry: entry.record.id in ids)

    assert only(SECOND.record.id) == [FIRST, SECOND]
    assert only(FIRST.record.id) == [FIRST]
    assert only(THIRD.record.id, SECOND.record.id) == ENTRIES
    assert only() == []
    with pytest.raises(FileNotFoundError):
        closure(MemoryBackend(), ENTRIES, lambda entry: True)

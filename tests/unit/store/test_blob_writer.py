"""One blob into a session: small ones wait, large ones get a pack of their own."""

import pytest

from assetstore.store.blob_writer import BlobWriter, is_compressed
from assetstore.store.format.blob import BlobId, Kind, blob_id
from assetstore.store.format.pack import LARGE
from assetstore.store.session import Pack, Session
from support.blobs import media
from support.samples import picture
from support.stores import memory_store

TEXT = b"the same again and again " * 200
PIECE = bytes(range(256)) * 4096


def written(
    session: Session, *pieces: bytes, kind: Kind = Kind.MEDIA
) -> BlobWriter[Pack]:
    writer = session.writer(kind)
    for piece in pieces:
        writer.write(piece)
    return writer


@pytest.mark.parametrize(
    ("head", "expected"),
    [
        (picture(4, 4, 1), True),
        (picture(4, 4, 1, "JPEG"), True),
        (picture(4, 4, 1, "GIF"), True),
        (b"RIFF\0\0\0\0WEBPVP8L", True),
        (b"wOF2", True),
        (b"PK\3\4", True),
        (b"<svg>", False),
        (b"RIFF\0\0\0\0WAVE", False),
        (b"", False),
    ],
)
def test_what_is_compressed_is_known_by_its_beginning(
    head: bytes, expected: bool
) -> None:
    assert is_compressed(head) == expected


@pytest.mark.parametrize(
    ("raw", "kind", "codec"),
    [
        (TEXT, Kind.MEDIA, 1),
        (TEXT, Kind.RECIPE, 0),
        (b"", Kind.MEDIA, 0),
        (picture(40, 40, 1), Kind.MEDIA, 0),
        (b"\x89PNG" + TEXT, Kind.MEDIA, 0),
        (b"short", Kind.MEDIA, 0),
    ],
)
def test_a_codec_is_chosen_by_the_beginning(raw: bytes, kind: Kind, codec: int) -> None:
    with memory_store().session() as session:
        id, size, new = written(session, raw, kind=kind).finish()
        assert (id, size, new) == (blob_id(kind, raw), len(raw), True)
        record = session.info(kind, id)
        assert record is not None
        assert (record.codec, record.raw) == (codec, len(raw))
        assert session.read(kind, id) == raw


def test_the_beginning_may_come_in_small_pieces() -> None:
    with memory_store().session() as session:
        pieces = [TEXT[at : at + 10] for at in range(0, len(TEXT), 10)]
        id, _, _ = written(session, *pieces).finish()
        record = session.info(Kind.MEDIA, id)
        assert record is not None
        assert record.codec == 1
        assert session.read(Kind.MEDIA, id) == TEXT


def test_a_large_blob_has_a_pack_of_its_own_while_it_comes() -> None:
    store = memory_store()
    with store.session() as session:
        written(session, b"small").finish()
        count = LARGE // len(PIECE)
        writer = written(session, *[PIECE] * count)
        assert [len(pack.entries) for pack in session._packs] == [1, 0]
        assert not writer._held, "what is written is not held"
        writer.write(b"the end")
        id, size, new = writer.finish()
        assert (size, new) == (count * len(PIECE) + 7, True)
        written(session, b"small as well").finish()
        session.commit()
    (entry,) = store.copies(id)
    assert sorted(len(list(store.entries(name))) for name in store.packs()) == [1, 2]
    assert entry.record.stored < size
    store.read_through(entry)
    end = b"".join(bytes(piece[-7:]) for piece in store.stream(Kind.MEDIA, id))
    assert end.endswith(b"the end")


def test_a_blob_that_is_not_lacking_leaves_nothing() -> None:
    store = memory_store()
    asked: list[BlobId] = []
    with store.session() as session:

        def lacks(id: BlobId) -> bool:
            asked.append(id)
            return False

        for pieces in ([b"small"], [PIECE] * (LARGE // len(PIECE))):
            writer = BlobWriter(session, Kind.MEDIA, lacks)
            for piece in pieces:
                writer.write(piece)
            id, _, new = writer.finish()
            assert (id, new) == (media(b"".join(pieces)), False)
        assert session.pending == 0
        assert not any(pack.entries for pack in session._packs)
        session.commit()
    assert len(asked) == 2
    assert not store.packs()


@pytest.mark.parametrize("count", [1, LARGE // len(PIECE)])
def test_a_blob_that_is_given_up_leaves_nothing(count: int) -> None:
    store = memory_store()
    with store.session() as session:
        writer = written(session, *[PIECE] * count)
        writer.abort()
        writer.abort()
        session.commit()
    assert not store.packs()

"""What takes blobs takes them all in one way."""

import pytest

from assetstore.archiver.dry_run import Discard, DryRun
from assetstore.store.format.blob import Kind, blob_id
from assetstore.store.repair.lost_blobs import Search
from assetstore.store.sink import BlobSink, Sink, put_whole
from support.blobs import media
from support.signatures import can_be_called
from support.stores import memory_store

RAW = b"a picture"
SINKS = ["session", "search", "dry run", "discard"]


@pytest.fixture(params=SINKS)
def sink(request: pytest.FixtureRequest) -> Sink:
    store = memory_store()
    found: dict[str, Sink] = {
        "session": store.session(),
        "search": Search(store.session(), {media(RAW)}),
        "dry run": DryRun(store),
        "discard": Discard(),
    }
    return found[request.param]


def test_it_can_be_called_as_a_sink_is(sink: Sink) -> None:
    assert can_be_called(Sink, sink)
    assert can_be_called(BlobSink, sink.writer(Kind.MEDIA))


@pytest.mark.parametrize("kind", Kind)
def test_a_blob_has_its_id_however_it_comes(sink: Sink, kind: Kind) -> None:
    assert sink.put(kind, RAW)[0] == blob_id(kind, RAW)
    assert put_whole(sink, kind, RAW)[0] == blob_id(kind, RAW)
    writer = sink.writer(kind)
    for piece in (RAW[:4], b"", RAW[4:]):
        writer.write(piece)
    id, size, _ = writer.finish()
    assert (id, size) == (blob_id(kind, RAW), len(RAW))


def test_what_can_be_read_back_is(sink: Sink) -> None:
    id, new = put_whole(sink, Kind.MEDIA, RAW)
    assert new
    if not sink.forgets(id):
        assert b"".join(map(bytes, sink.stream(Kind.MEDIA, id))) == RAW


def test_a_blob_that_is_given_up_is_as_if_it_never_came(sink: Sink) -> None:
    writer = sink.writer(Kind.MEDIA)
    writer.write(RAW)
    writer.abort()
    assert put_whole(sink, Kind.MEDIA, RAW) == (media(RAW), True)

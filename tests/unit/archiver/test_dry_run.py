"""A dry run answers as a session would, and writes nothing."""

from assetstore.archiver.dry_run import Discard, DryRun
from assetstore.store.backends.base import put
from assetstore.store.backends.memory import MemoryBackend
from assetstore.store.format.blob import Kind, blob_id
from assetstore.store.store import Store
from support.stores import memory_store

RAW = b"a picture, say" * 100


def contents(store: Store) -> dict[str, bytes]:
    assert isinstance(store.backend, MemoryBackend)
    return dict(store.backend.objects)


def test_what_a_session_would_write_is_counted_once() -> None:
    store = memory_store()
    before = contents(store)
    run = DryRun(store)
    assert run.put(Kind.MEDIA, RAW) == (blob_id(Kind.MEDIA, RAW), True)
    grown = run.new_bytes
    with memory_store().session() as session:
        session.put(Kind.MEDIA, RAW)
        assert grown == session.new_bytes > 0
    assert run.put(Kind.MEDIA, RAW) == (blob_id(Kind.MEDIA, RAW), False)
    assert run.new_bytes == grown
    assert run.has(blob_id(Kind.MEDIA, RAW))
    run.commit()
    assert contents(store) == before


def test_what_the_store_has_is_nothing_new() -> None:
    store = memory_store()
    with store.session() as session:
        session.put(Kind.MEDIA, RAW)
        session.commit()
    run = DryRun(store)
    writer = run.writer(Kind.MEDIA)
    writer.write(RAW[:50])
    writer.write(RAW[50:])
    assert writer.finish() == (blob_id(Kind.MEDIA, RAW), len(RAW), False)
    assert run.new_bytes == 0
    assert b"".join(map(bytes, run.stream(Kind.MEDIA, blob_id(Kind.MEDIA, RAW)))) == RAW


def test_what_was_purged_would_not_be_written() -> None:
    store = memory_store()
    id = blob_id(Kind.MEDIA, RAW)
    put(store.backend, f"purged/{id.hex()}", [])
    run = DryRun(store)
    assert run.refuses(id)
    assert run.put(Kind.MEDIA, RAW) == (id, False)
    assert run.new_bytes == 0


def test_a_look_names_blobs_as_a_store_does() -> None:
    sink = Discard()
    assert sink.put(Kind.RECIPE, RAW)[0] == blob_id(Kind.RECIPE, RAW)
    writer = sink.writer(Kind.MEDIA)
    writer.write(RAW)
    assert writer.finish()[:2] == (blob_id(Kind.MEDIA, RAW), len(RAW))
    assert sink.forgets(blob_id(Kind.MEDIA, RAW))

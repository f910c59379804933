"""A picture, and its verbs."""

import io

import PIL.Image
import pytest

import assetstore
from assetstore.errors import DamagedBlob, PurgedBlob
from assetstore.store.format.blob import BlobId
from assetstore.store.format.pack import RECORD
from support.page import PNG, Dribble


def test_a_blob(store: assetstore.Store) -> None:
    store.archive(["page.html"])
    blobs = {blob.type: blob for blob in store.blobs()}
    assert list(blobs) == [
        blob.type for blob in sorted(blobs.values(), key=lambda b: b.hash)
    ]
    png = blobs["image/png"]
    assert (png.size, png.copies) == (len(PNG), 1)
    assert 0 < png.stored_size <= len(PNG) + 64
    assert png.read() == PNG
    with png.open() as file, PIL.Image.open(file) as image:
        assert image.size == (20, 20)
    target = io.BytesIO()
    assert png.write_to(target) == len(PNG)
    assert target.getvalue() == PNG
    dribble = Dribble()
    assert png.write_to(dribble) == len(PNG)
    assert dribble.taken == PNG
    with pytest.raises(TypeError, match="binary file object"):
        png.write_to(io.StringIO())  # type: ignore[arg-type]
    assert "_store" not in repr(png)


def test_what_was_purged_is_still_named(store: assetstore.Store) -> None:
    store.archive(["page.html", "session.jsonl"])
    png, jpeg = store.document("page.html").images()
    report = store.purge(["page.html"], dry_run=True)
    assert [picture.blob for picture in report.pictures] == [jpeg.hash]
    assert any(png.hash in note and "session.jsonl" in note for note in report.notes)
    store.purge([png.hash])
    with pytest.raises(PurgedBlob):
        store.get(png.hash)
    gone, _ = sorted(store.document("page.html").images(), key=lambda b: b.copies)
    assert (gone.hash, gone.size, gone.type) == (png.hash, 0, "")
    with pytest.raises(PurgedBlob):
        gone.read()


def damage(store: assetstore.Store) -> None:
    """Turn a bit at the end of each picture's record."""
    assert store.root is not None
    for blob in store.blobs():
        (copy,) = store.copies(BlobId(bytes.fromhex(blob.hash)))
        (pack,) = store.root.glob(f"packs/**/{copy.pack}")
        data = bytearray(pack.read_bytes())
        end = copy.offset + RECORD.size + copy.record.stored
        data[end - 5] ^= 1
        pack.chmod(0o600)
        pack.write_bytes(data)


def test_nothing_is_written_of_one_that_is_damaged(store: assetstore.Store) -> None:
    store.archive(["page.html"])
    damage(store)
    for blob in store.blobs():
        target = io.BytesIO()
        with pytest.raises(DamagedBlob):
            blob.write_to(target)
        assert target.getvalue() == b""
        with pytest.raises(DamagedBlob):
            blob.open()


def test_two_of_one_hash_are_one(store: assetstore.Store) -> None:
    store.archive(["page.html"])
    (first, second) = store.blobs()
    assert first == store.get(first.hash)
    assert first != second
    assert len({first, second, store.get(first.hash)}) == 2

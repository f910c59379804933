"""What a file holds goes into a store, and is compared with what would come back."""

from pathlib import Path

import pytest

from assetstore.agents.kept import writing
from assetstore.agents.kept.writing import KeepingSession, Written, write_file
from assetstore.documents.rebuild import rebuild
from assetstore.errors import PurgedBlob, SourceChanged, VerifyMismatch
from assetstore.files.source import Source
from assetstore.store.format.blob import BlobId, Kind, blob_id
from assetstore.store.purge.purge import purge
from assetstore.store.store import Store
from support.claude_records import image, text, user
from support.purged import check_gone, files
from support.samples import lines, picture
from support.stores import folder_store, memory_store


def log(*seeds: int, words: str = "") -> bytes:
    shots = [image(picture(60, 40, seed)) for seed in seeds]
    return lines(user(None, "a", [text(f"Look {words}"), *shots]))


def write(store: Store, path: Path, folder: Path, **settings: object) -> Written:
    with store.session() as session, Source.open(path) as source:
        to = KeepingSession(session)
        done = write_file(to, source, path, folder, **settings)  # type: ignore[arg-type]
        to.commit()
    return done


@pytest.fixture
def path(tmp_path: Path) -> Path:
    path = tmp_path / "log.jsonl"
    path.write_bytes(log(1, 2, 1))
    return path


def test_pictures_are_blobs_and_the_rest_is_text(path: Path, tmp_path: Path) -> None:
    store = memory_store()
    done = write(store, path, tmp_path)
    assert store.holds(blob_id(Kind.MEDIA, picture(60, 40, 1)))
    assert done.text.changed
    assert (done.text.size, done.text.purged) == (path.stat().st_size, 0)
    assert done.text.slim_size < 1500
    assert {kind for kind, _ in done.refs} == {Kind.MEDIA, Kind.RECIPE}
    assert all(store.holds(id) for _, id in done.refs)


def test_what_is_no_log_is_one_blob(path: Path, tmp_path: Path) -> None:
    store = memory_store()
    shot = tmp_path / "1.png"
    shot.write_bytes(picture(60, 40, 1))
    write(store, path, tmp_path)
    with store.session() as session, Source.open(shot) as source:
        done = write_file(KeepingSession(session), source, shot, tmp_path)
        assert session.has(blob_id(Kind.MEDIA, picture(60, 40, 1)))
        assert session.pending == 1  # its recipe: the picture is there already
    assert not done.text.changed


def test_the_texts_that_it_begins_with_are_told(path: Path, tmp_path: Path) -> None:
    store = memory_store()
    one = write(store, path, tmp_path).text
    path.write_bytes(path.read_bytes() + log(3))
    done = write(store, path, tmp_path, earlier=[one])
    assert done.covers == (one,)
    path.write_bytes(log(4) * 3)
    assert write(store, path, tmp_path, earlier=[one, done.text]).covers == ()
    path.write_bytes(b"")
    assert write(store, path, tmp_path, earlier=[one]).covers == ()


def test_a_purged_picture_does_not_come_again(path: Path, tmp_path: Path) -> None:
    gone = picture(60, 40, 1)
    with folder_store(tmp_path) as store:
        write(store, path, tmp_path)
        purge(store, [blob_id(Kind.MEDIA, gone)])
        path.write_bytes(path.read_bytes() + log(1, 5))
        done = write(store, path, tmp_path)
        assert done.text.purged == 3
        assert done.text.size < path.stat().st_size
        check_gone(store, gone, files(store.root or tmp_path))


def test_purged_words_do_not_come_again(tmp_path: Path) -> None:
    path = tmp_path / "log.jsonl"
    path.write_bytes(log(words="of mine"))
    with folder_store(tmp_path) as store:
        done = write(store, path, tmp_path)
        (words,) = (id for kind, id in done.refs if kind is Kind.MEDIA)
        purge(store, [BlobId(words)])
        with pytest.raises(PurgedBlob, match="its words were purged"):
            write(store, path, tmp_path)


@pytest.mark.parametrize("writes", [False, True])
def test_what_differs_is_not_kept(
    path: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, writes: bool
) -> None:
    def wrong(*words: object, **settings: object) -> object:
        if writes:
            path.write_bytes(b"x" + path.read_bytes()[1:])
        yield from rebuild(*words, **settings)  # type: ignore[arg-type]
        yield b"" if writes else b"more"

    monkeypatch.setattr(writing, "rebuild", wrong)
    with pytest.raises(SourceChanged if writes else VerifyMismatch):
        write(memory_store(), path, tmp_path)

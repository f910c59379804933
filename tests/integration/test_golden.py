"""What earlier versions wrote is still read, and still written."""

import io
import json
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from blake3 import blake3

from assetstore.agents.kept.bring_back import bring_back
from assetstore.agents.kept.listing import kept_thread, list_threads
from assetstore.archiver.run import ArchiveOptions, archive_stream
from assetstore.documents.upkeep import collect
from assetstore.restore.run import RestoreOptions, restore_stream
from assetstore.store.check.verify import verify
from assetstore.store.repair.index import rebuild_index
from assetstore.store.store import Store
from support.homes import SESSION
from support.samples import every_sample
from support.stores import archived, memory_store, restored

FIXTURES = Path(__file__).parents[2] / "fixtures"
NAMES = sorted(p.name for p in (FIXTURES / "documents").iterdir())


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    """A copy of the golden store: to open one makes folders in it."""
    shutil.copytree(FIXTURES / "stores" / "format-1", tmp_path / "store")
    with Store.open(
        tmp_path / "store", cache_dir=tmp_path / "cache", state_dir=tmp_path / "state"
    ) as opened:
        yield opened


@pytest.fixture
def quoting(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Store]:
    """A copy of a golden store of documents that quote placeholders."""
    shutil.copytree(FIXTURES / "stores" / request.param, tmp_path / "store")
    with Store.open(
        tmp_path / "store", cache_dir=tmp_path / "cache", state_dir=tmp_path / "state"
    ) as opened:
        yield opened


def document(name: str) -> bytes:
    return (FIXTURES / "documents" / name).read_bytes()


def archived_form(name: str) -> bytes:
    return (FIXTURES / "archived" / name).read_bytes()


def first_form(name: str) -> bytes:
    """What the version made of a document that wrote the golden store."""
    earlier = FIXTURES / "lists" / name
    return earlier.read_bytes() if earlier.exists() else archived_form(name)


def test_there_is_one_of_each() -> None:
    assert set(NAMES) == set(every_sample())


@pytest.mark.parametrize("name", NAMES)
def test_the_archived_form_is_what_it_was(name: str) -> None:
    slim, _ = archived(
        memory_store(), document(name), ArchiveOptions(min_size=0, media="any")
    )
    assert slim == archived_form(name)


def test_the_golden_store_restores_all(store: Store) -> None:
    for name in NAMES:
        assert restored(store, first_form(name)) == document(name)


def test_lists_of_pictures_held_placeholders_once(store: Store) -> None:
    """Where Codex would have sent them again."""
    name = "rollout.jsonl"
    assert b'"images":["as1:' in first_form(name)
    assert b'"images":["as1:' not in archived_form(name)
    assert archived(store, document(name))[0] == archived_form(name)
    assert restored(store, archived_form(name)) == document(name)


def test_nothing_new_is_stored_of_what_it_holds(store: Store) -> None:
    for name in NAMES:
        with (FIXTURES / "documents" / name).open("rb") as source:
            options = ArchiveOptions(min_size=0, media="any")
            result = archive_stream(store, source, io.BytesIO(), options)
        assert result.new_blobs == 0
        # Recipes say what stands around a placeholder, and that is another in one.
        assert (result.stored > 0) == (first_form(name) != archived_form(name))


def test_it_is_whole_and_gc_takes_nothing(store: Store) -> None:
    assert verify(store, read_data=True).findings == ()
    report = collect(store, grace=0)
    assert (report.freed, report.live.blobs) == (0, report.live.blobs)
    assert report.live.blobs > 40
    assert report.dropped.blobs == report.rewritten.blobs == 0


def test_its_index_can_be_lost(store: Store) -> None:
    assert store.root is not None
    shutil.rmtree(store.root / "index")
    rebuild_index(store)
    for name in NAMES:
        target = io.BytesIO()
        options = RestoreOptions()
        restore_stream(store, io.BytesIO(first_form(name)), target, options)
        assert target.getvalue() == document(name)


@pytest.mark.parametrize("name", ["log", "note"])
@pytest.mark.parametrize("quoting", ["escaped-1"], indirect=True)
def test_text_that_was_escaped_comes_back(quoting: Store, name: str) -> None:
    """By an earlier version: placeholders stand for what looked like one."""
    slim = (FIXTURES / "escaped" / f"{name}.archived").read_bytes()
    assert restored(quoting, slim) == (
        (FIXTURES / "escaped" / f"{name}.whole").read_bytes()
    )
    assert archived(quoting, slim)[0] == slim
    assert collect(quoting, grace=0).freed == 0
    assert verify(quoting, read_data=True).findings == ()


@pytest.mark.parametrize("quoting", ["notes-1"], indirect=True)
def test_what_is_noted_stays(quoting: Store) -> None:
    slim = (FIXTURES / "notes" / "log.archived").read_bytes()
    whole = (FIXTURES / "notes" / "log.whole").read_bytes()
    assert restored(quoting, slim) == whole
    assert restored(quoting, slim, RestoreOptions(quoted=True)) != whole
    note = (FIXTURES / "notes" / "note.archived").read_bytes()
    whole = (FIXTURES / "notes" / "note.whole").read_bytes()
    assert restored(quoting, note, RestoreOptions(as_archived=True)) == whole
    assert restored(quoting, note).count(b"data:") == whole.count(b"data:") + 1
    assert collect(quoting, grace=0).freed == 0
    assert verify(quoting, read_data=True).findings == ()
    config = json.loads((FIXTURES / "stores" / "notes-1" / "config").read_bytes())
    assert config["features"]["read"] == ["notes"]


def test_a_kept_thread_of_the_first_version_comes_back(tmp_path: Path) -> None:
    """As it was last, half a log, and as that was before something cut it off."""
    shutil.copytree(FIXTURES / "stores" / "thread-1", tmp_path / "store")
    with Store.open(
        tmp_path / "store", cache_dir=tmp_path / "cache", state_dir=tmp_path / "state"
    ) as store:
        assert not verify(store, read_data=True).findings
        (info,) = list_threads(store)
        assert (info.thread, info.client, info.earlier) == (SESSION, "claude-code", 1)
        manifest = kept_thread(store, SESSION)
        logs: list[bytes] = []
        for earlier in (0, 1):
            home = tmp_path / str(earlier)
            assert bring_back(store, manifest, home, earlier=earlier).files == 2
            logs += [path.read_bytes() for path in home.rglob("*.jsonl")]
            (out,) = home.rglob("out.txt")
            assert out.read_bytes() == b"\0 a tool's output\n" * 99
    half, whole = logs
    assert half == whole[: len(whole) // 2] + b"\n"
    assert blake3(whole).hexdigest(8) == "784e0e963f4d5c33"

"""Threads are kept whole, what is new of them only, and safely beside a collection."""

import random
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from assetstore.agents.kept.card import card_of
from assetstore.agents.kept.groups import threads_in
from assetstore.agents.kept.keeper import Keeper
from assetstore.archiver.run import archive_paths
from assetstore.documents.upkeep import collect
from assetstore.errors import LockedError, PurgedBlob, SourceRefused, StoreWriteError
from assetstore.store.check.verify import verify
from assetstore.store.format.blob import BlobId, Kind, blob_id
from assetstore.store.manifests import ManifestStore
from assetstore.store.purge.purge import purge
from assetstore.store.session import Session
from assetstore.store.store import Store
from support.clients import make_opencode
from support.cut_off import Killed
from support.homes import claude_home, claude_session, codex_home
from support.kept import back, claude_thread, files, group, keep, kept
from support.samples import lines, picture
from support.stores import folder_store, memory_store


def words(size: int, seed: int = 1) -> bytes:
    """Lines of a log that no codec makes much smaller."""
    dice = random.Random(seed)
    return lines(*({"x": dice.randbytes(500).hex()} for _ in range(size // 1009)))


def test_what_is_new_of_a_long_log_alone_is_stored(tmp_path: Path) -> None:
    store = memory_store()
    log = tmp_path / "log.jsonl"
    log.write_bytes(words(12_000_000))
    first = keep(store, log)
    assert first.kept
    assert first.stored < 0.6 * first.size
    assert not keep(store, log).kept
    with log.open("ab") as file:
        file.write(words(1_000_000, 2))
    grown = keep(store, log)
    assert grown.kept
    assert grown.stored < 1_500_000
    assert back(store, tmp_path / "there").size == log.stat().st_size
    assert (tmp_path / "there" / "log.jsonl").read_bytes() == log.read_bytes()


def test_a_picture_is_there_once_wherever_it_is(tmp_path: Path) -> None:
    store = memory_store()
    log = claude_home(tmp_path)
    beside = log.with_suffix("") / "tool-results" / "1.png"
    beside.parent.mkdir(parents=True)
    beside.write_bytes(picture(60, 40, 100))
    archive_paths(store, [codex_home(tmp_path)])
    keep(store, log)
    assert len(store.copies(blob_id(Kind.MEDIA, picture(60, 40, 100)))) == 1
    report = verify(store, read_data=True)
    assert not report.findings
    assert not collect(store, grace=0).freed


def test_what_a_client_deleted_of_a_thread_is_still_kept(tmp_path: Path) -> None:
    store = memory_store()
    log = claude_thread(tmp_path)
    before = files(tmp_path / ".claude")
    keep(store, log)
    (log.with_suffix("") / "subagents" / "agent-a1.jsonl").unlink()
    log.write_bytes(log.read_bytes() + claude_session(1))
    keep(store, log)
    log.unlink()
    rest = next(p for p in (tmp_path / ".claude").rglob("*.txt"))
    rest.write_bytes(b"other")
    assert keep(store, rest).files == len(before)
    assert not keep(store, rest).kept
    assert card_of(store, kept(store)).files[0].place.endswith(log.name)
    collect(store, grace=0)
    back(store, tmp_path / "there")
    now = files(tmp_path / "there")
    assert now.keys() == before.keys()
    agent = next(name for name in now if "agent-a1" in name)
    assert now[agent] == before[agent]


def test_a_log_that_something_wrote_anew_is_kept_as_it_was_too(tmp_path: Path) -> None:
    store = memory_store()
    log = claude_home(tmp_path)
    old = log.read_bytes()
    keep(store, log)
    log.write_bytes(old[: len(old) // 2])  # in the middle of a picture
    keep(store, log)
    collect(store, grace=0)
    (file,) = card_of(store, kept(store)).files
    assert len(file.before) == 1
    assert back(store, tmp_path / "there", earlier=1).size == len(old)
    assert (tmp_path / "there" / file.place).read_bytes() == old
    log.write_bytes(old)  # and as it was again: that is nothing earlier
    keep(store, log)
    (file,) = card_of(store, kept(store)).files
    assert [text.size for text in file.before] == []


def test_an_archive_of_a_log_changes_only_where_its_pictures_are(
    tmp_path: Path,
) -> None:
    store = memory_store()
    log = claude_home(tmp_path)
    keep(store, log)
    archive_paths(store, [log])
    slim = log.read_bytes()
    again = keep(store, log)
    assert again.kept
    assert again.stored < 6000
    (file,) = card_of(store, kept(store)).files
    assert not file.before
    back(store, tmp_path / "there")
    assert (tmp_path / "there" / file.place).read_bytes() == slim


def test_a_document_is_not_kept_as_it_was_before_each_change(tmp_path: Path) -> None:
    store = memory_store()
    chat = tmp_path / "chat.json"
    for size in (10, 20, 15):
        chat.write_text('{"x": "' + "y" * size + '"}')
        keep(store, chat)
    (file,) = card_of(store, kept(store)).files
    assert [text.size for text in file.before] == [29]


KILLS: list[tuple[type, str]] = [
    (Session, "commit"),
    (ManifestStore, "put_manifests"),
    (Session, "absent"),
]


@pytest.mark.parametrize("after", [False, True], ids=["before", "after"])
@pytest.mark.parametrize(("owner", "step"), KILLS, ids=[step for _, step in KILLS])
def test_killed_at_any_step_what_was_kept_stays(
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    owner: type,
    step: str,
    after: bool,
) -> None:
    with folder_store(tmp_path) as store:
        log = claude_thread(tmp_path)
        keep(store, log)
        old = log.read_bytes()
        log.write_bytes(old + claude_session(1))
        with monkeypatch.context() as change:
            change.setattr(owner, step, killing(getattr(owner, step), after=after))
            with pytest.raises(Killed):
                keep(store, log)
    with folder_store(tmp_path) as store:
        collect(store, grace=0)
        back(store, tmp_path / "there")
        came = tmp_path / "there" / card_of(store, kept(store)).files[0].place
        assert log.read_bytes().startswith(came.read_bytes())
        assert len(came.read_bytes()) >= len(old)
        keep(store, log)
        collect(store, grace=0)
        assert not verify(store, read_data=True).findings
        back(store, tmp_path / "again")
        assert files(tmp_path / "again") == files(tmp_path / ".claude")


def killing(function: Callable[..., Any], *, after: bool) -> Callable[..., Any]:
    def wrapper(*words: Any, **settings: Any) -> Any:
        if after:
            function(*words, **settings)
        raise Killed

    return wrapper


def test_a_collection_just_before_the_manifest_takes_nothing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    real = ManifestStore.put_manifests
    left = [1]

    def collecting(store: Store, manifests: Any) -> None:
        if left[0]:
            left[0] -= 1
            collect(store, grace=0)
        real(store, manifests)

    with folder_store(tmp_path) as store:
        log = claude_thread(tmp_path)
        with monkeypatch.context() as change:
            change.setattr(ManifestStore, "put_manifests", collecting)
            keep(store, log)
        assert not left[0]
        assert not verify(store, read_data=True).findings
        back(store, tmp_path / "there")
        assert files(tmp_path / "there") == files(tmp_path / ".claude")


def test_a_store_that_loses_everything_is_an_error(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(Session, "absent", lambda session, refs: list(refs))
    with pytest.raises(StoreWriteError, match="loses what is written"):
        keep(memory_store(), claude_thread(tmp_path))


def test_what_the_store_lost_is_kept_anew(tmp_path: Path) -> None:
    store = memory_store()
    log = claude_thread(tmp_path)
    keep(store, log)
    for key, _ in list(store.backend.list("packs/")):
        store.backend.delete(key)
    for key, _ in list(store.backend.list("index/")):
        store.backend.delete(key)
    store.renew()
    store.refresh()
    assert keep(store, log).kept
    assert not verify(store, read_data=True).findings


def test_a_thread_whose_words_were_purged_is_not_kept_until_it_is_forgotten(
    tmp_path: Path,
) -> None:
    with folder_store(tmp_path) as store:
        log = claude_thread(tmp_path)
        keep(store, log)
        mine = kept(store)
        purge(store, [BlobId(id) for kind, id in mine.refs if kind is Kind.MEDIA])
        log.write_bytes(log.read_bytes() + words(100_000))
        with pytest.raises(PurgedBlob) as purged:
            keep(store, log)
        assert "threads forget" in str(purged.value.hint)
        assert Keeper(store).news([group(log)]) == 0


def test_one_that_is_being_kept_is_told_and_the_others_are_kept(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("assetstore.agents.kept.keeper._WAIT", 0.0)
    with folder_store(tmp_path) as store, folder_store(tmp_path) as other:
        logs = [tmp_path / f"{n}.jsonl" for n in range(3)]
        for log in logs:
            log.write_bytes(words(3000))
        busy = group(logs[1])
        assert Keeper(store).news(map(group, logs)) == 3
        with other.doc_lock(Path(busy.document)):
            done = list(Keeper(store).keep(map(group, logs)))
        assert {d.path for d in done if d.kept} == {logs[0], logs[2]}
        assert [type(d.error) for d in done if d.error] == [LockedError]
        first = group(logs[0])
        logs[0].unlink()
        done = list(Keeper(store).keep([first, group(logs[1]), group(logs[2])]))
        assert {d.path: (d.kept, type(d.error)) for d in done} == {
            logs[0]: (False, FileNotFoundError),
            logs[1]: (True, type(None)),
            logs[2]: (False, type(None)),
        }


def test_a_database_is_not_kept_and_ends_no_other(tmp_path: Path) -> None:
    store = memory_store()
    database, log = make_opencode(tmp_path / "opencode.db"), tmp_path / "log.jsonl"
    log.write_bytes(words(2000))
    assert Keeper(store).news(threads_in([database, log])) == 1
    refused, other = Keeper(store).keep(threads_in([database, log]))
    assert isinstance(refused.error, SourceRefused)
    assert "rows are not kept" in str(refused.error)
    assert (refused.kept, other.kept, other.path) == (False, True, log)

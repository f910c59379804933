"""A kept thread comes back in its place, byte for byte."""

import json
import operator
import os
import shutil
import sqlite3
import time
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
import zstandard

from assetstore.agents.kept import bring_back as bringing
from assetstore.agents.kept.card import card_of
from assetstore.archiver.run import archive_paths
from assetstore.documents.catalog import forget
from assetstore.documents.upkeep import collect
from assetstore.errors import IntegrityError, SourceRefused, UsageError
from assetstore.files import windows_names
from assetstore.files.replace import Draft
from assetstore.files.source import Source
from assetstore.restore.run import restore_paths
from assetstore.store.format.blob import BlobId, Kind, blob_id
from assetstore.store.format.manifest import Manifest
from assetstore.store.purge.purge import purge
from assetstore.store.store import Store
from support.cut_off import Killed
from support.homes import (
    claude_home,
    claude_session,
    codex_fork,
    codex_home,
    history,
    rollout,
)
from support.kept import back, claude_thread, files, keep, kept
from support.samples import lines, picture
from support.stores import folder_store, memory_store


@pytest.fixture
def store() -> Store:
    return memory_store()


def test_all_files_come_back_dated_now(store: Store, tmp_path: Path) -> None:
    log = claude_thread(tmp_path)
    before = files(tmp_path / ".claude")
    keep(store, log)
    shutil.rmtree(tmp_path / ".claude")
    collect(store, grace=0)
    done = back(store)
    assert (done.files, done.there, done.path) == (len(before), 0, str(log))
    assert files(tmp_path / ".claude") == before
    assert time.time() - log.stat().st_mtime < 600  # its client deletes what is old
    assert log.stat().st_mode & 0o777 == 0o600
    log.write_bytes(log.read_bytes() + claude_session(1))  # its client went on
    assert back(store).there == len(before)
    assert keep(store, log).kept


def test_what_somebody_else_kept_goes_where_it_is_told(
    store: Store, tmp_path: Path
) -> None:
    """Whoever can write to a store could put files anywhere that have none."""
    log = claude_thread(tmp_path)
    before = files(tmp_path / ".claude")
    keep(store, log)
    shutil.rmtree(tmp_path / ".claude")
    other = replace(kept(store), writer="0" * 16)
    with pytest.raises(SourceRefused, match="another user or machine"):
        bringing.bring_back(store, other)
    assert not (tmp_path / ".claude").exists()
    bringing.bring_back(store, other, tmp_path / ".claude")
    assert files(tmp_path / ".claude") == before


def test_nothing_that_is_there_is_written_over(store: Store, tmp_path: Path) -> None:
    log = claude_thread(tmp_path)
    keep(store, log)
    for data in (b"other", log.read_bytes()[:100]):
        log.write_bytes(data)
        with pytest.raises(SourceRefused, match="exists already"):
            back(store)
        assert log.read_bytes() == data
    log.unlink()
    log.symlink_to(log.with_suffix("") / "tool-results" / "out.txt")
    with pytest.raises(SourceRefused, match="exists already"):
        back(store)


def test_a_place_that_leads_out_of_the_home_is_refused(
    store: Store, tmp_path: Path
) -> None:
    keep(store, claude_home(tmp_path))
    mine = kept(store)
    data = store.read(Kind.MEDIA, BlobId(mine.slim_hash))
    (there := tmp_path / "there").mkdir()
    (there / "link").symlink_to(tmp_path)
    for place in ("../x", "/x", "link/x", ""):
        record = json.loads(data)
        record["files"][0]["place"] = place
        crafted = json.dumps(record).encode()
        with store.session() as session:
            id, _ = session.put(Kind.MEDIA, crafted)
            session.commit()
        bad = Manifest(
            document=mine.document,
            source_size=1,
            slim_size=len(crafted),
            slim_hash=id,
            refs=mine.refs,
        )
        with pytest.raises(SourceRefused, match="leads out of"):
            bringing.bring_back(store, bad, there)


def test_a_place_that_windows_cannot_have_is_refused_there(
    store: Store, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    log = claude_home(tmp_path)
    odd = log.with_name("a:b.jsonl")
    log.rename(odd)
    keep(store, odd)
    odd.unlink()
    monkeypatch.setattr(windows_names, "NEEDED", True)
    with pytest.raises(SourceRefused, match=r"can have no file .*a:b\.jsonl"):
        back(store)
    assert not odd.exists()
    monkeypatch.setattr(windows_names, "NEEDED", False)
    back(store)
    assert odd.exists()


def test_what_its_client_makes_meanwhile_stays(
    store: Store, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    log = claude_home(tmp_path)
    keep(store, log)
    log.unlink()
    real = Draft.write_all

    def write_all(draft: Draft, source: Source) -> None:
        real(draft, source)
        draft.target.write_bytes(b"new\n")

    monkeypatch.setattr(Draft, "write_all", write_all)
    with pytest.raises(SourceRefused, match="exists already"):
        back(store)
    assert log.read_bytes() == b"new\n"


def test_what_was_never_written_anew_has_no_earlier_form(
    store: Store, tmp_path: Path
) -> None:
    log = claude_home(tmp_path)
    keep(store, log)
    log.unlink()
    with pytest.raises(UsageError, match="written anew 1 time: 0 at most"):
        back(store, earlier=1)
    assert not log.exists()


def test_a_packed_form_of_an_earlier_time_is_not_in_the_way(
    store: Store, tmp_path: Path
) -> None:
    """A pack that was killed left it beside its log."""
    log = codex_home(tmp_path)
    keep(store, log)
    packed = log.with_name(f"{log.name}.zst")
    packed.write_bytes(zstandard.compress(log.read_bytes()[:500]))
    assert back(store).there == 1
    assert log.exists()


def _crafted(store: Store, change: Callable[[Any], None]) -> Manifest:
    """The one thread that is kept, as something else made it."""
    mine = kept(store)
    record = json.loads(store.read(Kind.MEDIA, BlobId(mine.slim_hash)))
    change(record)
    data = json.dumps(record).encode()
    with store.session() as session:
        id, _ = session.put(Kind.MEDIA, data)
        session.commit()
    return replace(mine, slim_size=len(data), slim_hash=id)


def test_a_home_of_another_system_is_none_of_this(
    store: Store, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Nothing is written to where the program happens to be started."""
    monkeypatch.chdir(tmp_path)
    keep(store, claude_home(tmp_path / "there"))
    for home in ("", "there", "C:\\Users\\x" if os.sep == "/" else "/home/x"):
        bad = _crafted(store, operator.methodcaller("update", home=home))
        with pytest.raises(SourceRefused, match="no folder of this machine"):
            bringing.bring_back(store, bad)
    assert [path.name for path in tmp_path.iterdir()] == ["there"]


def test_more_text_than_was_kept_is_not_written(store: Store, tmp_path: Path) -> None:
    keep(store, claude_home(tmp_path))

    def change(record: Any) -> None:
        record["files"][0]["now"]["slim_size"] -= 1

    with pytest.raises(IntegrityError, match="is not what was kept"):
        bringing.bring_back(store, _crafted(store, change), tmp_path / "there")


@pytest.mark.parametrize("count", range(5))
def test_cut_off_it_is_finished_by_running_it_again(
    store: Store, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, count: int
) -> None:
    log = claude_thread(tmp_path)
    before = files(tmp_path / ".claude")
    keep(store, log)
    shutil.rmtree(tmp_path / ".claude")
    real, left = Draft.publish, [count]

    def publish(draft: Draft, **settings: Any) -> None:
        left[0] -= 1
        if left[0] < 0:
            raise Killed
        real(draft, **settings)

    with monkeypatch.context() as change:
        change.setattr(Draft, "publish", publish)
        change.setattr(Draft, "close", lambda draft: None)
        if count < len(before):
            with pytest.raises(Killed):
                back(store)
            assert not log.exists()  # it comes last
        else:
            back(store)
    assert back(store).files == max(0, len(before) - count)
    assert files(tmp_path / ".claude") == before


def test_codex_with_what_it_goes_on_from_and_its_rows(
    store: Store, tmp_path: Path, alone: Path
) -> None:
    log = codex_home(tmp_path)
    fork = codex_fork(log, 1, len(log.read_bytes()), rollout(1, 0), packed=True)
    home = tmp_path / ".codex"
    before = {p.name: p.read_bytes() for p in home.rglob("rollout-*")}
    rows = history(home)
    keep(store, fork)
    log.unlink()
    fork.unlink()
    done = back(store)
    assert done.files == 2
    assert log.read_bytes() == before[log.name]
    text = fork.with_suffix("")  # its client takes both forms
    assert text.name == fork.name.removesuffix(".zst")
    assert text.stat().st_size > len(before[fork.name])
    assert history(home) == rows
    text.unlink()
    log.with_name(f"{log.name}.zst").write_bytes(zstandard.compress(log.read_bytes()))
    log.unlink()  # its client compressed it meanwhile
    assert (back(store).files, text.exists(), log.exists()) == (1, True, False)


def test_codex_rows_that_do_not_fit_go(
    store: Store, tmp_path: Path, alone: Path
) -> None:
    log = codex_home(tmp_path)
    keep(store, log)
    log.unlink()
    db = history(tmp_path / ".codex")
    assert db["thread_turns"]
    with sqlite3.connect(tmp_path / ".codex" / "thread_history_1.sqlite") as file:
        file.execute("UPDATE thread_turns SET rollout_byte_offset = 7")
    back(store)
    assert not history(tmp_path / ".codex")["thread_turns"]


def test_a_thread_that_is_there_under_another_name_is_refused(
    store: Store, tmp_path: Path, alone: Path
) -> None:
    log = codex_home(tmp_path)
    keep(store, log)
    aside = tmp_path / ".codex" / "archived_sessions" / log.name
    aside.parent.mkdir()
    log.rename(aside)
    with pytest.raises(SourceRefused, match="is here already"):
        back(store)
    # Kept again, it is known to be there.
    assert keep(store, aside).kept
    assert len(card_of(store, kept(store)).files) == 1
    assert back(store).there == 1


def test_its_pictures_go_back_into_a_log_that_was_archived(
    store: Store, tmp_path: Path
) -> None:
    quoted = "as1:" + "A" * 27
    log = claude_home(tmp_path, claude_session() + lines({"type": "x", "x": quoted}))
    whole = log.read_bytes()
    archive_paths(store, [log])
    slim = log.read_bytes()
    keep(store, log)
    log.unlink()
    forget(store, log, force=True)  # as gc does with 'missing_for'
    collect(store, grace=0)
    back(store)
    assert log.read_bytes() == slim
    (done,) = restore_paths(store, [log]).files
    assert (done.status, log.read_bytes()) == ("restored", whole)


def test_without_a_purged_picture_the_rest_comes_back(tmp_path: Path) -> None:
    with folder_store(tmp_path) as store:
        log = claude_home(tmp_path)
        keep(store, log)
        log.unlink()
        purge(store, [blob_id(Kind.MEDIA, picture(60, 40, 100))])
        done = back(store)
        assert done.purged == 2
        assert len(log.read_bytes().splitlines()) == 9
        assert b"archived as1:" in log.read_bytes()


def test_what_the_store_lost_is_told(store: Store, tmp_path: Path) -> None:
    log = claude_home(tmp_path)
    keep(store, log)
    log.unlink()
    wanted = blob_id(Kind.MEDIA, picture(60, 40, 100))
    (entry,) = store.copies(wanted)
    key = f"packs/{entry.pack[-2:]}/{entry.pack}"
    data = store.backend.objects[key]  # type: ignore[attr-defined]
    store.backend.objects[key] = data[: entry.offset]  # type: ignore[attr-defined]
    with pytest.raises(IntegrityError, match="damaged"):
        back(store)
    assert not log.exists()
    assert os.listdir(log.parent) == []

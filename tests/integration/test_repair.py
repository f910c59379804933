"""``assetstore repair``: what is damaged goes aside, what is lost is found again."""

import contextlib
import json
import shutil
import sqlite3
from pathlib import Path

import pytest

import assetstore
from support.program import Program
from support.rot import files
from support.samples import codex_log, picture, uri
from support.stores import restored


def archived(program: Program) -> dict[Path, bytes]:
    """Some documents, archived, and their whole bytes."""
    folder = program.folder / "docs"
    folder.mkdir()
    wholes = {
        folder / "a.html": f"<img src={uri(picture(30, 20, 1))}>\n".encode(),
        folder / "b.html": f"<img src={uri(picture(30, 20, 2))}>\n".encode(),
        folder / "rollout.jsonl": codex_log(),
    }
    for path, data in wholes.items():
        path.write_bytes(data)
        assert program("archive", path).code == 0
    return wholes


def spoil(path: Path, at: int) -> None:
    data = bytearray(path.read_bytes())
    data[at] ^= 1
    path.chmod(0o600)
    path.write_bytes(data)


def kept(program: Program) -> list[Path]:
    """All files of a store but for locks."""
    return [p for p in files(program.store) if p.parent.name != "locks"]


def packs(program: Program) -> list[Path]:
    return files(program.store / "packs")


def check_restored(program: Program, wholes: dict[Path, bytes]) -> None:
    assert program("verify", "--read-data").code == 0
    assert program("restore", *wholes).code == 0
    assert {path: path.read_bytes() for path in wholes} == wholes


def test_nothing_to_do(program: Program) -> None:
    wholes = archived(program)
    before = {p: p.read_bytes() for p in kept(program)}
    ran = program("repair", "--json")
    assert ran.code == 0, ran.err
    assert ran.result["set_aside"] == ran.result["lost"] == []
    assert not ran.result["reindexed"]
    assert {p: p.read_bytes() for p in kept(program)} == before
    check_restored(program, wholes)


def test_what_is_whole_is_moved_and_what_is_lost_is_named_and_healed(
    program: Program,
) -> None:
    wholes = archived(program)
    for pack in packs(program):
        spoil(pack, 16 + 64 + 99)  # in the first blob of each
    before = {p: p.read_bytes() for p in kept(program)}
    spoilt = {p.name: p.read_bytes() for p in packs(program)}

    would = program("repair", "-n", "--json")
    assert would.code == 4
    assert {p: p.read_bytes() for p in kept(program)} == before

    ran = program("repair", "--json")
    assert ran.code == 4
    named = {d for lost in ran.result["lost"] for d in lost["documents"]}
    assert named == {str(path) for path in wholes}
    assert ran.result["lost"] == would.result["lost"]
    aside = files(program.store / "quarantine")
    assert {p.name: p.read_bytes() for p in aside} == spoilt
    assert {p.name for p in packs(program)}.isdisjoint(spoilt)
    assert program("restore", *wholes).code == 12

    backup = program.folder / "backup"
    backup.mkdir()
    for path, data in wholes.items():
        text = data.decode().replace("/", "\\/")  # another spelling of base64
        name = path.with_suffix(".json").name if path.suffix == ".html" else path.name
        (backup / name).write_text(json.dumps(text) if ".html" in path.name else text)
    (backup / "broken").symlink_to("nowhere")
    healed = program("repair", "--from", backup, "--json")
    assert {h["kind"] for h in healed.result["healed"]} == {"media"}
    assert healed.code == 0, healed.err
    check_restored(program, wholes)
    assert program("gc", "--grace", "0").code == 0


def test_a_picture_and_a_copy_of_the_store_heal(program: Program) -> None:
    wholes = archived(program)
    copy = program.folder / "copy"
    shutil.copytree(program.store, copy)
    for pack in packs(program):
        pack.unlink()
    (program.folder / "one.png").write_bytes(picture(30, 20, 1))
    lost = program("repair", "--from", program.folder / "one.png", "--json")
    assert lost.code == 4
    assert len(lost.result["healed"]) == 1
    done = program("repair", "--from", copy, "--json")
    assert done.code == 0, done.err
    assert {h["kind"] for h in done.result["healed"]} == {"media", "recipe"}
    check_restored(program, wholes)


def test_originals_bring_recipes_back_too(program: Program) -> None:
    wholes = archived(program)
    backup = program.folder / "backup"
    backup.mkdir()
    for path, data in wholes.items():
        (backup / path.name).write_bytes(data)
    for pack in packs(program):
        pack.unlink()
    done = program("repair", "--from", backup, "--json")
    assert done.code == 0, done.err
    check_restored(program, wholes)


def test_indexes_and_cache_are_made_anew(program: Program) -> None:
    wholes = archived(program)
    first, second, _ = files(program.store / "index")
    first.unlink()
    spoil(second, 40)
    for path in files(program.folder / "xdg" / "cache"):
        path.unlink()
    assert program("verify", "--read-data").code == 4
    ran = program("repair", "--json")
    assert ran.code == 0, ran.err
    assert ran.result["reindexed"]
    check_restored(program, wholes)


@pytest.mark.parametrize("field", [b'"profile"', b'"slim_size"', b'"created"'])
def test_no_manifest_is_made_that_was_not_there(program: Program, field: bytes) -> None:
    """Its document and what that needs do not tell all that a manifest says."""
    wholes = archived(program)
    manifests = files(program.store / "manifests")
    (first, *_) = (path for path in manifests if b"a.html" in path.read_bytes())
    data = bytearray(first.read_bytes())
    at = data.index(field) + len(field) + 2
    for i in (at, at + 1):
        data[i] ^= 1
    first.write_bytes(data)
    ran = program("repair", "--json")
    assert ran.result["mended"] == []
    assert ran.code == 4
    assert first.read_bytes() == data
    assert program("restore", *wholes).code == 0
    assert {path: path.read_bytes() for path in wholes} == wholes


@pytest.mark.parametrize("kind", ["page", "log"])
@pytest.mark.parametrize("how", ["bit", "backup", "misplaced", "document"])
def test_manifests_are_put_right(program: Program, how: str, kind: str) -> None:
    wholes = archived(program)
    copy = program.folder / "copy"
    shutil.copytree(program.store, copy)
    manifests = files(program.store / "manifests")
    (log,) = (path for path in manifests if b"rollout.jsonl" in path.read_bytes())
    first, second = [path for path in manifests if path != log][:2]
    if kind == "log":
        first = log
    before = {p: p.read_bytes() for p in (first, second)}
    if how == "bit":
        spoil(first, 50)
    elif how == "misplaced":
        first.write_bytes(before[second])
        second.write_bytes(before[first])
    elif how == "document":
        first.write_bytes(before[first][:-20] + bytes(20))
    else:
        first.write_bytes(b"nothing")
    assert program("gc", "--grace", "0").code == 12
    words = ["--from", str(copy)] if how == "backup" else []
    ran = program("repair", "--json", *words)
    assert ran.code == 0, ran.err
    assert {item["how"] for item in ran.result["mended"]} == {how}
    assert {p: p.read_bytes() for p in (first, second)} == before
    assert program("gc", "--grace", "0").code == 0
    check_restored(program, wholes)


def test_a_manifest_that_stays_damaged_is_named_until_it_is_put_aside(
    program: Program,
) -> None:
    wholes = archived(program)
    damaged = files(program.store / "manifests")[0]
    damaged.write_bytes(b"nothing")
    ran = program("repair", "--json")
    assert ran.code == 4
    assert [item["kind"] for item in ran.result["lost"]] == ["manifest"]
    assert program("gc", "--grace", "0").code == 12
    assert program("repair", "--set-aside-manifests").code == 0
    assert not damaged.exists()
    assert (program.store / "quarantine" / damaged.relative_to(program.store)).exists()
    check_restored(program, wholes)


@pytest.mark.parametrize("config", [None, b"", b"\0" * 90, b"[" * 9000])
def test_a_lost_config_is_written_anew(program: Program, config: bytes | None) -> None:
    wholes = archived(program)
    path = program.store / "config"
    path.unlink() if config is None else path.write_bytes(config)
    assert program("restore", *wholes).code in (1, 10)
    assert program("repair", "-n").code == 1
    ran = program("repair", "--json")
    assert ran.code == 0, ran.err
    assert ran.result["config"]
    check_restored(program, wholes)


def test_a_newer_config_is_left_alone(program: Program) -> None:
    archived(program)
    path = program.store / "config"
    record = json.loads(path.read_bytes())
    record["features"]["read"] = ["lasers"]
    path.write_text(json.dumps(record))
    for words in (["repair"], ["verify"], ["restore", "."], ["cat", "00"], ["gc"]):
        ran = program(*words)
        assert ran.code == 1
        assert "the store needs lasers, which this version lacks" in ran.err
    assert json.loads(path.read_bytes()) == record


def test_what_verify_finds_names_documents_for_a_monitor(program: Program) -> None:
    wholes = archived(program)
    for pack in packs(program):
        spoil(pack, 16 + 64 + 99)
    ran = program("verify", "--read-data", "--json")
    assert ran.code == 4
    found = ran.result["findings"]
    assert {f["kind"] for f in found} == {"blob-damaged"}
    assert {d for f in found for d in f["documents"]} == {str(p) for p in wholes}
    assert all(len(f["blob"]) == 64 and f["pack"] and f["hint"] for f in found)


def test_gc_deletes_no_pack_that_is_not_what_the_index_says(program: Program) -> None:
    """Two packs changed places, and what the index has in one of them is dead."""
    wholes = archived(program)
    dead = program.folder / "dead.html"
    dead.write_text(f"<img src={uri(picture(30, 20, 9))}>")
    assert program("archive", dead).code == 0
    assert program("forget", "--force", dead).code == 0
    *_, live, last = packs_by_age(program)
    one, other = live.read_bytes(), last.read_bytes()
    live.write_bytes(other)
    last.write_bytes(one)
    assert program("gc", "--grace", "0").code == 0
    assert program("repair").code == 0
    check_restored(program, wholes)


def folder_of(program: Program) -> assetstore.Store:
    """The program's store, opened without its cache."""
    state = program.folder / "elsewhere"
    return assetstore.Store.open(program.store, cache_dir=state, state_dir=state)


def packs_by_age(program: Program) -> list[Path]:
    return sorted(packs(program), key=lambda path: path.name)


def test_a_cache_of_garbage_is_made_anew(program: Program, tmp_path: Path) -> None:
    wholes = archived(program)
    (cache,) = (p for p in files(program.folder / "xdg") if p.name == "index.sqlite")
    data = cache.read_bytes()
    slim = {path: path.read_bytes() for path in wholes}
    used = [at for at in range(0, len(data), 64) if any(data[at : at + 64])]
    for at in used:
        changed = bytearray(data)
        changed[at + at // 64 % 64] ^= 1 << at // 64 % 8
        cache.write_bytes(changed)
        with assetstore.Store.open(
            program.store, cache_dir=cache.parent.parent, state_dir=tmp_path
        ) as store:
            for path, whole in wholes.items():
                assert restored(store, slim[path]) == whole


def test_gc_does_not_decide_by_the_cache(program: Program) -> None:
    """Rows of what lives are lost in it, so that a pack looks dead."""
    pages = {}
    for number in (1, 2):
        page = program.folder / f"{number}.html"
        page.write_text(f"<img src={uri(picture(30, 20, number))}>")
        pages[page] = page.read_bytes()
    one, two = pages
    assert program("archive", one, two).code == 0
    assert len(packs(program)) == 1
    with folder_of(program) as store:
        found = [m for m in store.manifests() if m.document == str(one)]
        refs = {id for manifest in found for _, id in manifest.refs}
    (cache,) = (p for p in files(program.folder / "xdg") if p.name == "index.sqlite")
    with contextlib.closing(sqlite3.connect(cache)) as db, db:
        for id in refs:
            assert db.execute("DELETE FROM blobs WHERE id=?", (id,)).rowcount == 1
    assert program("forget", "--force", two).code == 0
    assert program("gc", "--grace", "0").code == 0
    assert program("restore", one).code == 0
    assert one.read_bytes() == pages[one]

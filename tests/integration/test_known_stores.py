"""A store is known: what was seen once is never made anew, and a typo is told."""

import json
import os
import shutil
import stat
from pathlib import Path

import pytest

from support.homes import THREAD, codex_home
from support.periodic import configured, old, pages
from support.program import Program, Ran
from support.samples import picture, uri


@pytest.fixture
def account(program: Program) -> Program:
    """A fresh account in which no store is named."""
    del program.environment["ASSETSTORE_STORE"]
    return program


def page(folder: Path, seed: int = 1) -> Path:
    path = folder / f"page-{seed}.html"
    path.write_bytes(whole(seed))
    return path


def whole(seed: int = 1) -> bytes:
    return f"<p>{seed}</p><img src={uri(picture(30, 20, seed))}>\n".encode()


def default_store(program: Program) -> Path:
    return program.folder / "xdg" / "data" / "assetstore" / "store"


def error(ran: Ran) -> dict[str, str]:
    """The only error of a command that was run with ``--json``."""
    (found,) = ran.json["errors"]
    assert isinstance(found, dict)
    return found


def tree(folder: Path) -> dict[str, bytes]:
    """The files in a folder, but for locks."""
    return {
        str(path.relative_to(folder)): path.read_bytes()
        for path in sorted(folder.rglob("*"))
        if path.is_file() and path.parent.name != "locks"
    }


# --- init


def test_init_makes_the_store_that_all_commands_use(account: Program) -> None:
    ran = account("init", "--json")
    assert ran.code == 0, ran.err
    root = default_store(account)
    id = json.loads((root / "config").read_bytes())["id"]
    assert ran.result == {"store": str(root), "id": id, "made": True, "forgot": False}
    assert account("ls", "--json").result == {"documents": []}
    before = tree(root)
    again = account("init", "--json")
    assert again.code == 1
    assert "there is a store" in error(again)["message"]
    assert account("init", "--force").code == 1
    assert tree(root) == before


def test_init_makes_a_named_store_with_its_folders(account: Program) -> None:
    root = account.folder / "new" / "disk" / "pictures"
    ran = account("init", root)
    assert ran.code == 0
    assert f"made a store at {root}" in ran.out.decode()
    path = page(account.folder)
    assert account("--store", root, "archive", path).code == 0
    assert not default_store(account).exists()
    assert account("init", root, "--store", root).code == 2
    assert account("init", root, "--force", "--forget").code == 2


def test_init_leaves_what_is_no_store(account: Program) -> None:
    folder = account.folder / "photos"
    folder.mkdir()
    (folder / "a.png").write_bytes(picture(4, 4, 1))
    before = tree(folder)
    assert account("init", folder).code == 1
    assert account("init", folder, "--force").code == 1
    assert tree(folder) == before


def test_begin_anew_deliberately(account: Program) -> None:
    root = account.folder / "store"
    path = page(account.folder)
    assert account("--store", root, "archive", path).code == 0
    shutil.rmtree(root)
    ran = account("init", root, "--json")
    assert ran.code == 10
    assert error(ran)["type"] == "StoreGone"
    assert not root.exists()
    assert account("init", root, "--force", "--json").result["made"] is True
    assert account("--store", root, "archive", page(account.folder, 2)).code == 0

    shutil.rmtree(root)
    assert account("init", root, "--forget", "--json").result["forgot"] is True
    assert account("init", root, "--forget", "--json").result["forgot"] is False
    assert not root.exists()
    assert account("--store", root, "archive", page(account.folder, 3)).code == 0


# --- where a store is made


def test_the_first_use_of_the_usual_place_just_works(account: Program) -> None:
    path = page(account.folder)
    ran = account("archive", path, "--json")
    assert ran.code == 0
    assert ran.json["warnings"] == []
    assert account("restore", path).code == 0
    assert path.read_bytes() == whole()


def test_a_new_place_is_told(account: Program) -> None:
    root = account.folder / "elsewhere"
    path = page(account.folder)
    ran = account("--store", root, "archive", path)
    assert ran.code == 0
    assert f"made a new store at {root}" in ran.err
    ran = account("--store", root, "archive", page(account.folder, 2))
    assert "made" not in ran.err


@pytest.mark.parametrize("words", [["restore"], ["gc"], ["verify"], ["ls"], ["stats"]])
def test_what_only_reads_makes_nothing(account: Program, words: list[str]) -> None:
    path = page(account.folder)
    words = [*words, str(path)] if words == ["restore"] else words
    for root in (account.folder / "typo", account.folder / "a" / "b"):
        ran = account("--store", root, *words, "--json")
        assert ran.code == 10
        assert error(ran)["type"] == "StoreNotFound"
        assert not root.exists()
    assert path.read_bytes() == whole()


def test_a_place_whose_folder_is_missing(account: Program) -> None:
    path = page(account.folder)
    root = account.folder / "mnt" / "disk" / "store"
    for ran in (
        account("--store", root, "archive", path, "--json"),
        account("archive", path, "--json", ASSETSTORE_STORE=str(root)),
    ):
        assert ran.code == 10
        assert "nor a folder" in error(ran)["message"]
        assert f"assetstore init {root}" in error(ran)["hint"]
    assert not (account.folder / "mnt").exists()
    assert path.read_bytes() == whole()


# --- a store that is gone


@pytest.mark.parametrize("below", ["", "store"])
def test_a_disk_that_is_not_mounted(program: Program, below: str) -> None:
    """The store, or the folder that it is in, is a mount point."""
    mount, disk = program.folder / "mnt", program.folder / "disk"
    mount.mkdir()
    root = mount / below
    docs = program.folder / "docs"
    files = pages(docs, 2)
    for file in files:
        old(file)
    configured(
        program,
        f"store = '{root}'\n[limits]\nkeep_free = 0\n[jobs.docs]\npaths = ['{docs}']",
    )
    del program.environment["ASSETSTORE_STORE"]
    assert program("archive", docs).code == 0
    assert program("run", "--now").code == 0
    slim = {path: path.read_bytes() for path in files}
    assert slim != files

    mount.rename(disk)  # it is taken away
    mount.mkdir()
    more = page(docs, 9)
    old(more)
    grown = next(iter(files))
    with grown.open("ab") as opened:
        opened.write(whole(7))
    old(grown)
    before = tree(docs)
    ran = program("archive", docs, "--json")
    assert ran.code == 10
    assert error(ran)["type"] == "StoreGone"
    assert str(root) in error(ran)["message"]
    assert "last seen there 20" in error(ran)["message"]
    assert "Mount its disk" in error(ran)["hint"]
    for words in (["archive", "-n", docs], ["restore", docs], ["gc"], ["verify"]):
        assert program(*words).code == 10
    for words in (["ls"], ["stats"], ["optimize"], ["repair"], ["forget", grown]):
        assert program(*words).code == 10
    ran = program("run", "--now", "--json")
    assert ran.code == 3
    failed = {task["name"]: task["result"] for task in ran.result["tasks"]}
    assert failed["docs"] == failed["gc"] == failed["verify"] == "failed"
    assert {e["type"] for e in ran.json["errors"]} == {"StoreGone"}
    assert list(mount.iterdir()) == []
    assert tree(docs) == before

    mount.rmdir()
    disk.rename(mount)  # and comes back
    assert program("run", "--now").code == 0
    assert b"data:image" not in b"".join(tree(docs).values())
    assert program("restore", docs).code == 0
    assert more.read_bytes() == whole(9)
    assert grown.read_bytes() == files[grown] + whole(7)


def test_a_typo_on_a_disk_that_is_not_mounted(program: Program) -> None:
    mount = program.folder / "mnt"
    mount.mkdir()
    path = page(program.folder)
    assert program("--store", mount / "store", "archive", path).code == 0
    shutil.rmtree(mount / "store")
    ran = program("--store", mount / "stroe", "archive", path, "--json")
    assert ran.code == 10
    assert str(mount / "store") in error(ran)["message"]
    assert list(mount.iterdir()) == []


def test_a_store_that_an_older_version_made_in_its_place(program: Program) -> None:
    """It is empty, and what is archived into it would not be found later."""
    from assetstore.store.store import Store

    path = page(program.folder)
    assert program("archive", path).code == 0
    disk = program.folder / "disk"
    program.store.rename(disk)
    aside = program.folder / "aside"
    Store.open(program.store, create=True, cache_dir=aside, state_dir=aside).close()
    slim = path.read_bytes()
    with path.open("ab") as file:
        file.write(whole(2))
    for words in (["archive", path], ["restore", path], ["run", "--now", "-n"]):
        ran = program(*words)
        assert ran.code == (3 if "run" in words else 10)
        assert path.read_bytes() == slim + whole(2)
    shutil.rmtree(program.store)
    disk.rename(program.store)
    assert program("restore", path).code == 0
    assert path.read_bytes() == whole() + whole(2)


def test_an_empty_store_is_taken_deliberately(program: Program) -> None:
    from assetstore.store.store import Store

    assert program("archive", page(program.folder)).code == 0
    shutil.rmtree(program.store)
    aside = program.folder / "aside"
    Store.open(program.store, create=True, cache_dir=aside, state_dir=aside).close()
    assert program("archive", page(program.folder, 2)).code == 10
    assert program("init").code == 1
    ran = program("init", "--force", "--json")
    assert (ran.code, ran.result["made"]) == (0, False)
    assert program("archive", page(program.folder, 2)).code == 0
    assert program("init", "--force").code == 1


def test_two_at_the_very_first_use(account: Program) -> None:
    paths = [page(account.folder, seed) for seed in range(4)]
    running = [account.start("archive", path) for path in paths]
    for one in running:
        out, err = one.communicate()
        assert one.returncode == 0, (out, err)
    assert len(account("ls", "--json").result["documents"]) == 4
    assert account("verify", "--read-data").code == 0


def test_another_store_in_its_place_is_told(program: Program) -> None:
    other, first = program.folder / "other", program.folder / "first"
    assert program("archive", page(program.folder)).code == 0
    assert program("--store", other, "archive", page(program.folder, 2)).code == 0
    program.store.rename(first)
    other.rename(program.store)
    ran = program("ls", "--json")
    assert ran.code == 0
    (warning,) = ran.json["warnings"]
    assert "is another one" in warning
    assert program("ls", "--json").json["warnings"] == []


def test_notes_that_cannot_be_read_make_no_store(program: Program) -> None:
    path = page(program.folder)
    assert program("archive", path).code == 0
    notes = program.folder / "xdg" / "state" / "assetstore" / "stores"
    (note,) = notes.iterdir()
    assert stat.S_IMODE(note.stat().st_mode) & 0o077 == 0 or os.name == "nt"
    note.write_bytes(b"\0" * 100)
    assert program("archive", page(program.folder, 2)).code == 0  # the store is there
    note.write_bytes(b"\0" * 100)
    shutil.rmtree(program.store)
    assert program("archive", page(program.folder, 3)).code == 10
    assert not program.store.exists()


# --- run


def test_run_makes_a_store_at_the_very_first_use_alone(account: Program) -> None:
    docs = account.folder / "docs"
    files = pages(docs, 2)
    for file in files:
        old(file)
    configured(account, f"[limits]\nkeep_free = 0\n[jobs.docs]\npaths = ['{docs}']")
    assert account("run", "-n").code == 0
    assert not default_store(account).exists()
    assert account("run").code == 0
    assert default_store(account).is_dir()
    shutil.rmtree(default_store(account).parent)
    more = page(docs, 9)
    old(more)
    assert account("run", "--now").code == 3
    assert not default_store(account).exists()
    assert more.read_bytes() == whole(9)


def test_a_job_with_a_store_of_its_own_that_is_gone(program: Program) -> None:
    a, b = program.folder / "a", program.folder / "b"
    for file in [*pages(a, 1), *pages(b, 1, 5)]:
        old(file)
    own = program.folder / "own"
    configured(
        program,
        f"[limits]\nkeep_free = 0\n[jobs.a]\npaths = ['{a}']\n"
        f"[jobs.b]\npaths = ['{b}']\nstore = '{own}'",
    )
    assert program("run").code == 0
    own.rename(program.folder / "taken")
    for folder in (a, b):
        old(page(folder, 9))
    ran = program("run", "--now", "--json")
    results = {task["name"]: task["result"] for task in ran.result["tasks"]}
    assert ran.code == 3
    assert (results["a"], results["b"], results["gc"]) == ("ok", "failed", "ok")
    assert results[f"gc {own}"] == "failed"
    assert b"data:image" not in (a / "page-9.html").read_bytes()
    assert (b / "page-9.html").read_bytes() == whole(9)
    assert not own.exists()


# --- a store that is mistyped


def test_a_mistyped_store_names_the_one_that_knows(program: Program) -> None:
    path = page(program.folder)
    assert program("archive", path).code == 0
    slim = path.read_bytes()
    with path.open("ab") as file:
        file.write(whole(2))
    typo = program.folder / "stroe"
    for words in (["archive"], ["archive", "-n"], ["restore"]):
        ran = program("--store", typo, *words, path, "--json")
        assert ran.code == 10
        assert f"--store {program.store}." in error(ran)["hint"]
        assert str(path) in error(ran)["hint"]
    assert path.read_bytes() == slim + whole(2)
    assert not typo.exists()
    # The folder of many files, one of them archived.
    docs = program.folder / "docs"
    pages(docs, 3)
    shutil.copy(path, docs / "zz.html")
    ran = program("--store", typo, "archive", docs, "--json")
    assert (ran.code, typo.exists()) == (10, False)
    # What no known store is in, is another matter.
    assert program("--store", typo, "archive", page(program.folder, 3)).code == 0


def test_the_usual_store_was_meant_to_be_another(account: Program) -> None:
    path = page(account.folder)
    root = account.folder / "mine"
    assert account("--store", root, "archive", path).code == 0
    slim = path.read_bytes()
    for verb in ("archive", "restore"):
        ran = account(verb, path, "--json")
        assert ran.code == 10
        assert f"--store {root}." in error(ran)["hint"]
    assert path.read_bytes() == slim
    assert not default_store(account).exists()


def test_a_restore_from_another_store_names_the_right_one(program: Program) -> None:
    path, other = page(program.folder), program.folder / "other"
    assert program("archive", path).code == 0
    slim = path.read_bytes()
    assert program("--store", other, "archive", page(program.folder, 2)).code == 0
    ran = program("--store", other, "restore", path, "--json")
    assert path.read_bytes() == slim
    told = [*ran.json["warnings"], *(e["hint"] for e in ran.json["errors"])]
    assert any(f"--store {program.store}" in text for text in told)
    assert program("restore", path).code == 0
    assert path.read_bytes() == whole()


def test_a_rescue_with_a_mistyped_store(program: Program) -> None:
    path = codex_home(program.folder)
    program.environment["CODEX_HOME"] = str(program.folder / ".codex")
    assert program("rescue", THREAD).code == 0
    slim = path.read_bytes()
    typo = program.folder / "stroe"
    ran = program("--store", typo, "rescue", THREAD, "--json")
    assert ran.code == 10
    assert f"--store {program.store}." in error(ran)["hint"]
    assert not typo.exists()
    assert path.read_bytes() == slim


# --- a new machine


def test_a_new_machine_without_the_store(account: Program) -> None:
    path = page(account.folder)
    assert account("archive", path).code == 0
    slim, root = path.read_bytes(), default_store(account)
    away = account.folder / "old-machine"
    root.rename(away)
    shutil.rmtree(account.folder / "xdg" / "state")
    shutil.rmtree(account.folder / "xdg" / "cache")
    ran = account("restore", path, "--json")
    assert ran.code == 10
    assert error(ran)["type"] == "StoreNotFound"
    assert "there is no store" in error(ran)["message"]
    assert "from another machine, copy that folder" in error(ran)["hint"]
    assert path.read_bytes() == slim
    away.rename(root)
    assert account("restore", path).code == 0
    assert path.read_bytes() == whole()


def test_the_right_store_after_the_wrong_one(account: Program) -> None:
    """On a new machine, a store was made before the old one was copied."""
    path = page(account.folder)
    old_store = account.folder / "old"
    assert account("--store", old_store, "archive", path).code == 0
    shutil.rmtree(account.folder / "xdg" / "state")
    assert account("archive", page(account.folder, 2)).code == 0
    assert account("--store", old_store, "restore", path).code == 0
    assert path.read_bytes() == whole()


@pytest.mark.skipif(
    not hasattr(os, "geteuid") or os.geteuid() != 0, reason="only root gives files away"
)
def test_a_run_trusts_whom_the_other_commands_trust(program: Program) -> None:
    docs = program.folder / "docs"
    for file in pages(docs, 1):
        old(file)
    configured(program, paths=[docs])
    assert program("run", "--now").code == 0
    for place in (program.store, program.store / "config"):
        os.chown(place, 12345, -1)
    assert program("run", "--now").code == 3
    safe = str(program.store)
    assert program("run", "--now", ASSETSTORE_SAFE_STORES=safe).code == 0

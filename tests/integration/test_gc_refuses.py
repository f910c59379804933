"""gc takes nothing that only lost records may have named, and never all by mistake."""

import os
import shutil
import time
from pathlib import Path

import pytest

from assetstore.documents.upkeep import collect
from assetstore.errors import CollectionRefused
from assetstore.store.check.verify import verify
from assetstore.store.format.blob import Kind
from assetstore.store.store import Store
from support.periodic import configured, old, pages
from support.program import Program, Ran
from support.samples import picture, uri
from support.stores import archived, memory_store

ALL = ("gc", "--grace", "0")


def packs(program: Program) -> dict[Path, bytes]:
    return {p: p.read_bytes() for p in (program.store / "packs").rglob("*/*")}


def refused(ran: Ran) -> str:
    """The message of a collection that was refused."""
    assert ran.code == 16, ran.err
    (error,) = ran.json["errors"]
    assert error["type"] == "CollectionRefused"
    assert "--force" in error["hint"]
    return str(error["message"])


@pytest.fixture
def docs(program: Program) -> dict[Path, bytes]:
    """Archived documents."""
    files = pages(program.folder / "docs", 3)
    assert program("archive", program.folder / "docs").code == 0
    return files


@pytest.mark.parametrize("whole", [True, False], ids=["folder", "files"])
def test_manifests_that_are_lost(
    program: Program, docs: dict[Path, bytes], whole: bool
) -> None:
    manifests, aside = program.store / "manifests", program.folder / "aside"
    shutil.copytree(manifests, aside)
    shutil.rmtree(manifests)
    if not whole:
        manifests.mkdir()
    before = packs(program)
    assert before
    for words in (["gc"], [*ALL], [*ALL, "-n"], [*ALL, "--scan", str(program.folder)]):
        assert "manifests were lost" in refused(program(*words, "--json"))
    assert packs(program) == before
    found = program("verify", "--json")
    assert found.code == 4
    (finding,) = found.result["findings"]
    assert finding["kind"] == "manifests-missing"
    assert found.result["unclaimed"] == found.result["blobs"] == 6

    shutil.rmtree(manifests, ignore_errors=True)
    aside.rename(manifests)
    assert program(*ALL).code == 0
    assert packs(program) == before
    assert program("verify").code == 0
    assert program("restore", *docs).code == 0
    assert {path: path.read_bytes() for path in docs} == docs


def test_manifests_that_are_lost_and_given_up(
    program: Program, docs: dict[Path, bytes]
) -> None:
    shutil.rmtree(program.store / "manifests")
    assert program(*ALL, "-n", "--force").code == 0
    assert packs(program)
    assert program(*ALL, "--force").code == 0
    assert packs(program) == {}
    assert program(*ALL).code == program("verify").code == 0
    assert len(docs) == 3


def test_archiving_again_puts_it_right(
    program: Program, docs: dict[Path, bytes]
) -> None:
    """What the documents still hold is claimed again."""
    shutil.rmtree(program.store / "manifests")
    fresh = pages(program.folder / "more", 1, 50)
    assert program("archive", *fresh).code == 0
    # There is a manifest now; it does not speak for the other documents.
    for _ in range(2):
        assert program("verify").code == 4
        assert "manifests were lost" in refused(program(*ALL, "--json"))
        scan = program(*ALL, "--scan", program.folder / "docs")
        assert scan.code == 0
    assert program("restore", *docs, *fresh).code == 0
    assert {path: path.read_bytes() for path in docs} == docs
    assert program("archive", *docs).code == 0
    assert program("verify").code == 0
    assert program(*ALL).code == 0
    assert not (program.store / "notes" / "lost").exists()
    assert program("forget", *fresh, "--force").code == 0
    assert program(*ALL).code == 0  # it is as it ever was
    assert program("restore", *docs).code == 0
    assert {path: path.read_bytes() for path in docs} == docs


def test_given_up_after_another_archive(
    program: Program, docs: dict[Path, bytes]
) -> None:
    shutil.rmtree(program.store / "manifests")
    fresh = pages(program.folder / "more", 1, 50)
    assert program("archive", *fresh).code == 0
    refused(program(*ALL, "--json"))
    assert program(*ALL, "--force").code == 0
    assert program("verify", "--json").result["unclaimed"] == 0
    assert program(*ALL).code == 0
    assert program("restore", *fresh).code == 0
    assert program("restore", *docs).code == 12


def test_an_old_store_without_the_note(
    program: Program, docs: dict[Path, bytes]
) -> None:
    """Older versions did not note that there are manifests; a pack's age does."""
    shutil.rmtree(program.store / "notes")
    shutil.rmtree(program.store / "manifests")
    assert program("verify").code == 0  # as when the first archive was killed
    with Store.open(
        program.store,
        cache_dir=program.folder / "c",
        state_dir=program.folder / "s",
        clock=lambda: time.time() + 2 * 86400,
    ) as store:
        with pytest.raises(CollectionRefused):
            collect(store)
        (finding,) = verify(store).findings
        assert finding.kind == "manifests-missing"
    assert packs(program)
    assert len(docs) == 3


def test_an_old_store_gets_the_note(program: Program, docs: dict[Path, bytes]) -> None:
    note = program.store / "notes" / "claimed"
    note.chmod(0o600)
    note.unlink()
    assert program("gc").code == 0
    assert note.exists()
    assert program("restore", *docs).code == 0


@pytest.mark.parametrize("verb", ["restore", "forget"])
def test_the_last_document_went_on_purpose(program: Program, verb: str) -> None:
    (path,) = files = pages(program.folder / "docs", 1)
    assert program("archive", path).code == 0
    assert program("restore", path).code == 0
    if verb == "forget":
        assert program("forget", path).code == 0
    assert program("gc").code == 0  # within the grace period
    assert packs(program)
    assert program("verify").code == 0
    ran = program(*ALL, "--json")
    assert ran.code == 0
    assert ran.result["freed"] > 0
    assert packs(program) == {}
    assert program("archive", path).code == 0
    assert program("restore", path).code == 0
    assert path.read_bytes() == files[path]


def test_archived_again_after_the_last_was_forgotten(program: Program) -> None:
    """It is the same picture, in a pack from before: the note comes back."""
    (path,) = pages(program.folder / "docs", 1)
    assert program("archive", path).code == 0
    assert program("forget", path, "--force").code == 0
    assert program("archive", path.with_name("none")).code == 1
    pages(program.folder / "docs", 1)
    assert program("archive", path).code == 0
    shutil.rmtree(program.store / "manifests")
    refused(program(*ALL, "--json"))


def test_all_documents_are_missing(program: Program, docs: dict[Path, bytes]) -> None:
    """A folder was renamed: a rule takes some of it, not everything."""
    rules = (*ALL, "--missing-for", "0")
    assert program(*rules).code == 0  # takes a look
    moved = program.folder / "moved"
    (program.folder / "docs").rename(moved)
    (program.folder / "docs").mkdir()
    (program.folder / "docs" / "other").write_text("x")
    before = packs(program)
    message = refused(program(*rules, "--json"))
    assert "all documents are gone, 3 of them" in message
    assert packs(program) == before
    assert len(program("ls", "--json").result["documents"]) == 3

    assert program("archive", moved).code == 0
    assert program(*rules).code == 0
    assert program("restore", moved).code == 0
    for path, data in docs.items():
        assert (moved / path.name).read_bytes() == data


def test_run_obeys_and_says_so(program: Program) -> None:
    files = pages(program.folder / "docs", 2)
    for path in files:
        old(path)
    configured(program, paths=[program.folder / "docs"])
    assert program("run", "--now").code == 0
    shutil.rmtree(program.store / "manifests")
    before = packs(program)
    ran = program("run", "--now", "--json")
    assert ran.code == 3
    tasks = {task["name"]: task for task in ran.result["tasks"]}
    assert tasks["gc"]["result"] == "failed"
    assert tasks["gc"]["exit_code"] == 16
    assert tasks["verify"]["exit_code"] == 4
    (more,) = pages(program.folder / "docs", 1, 9)
    old(more)
    again = program("run", "--now", "--json")  # it archives before it collects
    tasks = {task["name"]: task for task in again.result["tasks"]}
    assert (tasks["pages"]["archived"], tasks["gc"]["exit_code"]) == (1, 16)
    kinds = {error["type"] for error in ran.json["errors"]}
    assert kinds == {"CollectionRefused", "manifests-missing"}
    assert before.items() <= packs(program).items()


def test_an_empty_store_is_nothing_to_refuse(program: Program) -> None:
    assert program("init").code == 0
    assert program(*ALL).code == program("verify").code == 0


def test_beside_the_very_first_archive() -> None:
    """Its packs are there before its manifest."""
    store = memory_store()
    with store.session() as session:
        session.put(Kind.MEDIA, b"a picture" * 100)
        session.commit()
    assert verify(store).findings == ()
    assert verify(store).unclaimed == 1
    assert collect(store, grace=3600.0).freed == 0
    archived(store, b"text")  # nothing in it
    assert collect(store, grace=-10.0).freed > 0


def test_a_store_in_memory_refuses_as_well() -> None:
    store = memory_store()
    with store.session() as session:
        session.put(Kind.MEDIA, os.urandom(500))
        session.commit()
    archived(store, f"<img src={uri(picture(30, 20, 1))}>".encode())
    (key,) = store.manifest_keys()
    store.backend.delete(key)
    with pytest.raises(CollectionRefused):
        collect(store, grace=-10.0)
    with pytest.raises(CollectionRefused):
        collect(store)
    assert collect(store, grace=-10.0, force=True).freed > 0


def test_verify_tells_what_nobody_claims(program: Program) -> None:
    one, two = pages(program.folder / "docs", 2)
    assert program("archive", one, two).code == 0
    assert program("verify", "--json").result["unclaimed"] == 0
    assert program("restore", one).code == program("forget", one).code == 0
    ran = program("verify")
    assert ran.code == 0
    assert "claimed by no document: 2 blobs" in ran.out.decode()
    found = program("verify", "--json").result
    assert (found["unclaimed"], found["findings"]) == (2, [])
    assert found["unclaimed_bytes"] > 1000
    assert program(*ALL).code == 0
    assert program("verify", "--json").result["unclaimed"] == 0

"""A store whose index is lost: that is said, and how it is made anew."""

import shutil
from pathlib import Path

import pytest

from support.program import Program
from support.samples import picture, uri


def page(*seeds: int) -> bytes:
    text = "".join(f"<img src={uri(picture(30, 20, seed))}>\n" for seed in seeds)
    return text.encode()


@pytest.fixture
def archived(program: Program) -> Path:
    path = program.folder / "page.html"
    path.write_bytes(page(1, 2, 3))
    assert program("archive", path).code == 0
    program.environment["BLOB"] = program("ls", "--blobs", "--json").result["blobs"][0][
        "id"
    ]
    shutil.rmtree(program.store / "index")
    return path


def test_whoever_needs_what_it_names_is_told(program: Program, archived: Path) -> None:
    copy = archived.with_name("copy.html")
    shutil.copy(archived, copy)
    slim = archived.read_bytes()
    calls: list[list[str | Path]] = [
        ["restore", archived],
        ["restore", copy],
        ["restore", archived, "--extract", "pictures"],
        ["cat", program.environment["BLOB"][:9]],
        ["cat", slim[slim.index(b"as1:") :][:31].decode()],
    ]
    for words in calls:
        ran = program(*words)
        assert ran.code == 12, words
        assert "though a pack holds it: the store's index is lost" in ran.err, words
        assert ran.err.count("assetstore verify --rebuild-index") == 1
        assert "--store" not in ran.err
    assert archived.read_bytes() == slim
    ran = program("restore", "-", stdin=slim)
    assert "the store's index is lost" in ran.err
    assert ran.out == b""
    assert program("verify", "--rebuild-index").code == 0
    assert program("restore", archived, copy).code == 0
    assert archived.read_bytes() == copy.read_bytes() == page(1, 2, 3)


def test_an_archive_does_not_call_it_lost(program: Program, archived: Path) -> None:
    archived.write_bytes(archived.read_bytes() + page(4))
    ran = program("archive", archived)
    assert "the store's index is lost. Rebuild it" in ran.err
    assert "lost the payloads" not in ran.err
    assert program("verify", "--rebuild-index").code == 0
    assert program("restore", archived).code == 0
    assert archived.read_bytes() == page(1, 2, 3) + page(4)


def test_verify_names_it_once_for_a_pack(program: Program, archived: Path) -> None:
    ran = program("verify", "--json")
    assert ran.code == 4
    (finding,) = ran.result["findings"]
    (pack,) = (path.name for path in (program.store / "packs").glob("*/*"))
    assert (finding["kind"], finding["pack"]) == ("index-missing", pack)
    assert finding["documents"] == [str(archived)]
    assert "6 blobs" in finding["what"]
    assert "verify --rebuild-index" in finding["hint"]


def test_what_is_not_in_the_packs_is_not_put_down_to_it(
    program: Program, archived: Path
) -> None:
    for pack in (program.store / "packs").glob("*/*"):
        pack.unlink()
    ran = program("restore", archived)
    assert ran.code == 12
    assert "index" not in ran.err
    assert "the store does not hold as1:" in ran.err
    findings = program("verify", "--json").result["findings"]
    assert {finding["kind"] for finding in findings} == {"blob-missing"}


def test_a_hint_that_many_have_is_said_once(program: Program, archived: Path) -> None:
    for pack in (program.store / "packs").glob("*/*"):
        pack.unlink()
    ran = program("verify")
    assert ran.err.count("error: ") == 6
    assert ran.err.count("hint: ") == 1
    assert "hint: " in ran.err.splitlines()[-1]

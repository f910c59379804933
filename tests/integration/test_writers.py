"""Writers that are no more: their claims are listed, taken over, given up."""

import shutil
from pathlib import Path

import pytest

from support.program import Program
from support.samples import picture, uri


def whole(seed: int, more: str = "") -> bytes:
    return f"<p>{more}</p><img src={uri(picture(30, 20, seed))}>\n".encode()


def packs(program: Program) -> list[Path]:
    return [path for path in (program.store / "packs").rglob("*") if path.is_file()]


def manifests(program: Program) -> dict[str, list[str]]:
    """The numbers of all states, by writer."""
    found: dict[str, list[str]] = {}
    for path in sorted((program.store / "manifests").glob("*/*/*")):
        found.setdefault(path.parts[-3], []).append(path.name)
    return found


@pytest.fixture
def pages(program: Program) -> list[Path]:
    """Three archived pages of a user whose state folder is lost; one is gone."""
    paths = [program.folder / f"page-{seed}.html" for seed in (1, 2, 3)]
    for seed, path in enumerate(paths, 1):
        path.write_bytes(whole(seed))
        assert program("archive", path).code == 0
    paths[2].unlink()
    shutil.rmtree(program.folder / "xdg")
    return paths


def lost(program: Program) -> str:
    (found,) = (w["id"] for w in listed(program) if not w["own"])
    return str(found)


def listed(program: Program) -> list[dict[str, object]]:
    ran = program("writers", "list", "--json")
    assert ran.code == 0, ran.err
    writers: list[dict[str, object]] = ran.result["writers"]
    return writers


def test_they_are_listed(program: Program, pages: list[Path]) -> None:
    new = program.folder / "new.html"
    new.write_bytes(whole(9))
    assert program("archive", new).code == 0
    mine, other = listed(program)
    assert (mine["own"], mine["documents"], mine["here"]) == (True, 1, 1)
    assert mine["example"] == str(new)
    assert (other["own"], other["documents"], other["here"]) == (False, 3, 2)
    text = program("writers", "list").out.decode()
    assert "this one" in text
    assert str(new) in text


def test_adopted_claims_are_ones_own(program: Program, pages: list[Path]) -> None:
    before = manifests(program)
    times = {path.name: path.stat().st_mtime for path in pages[:2]}
    ran = program("writers", "adopt", lost(program)[:8], "--yes", "--json")
    assert ran.code == 0, ran.err
    assert (ran.result["documents"], ran.result["adopted"]) == (3, True)
    assert list(manifests(program).values()) == list(before.values())
    (only,) = listed(program)
    assert (only["own"], only["documents"], only["here"]) == (True, 3, 2)
    for seed, path in enumerate(pages[:2], 1):
        assert path.stat().st_mtime == times[path.name]
        assert program("restore", path).code == 0
        assert path.read_bytes() == whole(seed)
        assert program("forget", path).code == 0
    assert program("forget", pages[2]).code == 0
    assert program("gc", "--grace", "0").code == 0
    assert packs(program) == []


def test_what_both_have_of_a_document(program: Program, pages: list[Path]) -> None:
    """Ours stays the newest, and no state is lost."""
    page = pages[0]
    assert program("restore", page).code == 0
    page.write_bytes(whole(7))
    assert program("archive", page).code == 0
    other = lost(program)
    assert program("writers", "adopt", other, "--yes").code == 0
    assert other not in manifests(program)
    (writer,) = manifests(program)
    names = manifests(program)[writer]
    # The other two documents' first ones; this one's theirs, then ours.
    assert sorted(names) == [f"{seq:010d}" for seq in (1, 1, 2, 3)]
    assert program("gc", "--grace", "0").code == 0
    assert program("restore", page).code == 0
    assert page.read_bytes() == whole(7)
    assert program("restore", pages[1]).code == 0


def test_released_claims_are_gone(program: Program, pages: list[Path]) -> None:
    for path in pages[:2]:
        assert program("restore", path).code == 0
    ran = program("writers", "release", lost(program), "--yes", "--json")
    assert ran.code == 0, ran.err
    assert (ran.result["documents"], ran.result["adopted"]) == (3, False)
    for path in pages[:2]:
        program("forget", path)
    assert program("gc", "--grace", "0").code == 0
    assert packs(program) == []


def test_what_documents_here_need_is_not_released(
    program: Program, pages: list[Path]
) -> None:
    before = manifests(program)
    ran = program("writers", "release", lost(program), "--yes")
    assert ran.code == 1, ran.err
    assert "writers adopt" in ran.err
    assert manifests(program) == before
    assert program("writers", "release", lost(program), "--yes", "--force").code == 0
    assert manifests(program) == {}


def test_nobody_is_there_to_be_asked(program: Program, pages: list[Path]) -> None:
    for verb in ("adopt", "release"):
        ran = program("writers", verb, lost(program))
        assert ran.code == 2
        assert "--yes" in ran.err
    assert len(listed(program)) == 1


@pytest.mark.parametrize(
    ("name", "code", "text"),
    [("zz", 1, "no writer zz"), ("0", 2, "this user"), ("", 2, "is empty")],
)
def test_names_that_name_nobody_else(
    program: Program, name: str, code: int, text: str
) -> None:
    page = program.folder / "page.html"
    page.write_bytes(whole(1))
    assert program("archive", page).code == 0
    ran = program("writers", "release", name, "--yes")
    assert (ran.code, text in ran.err) == (code, True), ran.err


def test_an_adoption_that_was_cut_off_is_finished(
    program: Program, pages: list[Path]
) -> None:
    """Between the copies and the deletions all is there twice."""
    other = lost(program)
    (folder,) = (program.store / "manifests").iterdir()
    kept = program.folder / "kept"
    shutil.copytree(folder, kept)
    assert program("writers", "adopt", other, "--yes").code == 0
    shutil.copytree(kept, folder, dirs_exist_ok=True)
    assert program("writers", "adopt", other, "--yes").code == 0
    assert other not in manifests(program)
    for seed, path in enumerate(pages[:2], 1):
        assert program("restore", path).code == 0
        assert path.read_bytes() == whole(seed)
    assert program("gc", "--grace", "0").code == 0

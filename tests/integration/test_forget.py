"""Claims that nobody can give up where they were made: the state folder was lost."""

import shutil
from pathlib import Path

import pytest

from support.program import Program
from support.samples import picture, uri


def whole(seed: int = 1) -> bytes:
    return f"<p>{seed}</p><img src={uri(picture(30, 20, seed))}>\n".encode()


def packs(program: Program) -> list[Path]:
    return [path for path in (program.store / "packs").rglob("*") if path.is_file()]


@pytest.fixture
def page(program: Program) -> Path:
    """A page that was archived by a client that is lost, and restored by hand."""
    path = program.folder / "page.html"
    path.write_bytes(whole())
    assert program("archive", path).code == 0
    path.write_bytes(whole())
    shutil.rmtree(program.folder / "xdg")
    return path


def test_it_is_refused_with_the_way_out(program: Program, page: Path) -> None:
    ran = program("forget", page)
    assert ran.code == 1
    assert "archived by another user or machine" in ran.err
    assert "forget --foreign" in ran.err
    assert program("gc", "--grace", "0").code == 0
    assert packs(program)


def test_it_is_given_up_when_asked(program: Program, page: Path) -> None:
    ran = program("forget", page, "--foreign", "--json")
    assert ran.code == 0, ran.err
    assert ran.result == {
        "path": str(page),
        "refs": 2,
        "foreign": 1,
        "foreign_given_up": True,
    }
    (warning,) = ran.json["warnings"]
    assert "1 claim of other users or machines" in warning
    assert not [p for p in (program.store / "manifests").rglob("*") if p.is_file()]
    assert program("gc", "--grace", "0").code == 0
    assert packs(program) == []


def test_an_own_claim_beside_it(program: Program, page: Path) -> None:
    assert program("archive", page).code == 0
    assert program("restore", page).code == 0
    ran = program("forget", page, "--json")
    assert ran.code == 0
    assert (ran.result["foreign"], ran.result["foreign_given_up"]) == (1, False)
    assert "gc keeps its media: 1 claim" in ran.json["warnings"][0]
    assert program("gc", "--grace", "0").code == 0
    assert packs(program)
    assert program("archive", page).code == 0
    assert program("restore", page).code == 0
    assert program("forget", page, "--foreign").code == 0
    assert program("gc", "--grace", "0").code == 0
    assert packs(program) == []


def test_other_documents_stay(program: Program, page: Path) -> None:
    other = program.folder / "other.html"
    other.write_bytes(whole(2))
    assert program("archive", other).code == 0
    slim = other.read_bytes()
    assert program("forget", page, "--foreign").code == 0
    assert program("gc", "--grace", "0").code == 0
    assert other.read_bytes() == slim
    assert program("restore", other).code == 0
    assert other.read_bytes() == whole(2)
    ran = program("forget", program.folder / "none.html", "--foreign")
    assert ran.code == 1
    assert "knows no document" in ran.err


def test_placeholders_need_force_all_the_same(program: Program, page: Path) -> None:
    assert program("archive", page).code == 0
    slim = page.read_bytes()
    shutil.rmtree(program.folder / "xdg")
    assert program("forget", page, "--foreign").code == 1
    assert page.read_bytes() == slim
    assert program("restore", page).code == 0


def test_a_claim_that_needs_nothing_is_not_told(program: Program) -> None:
    page = program.folder / "page.html"
    page.write_bytes(whole())
    assert program("archive", page).code == 0
    assert program("restore", page).code == 0
    shutil.rmtree(program.folder / "xdg")
    assert program("archive", page).code == 0
    assert program("restore", page).code == 0
    ran = program("forget", page, "--json")
    assert (ran.code, ran.json["warnings"]) == (0, [])
    assert ran.result["foreign"] == 0

"""Links within a store, which somebody else put there, are not followed."""

import pytest

from support.program import Program
from support.samples import picture, uri

FOLDERS = ["packs", "index", "manifests", "tmp", "locks", "manifests/*"]


def page(number: int) -> str:
    return f"<img src='{uri(picture(60, 40, number))}'>"


@pytest.mark.parametrize("name", FOLDERS)
def test_nothing_outside_is_written_or_removed(program: Program, name: str) -> None:
    for i in range(2):
        document = program.folder / f"{i}.html"
        document.write_text(page(i))
    assert program("archive", program.folder / "0.html").code == 0
    outside = program.folder / "outside"
    found = sorted(path for path in program.store.glob(name) if path.is_dir())
    if not found:  # it is made when it is needed
        found = [program.store / name]
        found[0].mkdir()
    for number, folder in enumerate(found):
        away = outside / str(number)
        outside.mkdir(exist_ok=True)
        folder.rename(away)
        folder.symlink_to(away, target_is_directory=True)
    (outside / "0" / "precious").write_text("precious")
    before = {path: path.stat().st_mtime_ns for path in outside.rglob("*")}
    for words in (
        ("archive", "1.html"),
        ("restore", "0.html"),
        ("gc", "--grace", "0"),
        ("verify", "--read-data"),
        ("repair",),
        ("optimize",),
        ("forget", "0.html"),
    ):
        ran = program(*words)
        if "/" not in name:
            assert ran.code not in (0, 3), words
            assert "is a symbolic link" in ran.err, (words, ran.err)
        assert {path: path.stat().st_mtime_ns for path in outside.rglob("*")} == before
    assert (program.folder / "1.html").read_text() == page(1)
    for link in found:  # the folder itself, put back, and all is well
        target = link.readlink()
        link.unlink()
        target.rename(link)
    (found[0] / "precious").unlink()
    assert program("restore", "0.html").code == 0
    assert (program.folder / "0.html").read_text() == page(0)


def test_a_store_as_a_whole_may_be_a_link(program: Program) -> None:
    disk = program.folder / "disk"
    disk.mkdir()
    program.store.symlink_to(disk, target_is_directory=True)
    (program.folder / "0.html").write_text(page(0))
    assert program("archive", "0.html").code == 0
    assert program("restore", "0.html").code == 0
    assert (program.folder / "0.html").read_text() == page(0)

"""`assetstore restore`: every byte comes back."""

from support.pages import page
from support.program import Program
from support.samples import html


def test_streams(program: Program) -> None:
    data = html()
    small = program("archive", "-", stdin=data)
    assert small.code == 0, small.err
    assert len(small.out) < len(data) / 5
    back = program("restore", "-", stdin=small.out)
    assert back.code == 0, back.err
    assert back.out == data


def test_the_cache_can_be_deleted(program: Program) -> None:
    path, data = page(program)
    assert program("archive", path).code == 0
    cached = [p for p in (program.folder / "xdg").rglob("*") if p.is_file()]
    assert cached
    for file in cached:
        file.unlink()
    assert program("restore", path).code == 0
    assert path.read_bytes() == data

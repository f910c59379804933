"""`assetstore cat`: the bytes of one picture."""

from support.pages import page
from support.program import Program
from support.samples import picture


def test_cat_writes_the_picture(program: Program) -> None:
    path, _ = page(program)
    assert program("archive", path).code == 0
    blobs = program("ls", "--blobs", "--json").result["blobs"]
    assert [b["type"] for b in blobs] == ["image/png"]
    assert program("cat", blobs[0]["id"]).out == picture(64, 64, 1)
    assert program("cat", blobs[0]["id"][:8]).out == picture(64, 64, 1)

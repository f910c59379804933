"""`assetstore cat`: the bytes of one picture."""

import json

import pytest

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


@pytest.mark.parametrize(
    ("words", "code"),
    [
        (["cat", "0123456789"], 12),
        (["cat", "no digits"], 2),
        (["cat"], 2),
        (["cat", "--store", "nowhere", "0123456789"], 10),
        (["archive", "-", "--min-size", "much"], 2),
        (["archive", "-", "page.html"], 2),
        (["restore", "page.html", "-o", "-", "--store", "nowhere"], 10),
        (["restore", "none.html", "--output", "-"], 1),
    ],
)
def test_an_error_is_no_data(program: Program, words: list[str], code: int) -> None:
    """Whoever reads standard output takes all of it for what was asked for."""
    path, _ = page(program)
    assert program("archive", path).code == 0
    for json_too in ([], ["--json"]):
        ran = program(*words, *json_too, stdin=b"words")
        assert (ran.code, ran.out) == (code, b""), ran.err
        if json_too:
            assert json.loads(ran.err)["exit_code"] == code


def test_elsewhere_the_object_is_what_was_asked_for(program: Program) -> None:
    assert program("archive", page(program)[0]).code == 0
    ran = program("restore", "none.html", "--json")
    assert (ran.code, ran.err) == (1, "")
    assert ran.json["errors"][0]["path"] == "none.html"

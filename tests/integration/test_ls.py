"""`assetstore ls`: documents and their states."""

import re
from pathlib import Path

from support.pages import page
from support.program import Program
from support.samples import picture, uri


def test_ls_names_states(program: Program) -> None:
    for seed, name in enumerate(["present", "changed", "missing", "restored"]):
        page(program, f"{name}.html", seed)
    assert program("archive", program.folder, "--exclude", "xdg").code == 0
    with (program.folder / "changed.html").open("a") as file:
        file.write("more")
    (program.folder / "missing.html").unlink()
    assert program("restore", program.folder / "restored.html").code == 0
    documents = program("ls", "--json").result["documents"]
    assert {Path(d["path"]).stem: d["state"] for d in documents} == {
        "present": "present",
        "changed": "changed",
        "missing": "missing",
        "restored": "restored",
    }
    assert len(program("ls", "--state", "missing", "--json").result["documents"]) == 1


def test_ls_is_sorted_filtered_and_limited(program: Program) -> None:
    for name, size in (("small", 20), ("large", 90), ("middle", 50)):
        path = program.folder / f"{name}.html"
        path.write_text(f"<img src='{uri(picture(size, size, size))}'>\n")
        assert program("archive", path).code == 0

    def names(*words: str) -> list[str]:
        found = program("ls", "--json", *words).result["documents"]
        return [Path(document["path"]).stem for document in found]

    assert names() == ["large", "middle", "small"]
    assert names("--reverse") == ["small", "middle", "large"]
    assert names("--sort", "size") == ["large", "middle", "small"]
    assert names("--sort", "size", "-r", "--limit", "1") == ["small"]
    assert "note: 2 more left out by --limit" in program("ls", "--limit", "1").err
    assert names("--larger", "4k") == ["large", "middle"]
    assert names("--since", "1h") == names()
    assert names("--until", "1h") == []
    assert names("--since", "2100-01-01") == []
    sizes = [
        blob["size"]
        for blob in program(
            "ls", "--blobs", "--sort", "size", "--limit", "2", "--json"
        ).result["blobs"]
    ]
    assert len(sizes) == 2
    assert sizes[0] > sizes[1]
    assert program("ls", "--blobs", "--since", "1h").code == 2
    assert program("ls", "--since", "soon").code == 2
    assert program("ls", "--sort", "type").code == 2


def test_a_stream_has_a_name_and_is_forgotten_by_it(program: Program) -> None:
    def stream(seed: int) -> bytes:
        return f"<img src={uri(picture(30, 20, seed))}>".encode()

    slim = program("archive", "-", "--stdin-name", "dump of monday", stdin=stream(1))
    assert slim.code == 0
    assert program("archive", "-", stdin=stream(2)).code == 0
    listed = program("ls", "--state", "stream", "--json").result["documents"]
    named = "stdin:dump of monday"
    (by_content,) = {d["path"] for d in listed} - {named}
    assert re.fullmatch("stdin:[0-9a-f]{16}", by_content)
    (found,) = program("ls", named, "--json").result["documents"]
    assert (found["path"], found["state"]) == (named, "stream")
    # One of the same name takes its place; both can be restored until it is forgotten.
    again = program("archive", "-", "--stdin-name", "dump of monday", stdin=stream(3))
    assert len(program("ls", "--json").result["documents"]) == 2
    assert program("restore", "-", stdin=again.out).out == stream(3)
    assert program("restore", "-", stdin=slim.out).out == stream(1)
    for name in (named, by_content):
        assert program("forget", name).code == 0
    assert program("ls", "--json").result["documents"] == []
    assert program("gc", "--grace", "0", "--json").result["live"]["blobs"] == 0


def test_what_cannot_be_a_stream_s_name(program: Program) -> None:
    for name in ("a/b", "0123456789abcdef", "a\nb"):
        ran = program("archive", "-", "--stdin-name", name, stdin=b"words")
        assert ran.code == 2, name
        assert "cannot be the name of a stream" in ran.err
    page(program)
    ran = program("archive", "page.html", "--stdin-name", "a")
    assert (ran.code, ran.out) == (2, b"")

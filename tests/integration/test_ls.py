"""`assetstore ls`: documents and their states."""

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

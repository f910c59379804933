"""`assetstore ls`: documents and their states."""

from pathlib import Path

from support.pages import page
from support.program import Program


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

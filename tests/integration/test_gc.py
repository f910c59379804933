"""`assetstore gc`: what was forgotten goes, and nothing else."""

import subprocess
import sys

from support.pages import files_of, page
from support.program import Program
from support.samples import picture


def test_gc_after_forget_frees_the_bytes_and_nothing_else(program: Program) -> None:
    keep, kept = page(program, "keep.html", 1)
    drop, dropped = page(program, "drop.html", 2)
    assert program("archive", keep, drop).code == 0
    full = program("stats", "--json").result["pack_bytes"]

    assert program("gc", "--grace", "0", "--json").result["freed"] == 0
    assert program("forget", drop).code == 1  # it still holds a placeholder
    drop_small = drop.read_bytes()
    assert program("forget", drop, "--force").code == 0
    would = program("gc", "-n", "--grace", "0", "--json").result
    assert program("stats", "--json").result["pack_bytes"] == full
    assert would["rewritten"]["blobs"] == 2
    assert program("gc", "--json").result["freed"] == 0  # within the grace period
    done = program("gc", "--grace", "0", "--json").result
    picture_size = len(picture(64, 64, 2))
    assert done["freed"] >= picture_size
    left = program("stats", "--json").result["pack_bytes"]
    assert full - left >= picture_size

    assert program("verify", "--read-data").code == 0
    assert program("restore", keep).code == 0
    assert keep.read_bytes() == kept
    lost = program("restore", drop)
    assert lost.code == 12
    assert drop.read_bytes() == drop_small
    drop.write_bytes(dropped)  # archiving the original again heals
    assert program("archive", drop).code == 0
    assert program("restore", drop).code == 0
    assert drop.read_bytes() == dropped


def test_gc_scan_keeps_what_is_found(program: Program) -> None:
    path, data = page(program)
    assert program("archive", path).code == 0
    copy = program.folder / "elsewhere.html"
    copy.write_bytes(path.read_bytes())
    assert program("forget", path, "--force").code == 0
    gone = program("gc", "--grace", "0", "--scan", copy, "--json")
    assert gone.code == 0, gone.err
    assert gone.result["freed"] == 0
    assert gone.result["scanned"] == 1
    assert program("restore", copy).code == 0
    assert copy.read_bytes() == data


def test_gc_refuses_an_unreachable_scan_root(program: Program) -> None:
    path, _ = page(program)
    assert program("archive", path).code == 0
    assert program("forget", path, "--force").code == 0
    before = files_of(program.store / "packs")
    ran = program("gc", "--grace", "0", "--scan", program.folder / "nowhere")
    assert ran.code == 2
    assert "nowhere is not there" in ran.err
    assert files_of(program.store / "packs") == before


def test_gc_refuses_an_unreadable_manifest(program: Program) -> None:
    path, _ = page(program)
    other, _ = page(program, "other.html", 2)
    assert program("archive", path, other).code == 0
    assert program("forget", path, "--force").code == 0
    manifest = max((program.store / "manifests").rglob("*"), key=lambda p: p.is_file())
    manifest.chmod(0o600)
    manifest.write_bytes(b"\0" * 50)
    packs = files_of(program.store / "packs")
    assert program("gc", "--grace", "0").code == 12
    assert files_of(program.store / "packs") == packs


def test_locked_is_11(program: Program) -> None:
    path, _ = page(program)
    assert program("archive", path).code == 0
    holder = (
        "import sys; from assetstore.store.store import Store\n"
        "store = Store.open(__import__('pathlib').Path(sys.argv[1]))\n"
        "with store.lock('gc', 1.0):\n    print('held', flush=True); sys.stdin.read()\n"
    )
    with subprocess.Popen(
        [sys.executable, "-c", holder, str(program.store)],
        env=program.environment,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
    ) as process:
        assert process.stdin is not None
        assert process.stdout is not None
        assert process.stdout.readline() == b"held\n"
        assert program("gc").code == 11
        process.stdin.close()
    assert program("gc").code == 0

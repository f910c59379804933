"""Small files that announce, or become, very large ones, and files without an end."""

import os
import re
from collections.abc import Callable
from pathlib import Path

import pytest
import zstandard

from support.crafted_bundle import CraftedBundle
from support.homes import codex_home, rollout
from support.program import Program
from support.samples import picture, uri


@pytest.fixture
def agents(program: Program) -> Program:
    program.environment["CODEX_HOME"] = str(program.folder / ".codex")
    return program


def largest(folder: Path) -> int:
    return max((p.stat().st_size for p in folder.rglob("*") if p.is_file()), default=0)


def test_a_compressed_log_that_has_no_end_in_sight(agents: Program) -> None:
    path = codex_home(agents.folder)
    packed = path.with_name(f"{path.name}.zst")
    compressor = zstandard.ZstdCompressor(level=1).compressobj()
    piece = rollout(1, 0).partition(b"\n")[0] + b" " * (1 << 20) + b"\n"
    with packed.open("wb") as file:
        for _ in range(1500):
            file.write(compressor.compress(piece))
        file.write(compressor.flush())
    path.unlink()
    assert packed.stat().st_size < 300_000
    for words in (("doctor",), ("show", packed), ("rescue", packed, "--now")):
        ran = agents(*words)
        assert ran.code != 0, words
        assert "times as long" in ran.err
    assert largest(agents.folder) < 1 << 20


def test_a_configuration_is_short(program: Program) -> None:
    (program.folder / "page.html").write_text(f"<img src='{uri(picture(60, 40, 1))}'>")
    evil = program.folder / ".assetstore.toml"
    evil.write_text("a = " + "[" * 500 + "]" * 500 + "\n" + "b.c = 1\n" * 20_000)
    ran = program("archive", "page.html")
    assert ran.code == 14
    assert "64 KiB" in ran.err


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="no FIFOs")
@pytest.mark.parametrize("name", ["fifo", "/dev/zero"])
def test_a_bundle_is_a_file(agents: Program, name: str) -> None:
    os.mkfifo(agents.folder / "fifo")
    ran = agents("import", name)
    assert ran.code == 1
    assert "not a regular file" in ran.err


def announced(bundle: CraftedBundle) -> None:
    bundle.about["size"] = 1 << 40


def repeated(bundle: CraftedBundle) -> None:
    log = bundle.files["thread.jsonl"]
    (name, *_) = re.findall(rb"as1:[\w-]{27}", log)
    bundle.files["thread.jsonl"] = log + b'{"a":"%b"}\n' % name * 100_000


@pytest.mark.parametrize("evil", [announced, repeated])
def test_a_bundle_that_would_become_far_longer(
    agents: Program, evil: Callable[[CraftedBundle], None]
) -> None:
    bundle = CraftedBundle(agents)
    evil(bundle)
    ran = bundle.imported()
    assert ran.code == 12, ran.err
    assert "longer than" in ran.err or "would become" in ran.err
    assert largest(agents.folder) < 8 << 20
    assert not list(agents.folder.rglob("rollout-*"))

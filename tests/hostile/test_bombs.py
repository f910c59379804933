"""Small files that announce, or become, very large ones, and files without an end."""

import json
import os
import re
import shutil
import zipfile
from collections.abc import Callable
from pathlib import Path

import pytest
import zstandard
from blake3 import blake3

from support.homes import THREAD, codex_home, rollout
from support.program import Program, Ran
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


class Bundle:
    """A bundle of a thread that can be changed, with sums that fit."""

    def __init__(self, agents: Program):
        codex_home(agents.folder)
        assert agents("export", THREAD, "b").code == 0
        shutil.rmtree(agents.folder / ".codex")
        self.agents = agents
        with zipfile.ZipFile(agents.folder / "b") as file:
            self.files = {name: file.read(name) for name in file.namelist()}
        self.about = json.loads(self.files.pop("bundle.json"))

    def imported(self, *words: str) -> Ran:
        self.about["files"] = {
            name: blake3(data).hexdigest() for name, data in self.files.items()
        }
        path = self.agents.folder / "evil"
        with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as file:
            file.writestr("bundle.json", json.dumps(self.about))
            for name, data in self.files.items():
                file.writestr(name, data)
        return self.agents("import", path, *words)


def announced(bundle: Bundle) -> None:
    bundle.about["size"] = 1 << 40


def repeated(bundle: Bundle) -> None:
    log = bundle.files["thread.jsonl"]
    (name, *_) = re.findall(rb"as1:[\w-]{27}", log)
    bundle.files["thread.jsonl"] = log + b'{"a":"%b"}\n' % name * 100_000


@pytest.mark.parametrize("evil", [announced, repeated])
def test_a_bundle_that_would_become_far_longer(
    agents: Program, evil: Callable[[Bundle], None]
) -> None:
    bundle = Bundle(agents)
    evil(bundle)
    ran = bundle.imported()
    assert ran.code == 12, ran.err
    assert "longer than" in ran.err or "would become" in ran.err
    assert largest(agents.folder) < 8 << 20
    assert not list(agents.folder.rglob("rollout-*"))


@pytest.mark.parametrize(
    "place",
    ["projects/../x.jsonl", "projects/.. /../x.jsonl", "sessions/../../../x.jsonl"],
)
def test_a_place_beside_its_folder(agents: Program, place: str) -> None:
    bundle = Bundle(agents)
    bundle.about["place"] = place
    assert bundle.imported("--to", "home/inner").code == 12
    assert not list(agents.folder.rglob("x.jsonl"))


def test_a_link_on_the_way(agents: Program) -> None:
    bundle = Bundle(agents)
    outside = agents.folder / "outside"
    outside.mkdir()
    (agents.folder / "home").mkdir()
    (agents.folder / "home" / "sessions").symlink_to(outside)
    ran = bundle.imported("--to", "home")
    assert ran.code == 1
    assert "a link leads" in ran.err
    assert list(outside.iterdir()) == []

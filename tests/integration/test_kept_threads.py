"""Threads that are kept, through the command line and its periodic run."""

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from support.clients import make_opencode
from support.homes import SESSION, claude_home, claude_session
from support.kept import claude_thread, files
from support.program import Program
from support.purged import files as all_files
from support.purged import holders, pieces, spellings
from support.samples import lines, picture

RECOVER = Path(__file__).parents[2] / "docs" / "recover.py"
WORDS = b"The word of this very thread is heliotrope, and of no other."


@pytest.fixture
def log(agents: Program) -> Path:
    return claude_thread(agents.folder)


def test_a_job_keeps_threads_and_one_that_is_gone_comes_back(
    agents: Program, log: Path
) -> None:
    config = agents.folder / "config.toml"
    config.write_text("[jobs.claude-code]\nkeep = true\n")
    assert agents("run").code == 0  # off by default
    assert b"no thread is kept here" in agents("threads").err.encode()
    os.utime(log)  # it is kept, however young it is
    dry = agents("run", "--config", config, "-n", "--now", "--json")
    assert "1 thread would be kept." in dry.result["tasks"][0]["notes"]
    ran = agents("run", "--config", config, "--now", "--json")
    assert ran.code == 0, ran.err
    assert ran.result["tasks"][0]["kept"] == 1
    now = files(agents.folder / ".claude")
    again = agents("run", "--config", config, "--now", "--json")
    assert again.result["tasks"][0]["kept"] == 0

    shutil.rmtree(agents.folder / ".claude")
    assert agents("gc", "--grace", "0").code == 0
    listed = agents("threads", "--gone").out.decode()
    assert SESSION in listed
    assert "gone" in listed
    (info,) = agents("threads", "list", "--gone", "--json").result["threads"]
    assert info["first"] == "?"
    (document,) = (
        d for d in agents("ls", "--json").result["documents"] if "thread:" in d["path"]
    )
    assert document["state"] == "present"
    stats = agents("stats", "--json").result
    assert (stats["threads"], stats["thread_bytes"]) == (1, info["size"])
    assert agents("verify", "--read-data").code == 0
    back = agents("threads", "restore", SESSION[:8])
    assert back.code == 0, back.err
    assert files(agents.folder / ".claude") == now
    assert not agents("threads", "--gone", "--json").result["threads"]
    for path in agents.store.rglob("*"):
        assert path.stat().st_mode & 0o077 == 0


def test_forgotten_and_purged_words_are_gone(agents: Program) -> None:
    log = claude_home(
        agents.folder, claude_session(1) + lines({"type": "x", "x": WORDS.decode()})
    )
    assert agents("threads", "keep").code == 0
    log.write_bytes(log.read_bytes() + lines({"type": "y", "n": list(range(9000))}))
    assert agents("threads", "keep", log).code == 0  # another last block
    (info,) = agents("threads", "list", "--json").result["threads"]
    shot = spellings(picture(60, 40, 100))
    log.unlink()
    refused = agents("threads", "forget", SESSION)
    assert refused.code == 1
    assert "all there is" in refused.err
    purged = agents("purge", info["document"], "--yes")
    assert purged.code == 0, purged.err
    # As it is and in anything that decodes: all packs are opened.
    export = agents.folder / "everything"
    recovered(agents.store, export)
    found = [*all_files(agents.store), *all_files(export)]
    assert holders(found, [*pieces(WORDS, 0), *shot]) == []
    (problem,) = agents("threads", "--json").result["threads"]
    assert problem["problem"] == "purged"
    assert agents("threads", "restore", SESSION).code == 12
    assert agents("threads", "forget", SESSION).code == 0
    assert agents("gc", "--grace", "0").code == 0
    assert agents("verify").code == 0


def recovered(store: Path, out: Path, *paths: Path) -> None:
    """Run the reader that knows packs alone."""
    words = [sys.executable, str(RECOVER), str(store), str(out), *map(str, paths)]
    subprocess.run(words, check=True, capture_output=True)


def test_without_assetstore(agents: Program, log: Path) -> None:
    assert agents("threads", "keep").code == 0
    everything = agents.folder / "everything"
    recovered(agents.store, everything)
    cards = [
        json.loads(data)
        for path in everything.iterdir()
        if (data := path.read_bytes()).startswith(b'{"began"')
    ]
    (card,) = cards
    assert len(card["files"]) == 4
    for file in card["files"][:1]:
        once, twice = agents.folder / "once", agents.folder / "twice"
        name = agents.folder / "name"
        name.write_text(file["now"]["text"])
        recovered(agents.store, once, name)
        recovered(agents.store, twice, once / "name")
        assert (twice / "name").read_bytes() == Path(
            card["home"], file["place"]
        ).read_bytes()


def test_to_another_home_and_what_is_none(agents: Program, log: Path) -> None:
    assert agents("threads", "keep", log.parents[2]).code == 0
    there = agents.folder / "there"
    assert agents("threads", "restore", log, "--to", there).code == 0
    assert files(there) == files(agents.folder / ".claude")
    for words in (["restore", "none"], ["forget", "none"], ["kep"]):
        assert agents("threads", *words).code == 2
    assert agents("threads", "keep", agents.folder / "gone").code == 1
    kept = agents("threads", "keep", "-v", log)
    assert b"0 threads" in kept.out + kept.err.encode()
    assert agents("threads", "forget", SESSION).code == 0
    assert agents("gc", "--grace", "0", "--json").result["freed"] > 20_000


def test_clients_whose_threads_are_rows_are_named(agents: Program, log: Path) -> None:
    database = make_opencode(agents.folder / "xdg/data/opencode/opencode.db")
    ran = agents("threads", "keep", "--json")
    assert (ran.code, len(ran.result["threads"])) == (0, 1)
    assert ran.json["warnings"] == ["threads of opencode are no text, and not kept"]
    named = agents("threads", "keep", database, "--json")
    assert named.code == 1  # as it alone is refused elsewhere
    (error,) = named.json["errors"]
    assert "rows are not kept" in error["message"]

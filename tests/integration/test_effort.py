"""Coding smaller from other commands: archive --effort, run, stats --types."""

import json
from pathlib import Path

import pytest

from assetstore.config.keys import Limits, Optimize
from assetstore.installation import how_to_get
from assetstore.jobs import tasks
from assetstore.jobs.limits import Bounds
from assetstore.store.locks import hold
from support.optimized import pages
from support.program import Program


@pytest.fixture
def program(tmp_path: Path) -> Program:
    return Program(tmp_path)


@pytest.fixture
def folder(program: Program) -> Path:
    folder = program.folder / "docs"
    folder.mkdir()
    for name, data in pages().items():
        (folder / f"{name}.html").write_bytes(data)
    return folder


def whole(folder: Path) -> dict[str, bytes]:
    return {path.name: path.read_bytes() for path in folder.iterdir()}


def test_archive_with_an_effort_codes_what_is_new(
    program: Program, folder: Path
) -> None:
    before = whole(folder)
    first, *others = sorted(folder.iterdir())
    assert program("archive", first).code == 0
    (plain,) = program.store.glob("packs/*/*")
    ran = program("archive", *others, "--effort", "2", "--json")
    assert ran.code == 0, ran.err
    coded = ran.result["optimized"]
    assert coded["effort"] == 2
    assert coded["after_bytes"] < coded["before_bytes"]
    assert plain.exists()  # what was there before is left to optimize
    assert program("restore", folder).code == 0
    assert whole(folder) == before


def test_what_cannot_be_coded_now_is_archived_all_the_same(
    program: Program, folder: Path
) -> None:
    assert program("archive", folder).code == 0
    assert program("restore", folder).code == 0
    root = program.store
    with hold(root / "locks" / "optimize.lock", 1):
        ran = program("archive", folder, "--effort", "1", "--json")
    assert ran.code == 0
    assert ran.result["totals"]["archived"] == len(pages())
    assert any("was not coded" in warning for warning in ran.json["warnings"])
    assert program("restore", folder).code == 0


def test_archive_in_a_dry_run_codes_nothing(program: Program, folder: Path) -> None:
    ran = program("archive", folder, "--effort", "2", "-n", "--json")
    assert ran.code == 0
    assert "optimized" not in ran.result
    assert not program.store.exists()


def test_without_the_packages_nothing_is_archived(
    program: Program, folder: Path
) -> None:
    hooks = program.folder / "hooks"
    hooks.mkdir()
    (hooks / "sitecustomize.py").write_text(
        "import importlib.util as u\nfind = u.find_spec\n"
        "u.find_spec = lambda name, *a: None if name == 'numpy' else find(name, *a)\n"
    )
    before = whole(folder)
    ran = program("archive", folder, "--effort", "2", PYTHONPATH=str(hooks))
    assert ran.code == 1
    assert how_to_get("codecs", "numpy") in ran.err
    assert whole(folder) == before
    assert not program.store.exists()


def test_stats_by_type(program: Program, folder: Path) -> None:
    assert program("archive", folder, "--effort", "2").code == 0
    assert program("stats", "--json").result["types"] == []
    stats = program("stats", "--types", "--json").result
    (png,) = (t for t in stats["types"] if t["codec"] == "png")
    assert png["mime"] == "image/png"
    assert png["stored_bytes"] < png["raw_bytes"]
    assert 0 < png["timed"] <= png["count"]
    assert png["seconds"] > 0
    counted = {(b["codec"], b["count"]) for b in stats["blobs"] if b["kind"] == "media"}
    assert ("png", png["count"]) in counted
    assert "image/png" in program("stats", "--types").out.decode()


def test_a_run_codes_what_is_due(program: Program, folder: Path) -> None:
    config = program.folder / "xdg" / "config" / "assetstore" / "config.toml"
    config.parent.mkdir(parents=True)
    config.write_text(
        f"[jobs.docs]\npaths = [{json.dumps(str(folder))}]\nmin_age = '0s'\n"
        "[optimize]\nmax_effort = 1\n[limits]\nkeep_free = 0\n"
    )
    before = whole(folder)
    ran = program("run", "--json")
    assert ran.code == 0, ran.err
    (task,) = (t for t in ran.result["tasks"] if t["name"] == "optimize")
    assert task["result"] == "ok"
    assert task["freed"] > 0
    assert "optimize" in program("run", "--json").result["not_due"]
    assert program("restore", folder).code == 0
    assert whole(folder) == before


def test_a_run_without_the_packages_asks_for_nothing(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    assert tasks.optimize_every(Optimize()) == tasks.DAY
    monkeypatch.setattr(tasks, "missing_packages", lambda: ["numpy"])
    assert tasks.optimize_every(Optimize()) == 0
    assert tasks.optimize_every(Optimize(every=3600.0)) == 3600.0


def test_a_run_ends_when_it_has_to() -> None:
    now = [0.0]
    bounds = Bounds(Limits(run_time=100.0), clock=lambda: now[0])
    assert bounds.left(30.0) == 30.0
    now[0] = 80.0
    assert bounds.left(30.0) == 20.0
    now[0] = 200.0
    assert bounds.left(30.0) == 0.0
    assert Bounds(Limits()).left(30.0) == 30.0

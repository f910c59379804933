"""What a report says of an installation."""

import json
from pathlib import Path

import pytest

from assetstore.cli.invocation import Run
from assetstore.cli.reporting import report
from assetstore.store.store import Store
from assetstore.version import __version__


def test_all_parts_are_there_without_a_store_or_a_configuration(home: Path) -> None:
    found = report(Run())
    assert found["program"]["version"] == __version__
    assert found["packages"]["click"]
    assert found["store"]["error"].startswith("StoreNotFound: there is no store at ~/")
    assert (found["clients"], found["last_run"]) == ({}, {})


def test_what_may_be_secret_is_not_shown(
    home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    config = home / "c.toml"
    config.write_text(
        '[report]\nping = "https://user:hunter2@example.org/my-uuid"\n'
        'on_failure = "mail -s hunter2 me"\n'
        f'[jobs.notes]\npaths = ["{home}/notes", "/x?token=ghp_{"a1B2" * 9}"]\n'
    )
    monkeypatch.setenv("ASSETSTORE_CONFIG", str(config))
    monkeypatch.setenv("ASSETSTORE_TOKEN", "5c1-secret")
    monkeypatch.setenv("SOME_TOKEN", "hunter2")
    found = report(Run())
    told = json.dumps(found)
    settings = found["configuration"]["settings"]
    assert settings["report.ping"] == settings["report.on_failure"] == "(not shown)"
    assert settings["jobs.notes.paths"][0] == "~/notes"
    assert found["environment"]["ASSETSTORE_CONFIG"] == "~/c.toml"
    assert "5c1-secret" not in told
    for secret in ("hunter2", "my-uuid", "a1B2a1B2", str(home)):
        assert secret not in told


def test_a_store_is_told_in_numbers(home: Path) -> None:
    run = Run(given={"store": str(home / "store")})
    Store.open(home / "store", create=True).close()
    found = report(run)["store"]
    assert found["place"] == "~/store"
    assert found["documents"] == 0
    assert found["free_bytes"] > 0
    assert "\n" not in found["config"]


def test_one_part_that_is_broken_leaves_the_others(home: Path) -> None:
    (home / "store").mkdir()
    (home / "store" / "config").write_bytes(b"\xff\0nonsense")
    (home / "c.toml").write_text("[archive]\nmedia = 'all'\n")
    found = report(Run(given={"store": str(home / "store"), "config": "c.toml"}))
    assert set(found["store"]) == set(found["configuration"]) == {"error"}
    assert found["platform"]["system"]

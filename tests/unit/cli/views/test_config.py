"""The configuration as people and programs read it."""

import json
from pathlib import Path

import pytest

from assetstore.cli.views.config import check_outcome, schema_outcome, show_outcome
from assetstore.config.keys import schema
from assetstore.config.load import Config, load
from assetstore.config.read import read_file
from support.configs import write
from support.shown import shown, told


@pytest.fixture
def config(tmp_path: Path) -> Config:
    text = "store = 's'\n[gc]\nevery = '2w'\n[jobs.a]\nmin_age = '1h30m'\n"
    return load(user=write(tmp_path, text))


def test_what_is_set_is_shown_with_where_it_comes_from(
    tmp_path: Path, config: Config
) -> None:
    user, store = tmp_path / "config.toml", tmp_path / "s"
    outcome = show_outcome(config, user=user, store=store, flag=False, everything=False)
    lines = shown(outcome)
    assert lines[:2] == [f"# {user}", f"# the store is {store}"]
    assert [line.split() for line in lines[3:]] == [
        ["gc.every", '"14d"', f"{user}:3"],
        ["jobs.a.min_age", '"1h30m"', f"{user}:5"],
        ["store", f'"{store}"', f"{user}:1"],
    ]
    result = told(outcome)["result"]
    assert result["settings"]["gc.every"]["value"] == "14d"
    assert (result["jobs"], result["files"]) == (["a"], [str(user)])


def test_everything_is_shown_where_it_is_asked_for(
    tmp_path: Path, config: Config
) -> None:
    outcome = show_outcome(
        config, user=None, store=tmp_path, flag=False, everything=True
    )
    settings = told(outcome)["result"]["settings"]
    assert settings["gc.keep_last"] == {"value": None, "origin": "default"}
    assert settings["jobs.a.keep_pictures"] == {"value": 0, "origin": "default"}


def test_a_flag_takes_the_place_of_the_files_store(
    tmp_path: Path, config: Config
) -> None:
    outcome = show_outcome(
        config, user=None, store=Path("/f"), flag=True, everything=False
    )
    shown_store = told(outcome)["result"]["settings"]["store"]
    assert shown_store == {"value": "/f", "origin": "flag --store"}


def test_a_file_that_is_not_there_or_not_read_is_said() -> None:
    config = load(user=None)
    config.ignored.append((Path("/p"), "it belongs to another user"))
    outcome = show_outcome(
        config, user=Path("/none\n"), store=Path("/s"), flag=False, everything=False
    )
    lines = shown(outcome)
    assert lines[0] == r"# /none\n (not there)"
    assert "warning: /p is not read: it belongs to another user" in lines


def test_mistakes_are_errors_with_lines(tmp_path: Path) -> None:
    file = read_file(write(tmp_path, "[gc]\nevery = 1\nkeep_lost = 2\n"))
    outcome = check_outcome([file], [(Path("/p"), "why")])
    assert outcome.exit_code == 14
    lines = shown(outcome)
    assert lines[0] == f"{file.path}: 2 mistakes"
    assert f"error: {file.path}:2: gc.every: " in lines[2]
    assert "hint: Did you mean gc.keep_last?" in lines
    assert "warning: /p is not read: why" in lines
    assert [m["line"] for m in told(outcome)["result"]["mistakes"]] == [2, 3]


def test_what_is_hardly_meant_is_a_warning(tmp_path: Path) -> None:
    text = f"[jobs.a]\nkeep_last = 1\npaths = ['/no/such', '/no/*', '{tmp_path}']\n"
    outcome = check_outcome([read_file(write(tmp_path, text))], [])
    assert outcome.exit_code == 0
    first, second = outcome.warnings
    assert "config.toml:2: jobs.a.keep_last is called" in first
    assert second.endswith("config.toml:3: /no/such is not there")
    assert shown(outcome)[0].endswith("config.toml: all good")


def test_there_is_nothing_to_check() -> None:
    assert shown(check_outcome([], [])) == ["there is no configuration file"]


def test_the_schema_is_what_is_printed() -> None:
    outcome = schema_outcome(schema())
    assert json.loads("\n".join(shown(outcome))) == schema()
    assert told(outcome)["result"] == schema()

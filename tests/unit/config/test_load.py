"""The configuration: what comes first, and what a project may say."""

import os
import tomllib
from pathlib import Path

import jsonschema
import pytest

from assetstore.config.keys import schema
from assetstore.config.load import PROJECT_FILE, load, read_all, with_metrics
from assetstore.config.read import read_file
from assetstore.errors import ConfigError, UsageError
from support.configs import GOOD, write


def test_a_file_is_read_as_it_says(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("HOME", "/home/me")
    config = load(user=write(tmp_path, GOOD))
    assert config.general.store == str(tmp_path / "pictures")
    assert config.archive.min_size == 4096
    assert config.archive.exclude == ("build/**", "*.log")
    assert config.archive.media == "image"
    assert (config.gc.every, config.gc.missing_for) == (14 * 86400, 90 * 86400)
    assert (config.gc.keep_last, config.gc.keep_within) == (3, None)
    assert (config.limits.run_time, config.limits.keep_free) == (5400, 2 << 30)
    assert config.jobs["notes"].paths == ("/home/me/notes", "/data/**/*.md")
    assert config.jobs["notes"].keep_pictures == 2
    assert config.jobs["codex"].min_age == 7 * 86400
    assert config.verify.cycle == 30


def test_nothing_is_configured(tmp_path: Path) -> None:
    config = load(user=tmp_path / "none.toml", folder=tmp_path, environ={})
    assert config.jobs == {}
    assert config.general.store is None
    assert {value.origin for value in config.values.values()} == {"default"}


def test_environment_over_project_over_user_over_built_in(tmp_path: Path) -> None:
    user = write(
        tmp_path,
        'store = "user"\n[archive]\nmedia = "any"\nmin_size = 1\njobs = 2\n'
        '[jobs.codex]\nmin_age = "2d"\n',
    )
    inner = tmp_path / "project" / "deep" / "down"
    inner.mkdir(parents=True)
    project = write(
        tmp_path / "project", "[archive]\nmin_size = 2\njobs = 3\n", PROJECT_FILE
    )
    config = load(
        user=user,
        folder=inner,
        environ={"ASSETSTORE_JOBS": "4", "ASSETSTORE_EXCLUDE": "a,b"},
        built_in={"codex": {"paths": ("/x",), "min_age": 1.0}},
    )
    assert config.general.store == str(tmp_path / "user")
    assert (config.archive.media, config.archive.min_size) == ("any", 2)
    assert config.archive.jobs == 4
    assert config.archive.exclude == ("a", "b")
    assert config.jobs["codex"].paths == ("/x",)
    assert config.jobs["codex"].min_age == 2 * 86400
    assert config.given("archive").keys() == {"media", "min_size", "jobs", "exclude"}

    assert config.origin(("store",)) == f"{user}:1"
    assert config.origin(("archive", "media")) == f"{user}:3"
    assert config.origin(("archive", "min_size")) == f"{project}:2"
    assert config.origin(("archive", "jobs")) == "environment ASSETSTORE_JOBS"
    assert config.origin(("archive", "profile")) == "default"
    assert config.origin(("jobs", "codex", "paths")) == "built in"
    assert config.origin(("jobs", "codex", "min_age")) == f"{user}:7"


def test_a_job_that_is_not_enabled_is_none(tmp_path: Path) -> None:
    user = write(tmp_path, "[jobs.codex]\nenabled = false\n")
    assert load(user=user, built_in={"codex": {"paths": ("/x",)}}).jobs == {}


def test_a_mark_of_the_byte_order_is_no_mistake(tmp_path: Path) -> None:
    path = tmp_path / "config.toml"
    path.write_bytes(b"\xef\xbb\xbfstore = 'x'\r\n[gc]\r\nkeep_last = 2\r\n")
    assert load(user=path).gc.keep_last == 2


def test_a_file_that_was_named_has_to_be_there(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match="cannot be read"):
        load(user=tmp_path / "none.toml", must_exist=True)
    assert load(user=tmp_path / "none.toml").jobs == {}


def test_a_project_cannot_run_anything(tmp_path: Path) -> None:
    write(tmp_path, "[report]\non_failure = 'rm -rf /'\n", PROJECT_FILE)
    with pytest.raises(ConfigError, match="may not stand in a project's file"):
        load(user=None, folder=tmp_path)
    write(tmp_path, "[jobs.a]\npaths = ['/']\n", PROJECT_FILE)
    with pytest.raises(ConfigError, match="may not stand in a project's file"):
        load(user=None, folder=tmp_path)


@pytest.mark.skipif(
    not hasattr(os, "getuid") or os.getuid() != 0, reason="needs root for another owner"
)
def test_the_project_file_of_another_user_is_ignored(tmp_path: Path) -> None:
    path = write(tmp_path, "store = 'theirs'\n", PROJECT_FILE)
    os.chown(path, 12345, 12345)
    config = load(user=None, folder=tmp_path)
    assert config.general.store is None
    assert config.ignored == [(path, "it belongs to another user")]


def test_the_machine_s_file_comes_behind_the_user_s(tmp_path: Path) -> None:
    system = write(
        tmp_path, "store = '/shared'\n[gc]\nkeep_last = 2\ngrace = '1d'\n", "etc.toml"
    )
    user = write(tmp_path, "[gc]\nkeep_last = 5\n")
    config = load(user=user, system=system)
    assert (config.general.store, config.gc.keep_last) == ("/shared", 5)
    assert config.gc.grace == 86_400
    assert config.origin(("store",)) == f"{system}:1"
    assert config.origin(("gc", "keep_last")) == f"{user}:2"
    assert [file.path for file in config.files] == [system, user]
    assert load(user=user, system=tmp_path / "none").general.store is None
    system.write_text("[gc]\nkeep_lots = 1\n")
    with pytest.raises(ConfigError, match=r"etc\.toml:2: there is no setting"):
        load(user=None, system=system)


@pytest.mark.skipif(not hasattr(os, "getuid"), reason="modes are POSIX'")
def test_what_somebody_else_could_have_put_there_is_not_read(tmp_path: Path) -> None:
    real = write(tmp_path, "store = 'theirs'\n", "real.toml")
    link = tmp_path / "etc.toml"
    link.symlink_to(real)
    config = load(user=None, system=link)
    assert (config.general.store, config.ignored) == (None, [(link, "it is a link")])
    real.chmod(0o666)
    config = load(user=None, system=real)
    assert config.ignored == [(real, "everybody may write to it")]
    real.chmod(0o644)
    tmp_path.chmod(0o777)
    config = load(user=None, system=real)
    assert config.ignored == [(real, "everybody may write to its folder")]
    tmp_path.chmod(0o700)
    project = write(tmp_path, "store = 'theirs'\n", PROJECT_FILE)
    project.chmod(0o666)
    config = load(user=None, folder=tmp_path)
    assert config.ignored == [(project, "everybody may write to it")]
    assert config.general.store is None


@pytest.mark.skipif(
    not hasattr(os, "getuid") or os.getuid() != 0, reason="needs root for another owner"
)
def test_the_machine_s_file_of_another_user_is_ignored(tmp_path: Path) -> None:
    path = write(tmp_path, "store = 'theirs'\n", "etc.toml")
    os.chown(path, 12345, 12345)
    config = load(user=None, system=path)
    assert config.ignored == [(path, "it belongs to another user")]


def test_a_bad_variable_is_named() -> None:
    with pytest.raises(ConfigError, match="ASSETSTORE_MIN_SIZE: 'big' is not a size"):
        load(user=None, environ={"ASSETSTORE_MIN_SIZE": "big"})


def test_a_setting_is_read_by_the_name_that_it_had(tmp_path: Path) -> None:
    path = tmp_path / "config.toml"
    path.write_text("[jobs.notes]\n# so many\nkeep_last = 2\n")
    config = load(user=path)
    assert config.jobs["notes"].keep_pictures == 2
    assert config.origin(("jobs", "notes", "keep_pictures")) == f"{path}:3"
    (told,) = config.files[0].warnings
    assert told.startswith(
        f"{path}:3: jobs.notes.keep_last is called jobs.notes.keep_pictures now"
    )
    jsonschema.validate(tomllib.loads(path.read_text()), schema())


def test_what_was_not_renamed_keeps_its_name(tmp_path: Path) -> None:
    path = tmp_path / "config.toml"
    path.write_text("[gc]\nkeep_last = 2\n")
    assert load(user=path).gc.keep_last == 2
    assert not read_file(path).warnings


def test_jobs_are_chosen_by_name(tmp_path: Path) -> None:
    user = write(tmp_path, "[jobs]\na.min_age = 0\nb.min_age = 0\nc.enabled = false\n")
    config = load(user=user)
    assert list(config.checked_jobs([])) == ["a", "b"]
    assert list(config.checked_jobs(["b"])) == ["b"]
    with pytest.raises(UsageError, match="no job c") as caught:
        config.checked_jobs(["b", "c"])
    assert "The jobs are: a, b." in str(caught.value.hint)
    with pytest.raises(UsageError) as caught:
        load(user=None).checked_jobs(["a"])
    assert "there are none" in str(caught.value.hint)


def test_a_flag_for_metrics_comes_before_the_file(tmp_path: Path) -> None:
    config = load(user=write(tmp_path, "[report]\nmetrics = 'a'\n"))
    other = with_metrics(config, "/flag")
    assert other.report.metrics == "/flag"
    assert other.origin(("report", "metrics")) == "flag --metrics"
    assert config.report.metrics == str(tmp_path / "a")


def test_the_users_file_is_not_read_again_as_a_projects(tmp_path: Path) -> None:
    user = write(tmp_path, "[gc]\nkeep_last = 2\n", PROJECT_FILE)
    files, ignored = read_all(user=user, must_exist=False, folder=tmp_path)
    assert [file.path for file in files] == [user]
    assert (files[0].mistakes, ignored) == ([], [])

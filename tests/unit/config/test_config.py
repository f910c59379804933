"""The configuration: what comes first, where mistakes are, what a project may say."""

import json
import os
import tomllib
from importlib import resources
from pathlib import Path

import jsonschema
import pytest
from hypothesis import given
from hypothesis import strategies as st

from assetstore.config.keys import (
    TABLES,
    JobSettings,
    keys_of,
    kind_of,
    schema,
    variable,
)
from assetstore.config.lines import key_lines
from assetstore.config.load import PROJECT_FILE, load
from assetstore.config.read import read_file
from assetstore.errors import ConfigError

GOOD = """\
# Mine.
store = "pictures"

[archive]
min_size = "4k"   # binary
exclude = [
  "build/**",
  # and
  "*.log",
]
profile = "generic"

[gc]
every = "2w"
missing_for = "90d"
keep_last = 3

[limits]
run_time = "1h30m"
nice = 19
io = "low"
keep_free = "2GiB"

[report]
ping = "https://example.org/ping/1"

[jobs.codex]
min_age = "7d"

[jobs.notes]
paths = ["~/notes", "/data/**/*.md"]
keep_pictures = 2
older_than = 0
enabled = true
"""


def write(folder: Path, text: str, name: str = "config.toml") -> Path:
    path = folder / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, "utf-8")
    return path


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


@pytest.mark.parametrize(
    ("text", "line", "says", "hint"),
    [
        ("[archive]\n\nmin_sise = 1\n", 3, "no setting archive.min_sise", "min_size"),
        ("[archvie]\nmin_size = 1\n", 1, "no setting archvie", "archive"),
        ("# x\nstoer = 'a'\n", 2, "no setting stoer", "store"),
        ("[gc]\nevery = 'often'\n", 2, "not a duration", ""),
        ("[gc]\nevery = 7\n", 2, "not a duration", ""),
        ("[gc]\n\n\nkeep_last = 0\n", 4, "at least 1", ""),
        ("[gc]\nkeep_last = true\n", 2, "not a whole number", ""),
        ("[limits]\nnice = 20\n", 2, "0 to 19", ""),
        ("[limits]\nio = 'fast'\n", 2, "idle, low, normal", ""),
        ("[limits]\nkeep_free = -1\n", 2, "not a size", ""),
        ("[archive]\nexclude = 'a'\n", 2, "not a list", ""),
        ("[archive]\nexclude = [\n'a',\n1,\n]\n", 2, "not a text", ""),
        ("[report]\nping = 'ftp://x'\n", 2, "http", ""),
        ("[jobs]\ncodex = 3\n", 2, "no table", ""),
        ("jobs = 3\n", 1, "no table", ""),
        ("[jobs.Bad]\n", 1, "cannot be the name", ""),
        ("[jobs.gc]\n", 1, "cannot be the name", ""),
        ("[jobs.a]\nenabled = 'yes'\n", 2, "neither true nor false", ""),
        ("store = ''\n", 1, "empty", ""),
        ("a = \n", 1, "no TOML", "toml.io"),
        ("x = 1\n\na = 'b\n", 3, "no TOML", "toml.io"),
        ("a = [\n1,\n", 2, "no TOML", "toml.io"),
    ],
)
def test_a_mistake_is_named_with_its_line(
    tmp_path: Path, text: str, line: int, says: str, hint: str
) -> None:
    path = write(tmp_path, text)
    mistakes = read_file(path).mistakes
    assert len(mistakes) == 1
    assert mistakes[0].line == line
    assert says in mistakes[0].message
    assert hint in mistakes[0].hint
    with pytest.raises(ConfigError, match=f"{path}:{line}: ") as caught:
        load(user=path)
    assert caught.value.exit_code == 14


def test_all_mistakes_are_found(tmp_path: Path) -> None:
    path = write(tmp_path, "[gc]\nevery = 1\ngrace = 2\n[jobs.a]\nx = 3\n")
    assert [m.line for m in read_file(path).mistakes] == [2, 3, 5]


def test_bytes_that_are_no_utf8(tmp_path: Path) -> None:
    path = tmp_path / "config.toml"
    path.write_bytes(b"# fine\nstore = '\xff'\n")
    assert [m.line for m in read_file(path).mistakes] == [2]


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


def test_a_bad_variable_is_named() -> None:
    with pytest.raises(ConfigError, match="ASSETSTORE_MIN_SIZE: 'big' is not a size"):
        load(user=None, environ={"ASSETSTORE_MIN_SIZE": "big"})


def test_the_schema_that_ships_is_the_one_of_the_code() -> None:
    file = resources.files("assetstore").joinpath("schema/config-1.json")
    assert json.loads(file.read_bytes()) == schema()


def test_the_schema_says_what_the_code_takes() -> None:
    validator = jsonschema.Draft202012Validator(schema())
    validator.check_schema(schema())
    validator.validate(tomllib.loads(GOOD))
    for bad in (
        "[archive]\nmin_sise = 1",
        "[gc]\nkeep_last = 0",
        "[gc]\nevery = 7",
        "[limits]\nio = 'fast'",
        "[report]\nping = 'ftp://x'",
        "[jobs.Bad]",
        "[jobs.a]\nenabled = 'yes'",
    ):
        assert list(validator.iter_errors(tomllib.loads(bad))), bad


def test_every_default_can_be_written_and_read() -> None:
    for table in (*TABLES.values(), JobSettings):
        for name, setting in keys_of(table).items():
            if setting.default is not None:
                kind = kind_of(setting)
                shown = kind.show(setting.default)
                assert kind.read(shown, Path("/")) == setting.default, name


def test_variables_do_not_clash() -> None:
    names = [
        variable(table, name)
        for table, kind in TABLES.items()
        for name in keys_of(kind)
        if variable(table, name)
    ]
    assert len(set(names)) == len(names)


values = st.recursive(
    st.one_of(
        st.integers(-(2**70), 2**70),
        st.booleans(),
        st.floats(allow_nan=False),
        st.text(max_size=12),
        st.sampled_from(["1d", "4k", "idle", "auto", "0", "~", "~nobody-there/x"]),
    ),
    lambda inner: st.lists(inner, max_size=3),
    max_leaves=4,
)
known = [
    f"{table}.{name}" if table else name
    for table, kind in TABLES.items()
    for name in keys_of(kind)
] + [f"jobs.a.{name}" for name in keys_of(JobSettings)]


def toml(value: object) -> str:
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, str):
        return json.dumps(value, ensure_ascii=False).replace("\x7f", "\\u007f")
    if isinstance(value, list):
        return f"[{', '.join(map(toml, value))}]"
    return repr(value)


@given(st.dictionaries(st.one_of(st.sampled_from(known), st.just("gc.evry")), values))
def test_any_values_are_read_or_named(
    tmp_path_factory: pytest.TempPathFactory, settings: dict[str, object]
) -> None:
    text = "".join(f"{key} = {toml(value)}\n" for key, value in settings.items())
    path = write(tmp_path_factory.getbasetemp(), text)
    file = read_file(path)
    assert len(file.values) + len(file.mistakes) == len(settings)
    lines = {key: n for n, key in enumerate(settings, 1)}
    for mistake in file.mistakes:
        assert mistake.line == lines[mistake.key]
    for key in file.values:
        assert file.line(key) == lines[".".join(key)]


@given(st.one_of(st.binary(max_size=200), st.text(max_size=200).map(str.encode)))
def test_any_bytes_are_a_file_or_a_named_mistake(
    tmp_path_factory: pytest.TempPathFactory, data: bytes
) -> None:
    path = tmp_path_factory.getbasetemp() / "config.toml"
    path.write_bytes(data)
    file = read_file(path)
    for mistake in file.mistakes:
        assert mistake.message
        assert 0 <= mistake.line <= data.count(b"\n") + data.count(b"\r") + 2


def test_a_text_nested_without_end(tmp_path: Path) -> None:
    path = write(tmp_path, f"a = {'[' * 100_000}")
    assert [m.key for m in read_file(path).mistakes] == [""]


def test_lines_of_keys_in_any_order() -> None:
    text = '[a.b]\nc = """\nd = 1\n"""\n\n[a]\n# x\n"e f" = {g = 1}\n[[h]]\ni=1\n'
    lines = key_lines(text)
    assert lines["a", "b", "c"] == 2
    assert lines["a", "e f"] == lines["a", "e f", "g"] == 8
    assert lines[("h",)] == 9


def test_lines_that_end_as_on_windows() -> None:
    lines = key_lines('[gc]\r\n# x\r\nkeep_last = 2\r\ngrace = "1d"\r\n')
    assert (lines["gc", "keep_last"], lines["gc", "grace"]) == (3, 4)


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


def test_the_old_name_and_the_new_one_are_a_mistake(tmp_path: Path) -> None:
    path = tmp_path / "config.toml"
    path.write_text("[jobs.notes]\nkeep_pictures = 1\nkeep_last = 2\n")
    file = read_file(path)
    assert [(m.line, m.key) for m in file.mistakes] == [(3, "jobs.notes.keep_last")]
    assert not file.warnings


def test_what_was_not_renamed_keeps_its_name(tmp_path: Path) -> None:
    path = tmp_path / "config.toml"
    path.write_text("[gc]\nkeep_last = 2\n")
    assert load(user=path).gc.keep_last == 2
    assert not read_file(path).warnings

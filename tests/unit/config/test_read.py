"""One file: its settings, and its mistakes with their lines."""

import json
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from assetstore.config.keys import (
    TABLES,
    JobSettings,
    keys_of,
)
from assetstore.config.load import load
from assetstore.config.read import read_file
from assetstore.errors import ConfigError
from support.configs import write


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
        ("[jobs.notes]\n", 1, "jobs.notes says nothing", "paths = "),
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


def test_the_old_name_and_the_new_one_are_a_mistake(tmp_path: Path) -> None:
    path = tmp_path / "config.toml"
    path.write_text("[jobs.notes]\nkeep_pictures = 1\nkeep_last = 2\n")
    file = read_file(path)
    assert [(m.line, m.key) for m in file.mistakes] == [(3, "jobs.notes.keep_last")]
    assert not file.warnings


def test_a_file_that_cannot_be_read_is_an_error(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match="cannot be read: Is a directory"):
        read_file(tmp_path)


def test_a_file_is_64_kib_at_most(tmp_path: Path) -> None:
    path = write(tmp_path, "#" * (64 << 10))
    assert read_file(path).mistakes == []
    (mistake,) = read_file(write(tmp_path, "#" * ((64 << 10) + 1))).mistakes
    assert "longer than 64 KiB" in mistake.message
    assert mistake.place == str(path)  # of the file as a whole


def test_a_project_may_say_what_stays_in_it(tmp_path: Path) -> None:
    path = write(tmp_path, "store = 'x'\n[gc]\nkeep_last = 1\n[jobs.a]\nkeep = true\n")
    file = read_file(path, project=True)
    assert list(file.values) == [("store",)]
    assert [(m.line, m.key) for m in file.mistakes] == [(2, "gc"), (4, "jobs")]
    assert not read_file(path).mistakes

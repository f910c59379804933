"""Command lines that are shown can be copied into a shell."""

import re
import shlex
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from assetstore.command_line import naming, quoted, shown_command

ROOT = Path(__file__).parents[2]
SOURCES = [
    path
    for folder in ("assetstore", "archiver", "store", "restore")
    for path in (ROOT / folder).rglob("*.py")
]


@given(st.lists(st.text(st.characters(exclude_categories=["Cs"])), min_size=1))
def test_a_shell_reads_what_was_meant(words: list[str]) -> None:
    assert shlex.split(shown_command(*words)) == ["assetstore", *words]


def test_a_path_is_no_option() -> None:
    assert quoted(Path("-rf x")) == "'./-rf x'"
    assert quoted(Path("a/-b")) == "a/-b"
    assert shown_command("rescue", "--undo", Path("/a b")) == (
        "assetstore rescue --undo '/a b'"
    )


def test_the_store_is_named_where_another_command_would_not_find_it() -> None:
    with naming(lambda: ("--store", Path("/a b"))):
        assert shown_command("gc") == "assetstore gc --store '/a b'"
        assert shown_command("init", "x", store=False) == "assetstore init x"
    assert shown_command("gc") == "assetstore gc"


def test_windows_has_quotes_of_its_own(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("assetstore.command_line.os.name", "nt")
    assert (
        shown_command("show", r"C:\a b\x.jsonl") == r'assetstore show "C:\a b\x.jsonl"'
    )


def test_no_command_line_with_a_name_is_written_by_hand() -> None:
    assert len(SOURCES) > 200
    by_hand = re.compile(r"""f['"][^"\n]*\b(?:assetstore|claude) -*[a-z]+ [^"\n]*\{""")
    found = [
        (str(path.relative_to(ROOT)), line)
        for path in SOURCES
        for line in path.read_text("utf-8").splitlines()
        if by_hand.search(line)
        and "shown_command" not in line
        and "quoted(" not in line
    ]
    assert found == []

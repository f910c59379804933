"""Types of values that a shell completes."""

from pathlib import Path

import click
import pytest

from assetstore.cli import names


@pytest.mark.parametrize(
    "type", [v for v in vars(names).values() if isinstance(v, names.CompletedWord)]
)
def test_a_word_is_taken_as_it_stands(type: names.CompletedWord) -> None:
    for text in ("", "a b", "\udcff", "0" * 5000):
        assert type.convert(text, None, None) == text


def test_a_known_path_is_a_path(tmp_path: Path) -> None:
    type = names.KnownPath(path_type=Path)
    assert type.convert(str(tmp_path / "gone"), None, None) == tmp_path / "gone"


def test_where_there_is_no_store_files_are_left(home: Path) -> None:
    type = names.KnownPath(path_type=Path)
    context = click.Context(click.Command("forget"))
    found = type.shell_complete(context, click.Argument(["path"]), "a")
    assert [(item.type, item.value) for item in found] == [("file", "a")]

"""Databases are told from other paths, and columns have their clients' formats."""

from pathlib import Path

import pytest

from assetstore.cli.databases import named_columns, refuse_vacuum, split_databases
from assetstore.errors import UsageError
from support.clients import make_rows
from support.rows import make_parts, part


def test_a_client_s_database_is_its_columns(tmp_path: Path) -> None:
    known = make_rows(tmp_path / "opencode.db")
    other = tmp_path / "app.db"
    make_parts(other, [part(1)])
    paths = [str(known), str(other), "none", str(tmp_path)]
    columns, others = split_databases(paths)
    assert [column.document for column in columns] == [f"{known}#part.data"]
    assert others == tuple(paths[1:])
    refuse_vacuum(paths, is_asked=True)
    refuse_vacuum(others, is_asked=False)
    with pytest.raises(UsageError):
        refuse_vacuum(others, is_asked=True)


def test_a_column_has_its_client_s_format(tmp_path: Path) -> None:
    known = make_rows(tmp_path / "opencode.db")
    other = tmp_path / "app.db"
    make_parts(other, [part(1)])
    names = [f"{known}#Part.DATA", f"{known}#part.n", f"{other}#part.data"]
    assert [column.format for column in named_columns(names)] == ["opencode", "", ""]
    with pytest.raises(UsageError):
        named_columns(["none"])

"""Databases are told from other paths, and columns have their clients' formats."""

import functools
import os
import sqlite3
from contextlib import closing
from pathlib import Path

import pytest

from assetstore.agents import client_rows
from assetstore.cli.databases import (
    client_databases,
    named_columns,
    refuse_vacuum,
    split_databases,
)
from assetstore.errors import SourceInUse, SourceRefused, UsageError
from assetstore.files.databases import opened_to_read
from support.clients import make_rows
from support.rows import make_parts, part

at_once = functools.partial(opened_to_read, timeout=0)


def test_a_client_s_database_is_its_columns(tmp_path: Path) -> None:
    known = make_rows(tmp_path / "opencode.db")
    other = tmp_path / "app.db"
    make_parts(other, [part(1)])
    paths = [str(known), str(other), "none", str(tmp_path)]
    columns, others, unread = split_databases(paths)
    assert [column.document for column in columns] == [f"{known}#part.data"]
    assert others == tuple(paths[1:])
    assert unread == []
    refuse_vacuum(paths, is_asked=True)
    refuse_vacuum(others, is_asked=False)
    with pytest.raises(UsageError):
        refuse_vacuum(others, is_asked=True)


def test_links_and_pipes_are_not_opened(tmp_path: Path) -> None:
    """A pipe has no end, and a link leads anywhere."""
    known = make_rows(tmp_path / "opencode.db")
    link, pipe = tmp_path / "link" / "opencode.db", tmp_path / "pipe"
    link.parent.mkdir()
    link.symlink_to(known)
    os.mkfifo(pipe)
    assert split_databases([str(link), str(pipe)]) == (
        [],
        (str(link), str(pipe)),
        [],
    )


def test_one_that_cannot_be_read_is_no_other_file(tmp_path: Path) -> None:
    """Read as a document, it had nothing to restore."""
    known = make_rows(tmp_path / "opencode.db")
    with closing(sqlite3.connect(known)) as db:
        db.execute("BEGIN EXCLUSIVE")
        with pytest.MonkeyPatch.context() as change:
            change.setattr(client_rows, "opened_to_read", at_once)
            with pytest.raises(SourceInUse, match="locked"):
                client_databases([known])
            found, others, unread = split_databases([str(known), "page.html"])
            assert (found, others) == ([], ("page.html",))
            (result,) = unread
            assert (result.path, result.code) == (str(known), SourceInUse.exit_code)
            assert "Close its client" in result.hint
            databases, paths, errors = client_databases([known, tmp_path])
            assert (databases, paths) == ([], [tmp_path])
            ((path, error),) = errors
            assert path == str(known)
            assert isinstance(error, SourceInUse)
            refuse_vacuum([str(known)], is_asked=True)
    content = known.read_bytes()
    known.write_bytes(content[:20] + b"\xff" * 20 + content[40:])
    (result,) = split_databases([str(known)])[2]
    assert isinstance(result.error, SourceRefused)
    assert "not a database" in result.reason


def test_a_column_has_its_client_s_format(tmp_path: Path) -> None:
    known = make_rows(tmp_path / "opencode.db")
    other = tmp_path / "app.db"
    make_parts(other, [part(1)])
    names = [f"{known}#Part.DATA", f"{known}#part.n", f"{other}#part.data"]
    assert [column.format for column in named_columns(names)] == ["opencode", "", ""]
    with pytest.raises(UsageError):
        named_columns(["none"])

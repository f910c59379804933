"""Columns that a restore of their database's file names."""

from pathlib import Path

import pytest

from assetstore.errors import ColumnsArchived
from assetstore.files.source import Source
from assetstore.restore.columns import ArchivedColumns
from assetstore.rows.archive import archive_columns, restore_columns
from support.rows import make_parts, part, run
from support.stores import memory_store


def test_only_columns_that_hold_something_are_named(tmp_path: Path) -> None:
    path, other = tmp_path / "app.db", tmp_path / "other.db"
    for each in (path, other):
        make_parts(each, [part(1), part(2)])
    store = memory_store()
    column = f"{path}#part.data"
    assert archive_columns(store, [column]).exit_code == 0

    def refuse(database: Path) -> None:
        with Source.open(database) as found:
            ArchivedColumns([memory_store(), store]).refuse(found, database)

    refuse(other)
    with pytest.raises(ColumnsArchived, match="holds archived columns") as told:
        refuse(path)
    assert column in told.value.hint
    run(path, "UPDATE part SET data='gone'")
    refuse(path)
    assert restore_columns(store, [column]).exit_code == 0
    refuse(path)

"""What an archive would take of columns is what it takes."""

import json
from pathlib import Path

from assetstore.rows.archive import archive_columns
from assetstore.rows.column import parse_column
from assetstore.rows.weigh import Weight, weigh
from support.rows import make_parts, part, text
from support.samples import picture, uri
from support.stores import folder_store


def test_nothing_is_written(tmp_path: Path) -> None:
    path = tmp_path / "app.db"
    left = json.dumps({"role": "user", "files": [uri(picture(20, 15, 3))]})
    make_parts(path, [part(1), text("hi"), part(2).encode(), left])
    content = path.read_bytes()
    column = parse_column(f"{path}#part.data")
    found = weigh(path, [column])
    assert path.read_bytes() == content
    assert found.pictures == 3
    assert found.left == len(uri(picture(20, 15, 3)))
    with folder_store(tmp_path) as store:
        (done,) = archive_columns(store, [column]).files
    assert found.taken == done.before - done.after
    assert weigh(path, []) == Weight()

"""What a database's values hold is read as an archive of them reads it."""

from pathlib import Path

from assetstore.archiver.find_in_rows import columns_as_lines
from assetstore.documents.row_packing import packed_again
from support.rows import make_parts, part, run, text


def test_values_with_payloads_are_lines(tmp_path: Path) -> None:
    path = tmp_path / "app.db"
    packed = [packed_again(value.encode()) for value in (part(3), text("hi"))]
    make_parts(path, [part(1), text("hi"), *packed, f"a\n{part(4)}", None, 7])
    run(path, "CREATE TABLE more(a TEXT, b TEXT)")
    run(path, f"INSERT INTO more VALUES('x', '{part(5)}')")
    found = {
        Path(source.name).name: source.read(0, source.size).decode().splitlines()
        for source in columns_as_lines(path)
    }
    assert found == {
        "app.db#part.data": [part(1), part(3)],
        "app.db#more.b": [part(5)],
    }

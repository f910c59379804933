"""The values of a column are written down, a line each, and put again."""

from pathlib import Path

import pytest

from assetstore.errors import VerifyMismatch
from assetstore.rows.column import opened, parse_column
from assetstore.rows.lines import ColumnLines, written_down
from support.rows import make_parts, part, parts


@pytest.fixture
def database(tmp_path: Path) -> Path:
    path = tmp_path / "app.db"
    make_parts(path, [part(1), "words", part(2).encode(), f"a\n{part(3)}"])
    return path


def put(database: Path, content: bytes) -> None:
    column = parse_column(f"{database}#part.data")
    with (
        opened(database) as db,
        written_down(db, column, database.with_name("values")) as lines,
    ):
        place = lines.slim
        place.write_bytes(content)
        lines.put(place)
        db.execute("COMMIT")


def test_lines_are_values(database: Path) -> None:
    column = parse_column(f"{database}#part.data")
    place = database.with_name("values")
    with opened(database) as db, written_down(db, column, place) as lines:
        assert isinstance(lines, ColumnLines)
        assert place.read_text().splitlines() == [part(1), part(2)]
        assert (list(lines.rows), lines.left) == ([1, 3], 1)
    put(database, f"{part(1)}\n{part(4)}\n".encode())
    assert [value for value, _ in parts(database)][:3] == [
        part(1),
        "words",
        part(4).encode(),
    ]


@pytest.mark.parametrize(
    ("content", "why"),
    [
        (f"{part(4)}\n", "too few"),
        (f"{part(4)}\n{part(4)}", "too few"),
        (f"{part(4)}\n{part(4)}\n\n", "too many"),
        (f"{part(4)}\nno JSON\n", "would be none"),
    ],
)
def test_what_does_not_fit_changes_nothing(
    database: Path, content: str, why: str
) -> None:
    before = parts(database)
    with pytest.raises(VerifyMismatch, match=why):
        put(database, content.encode())
    assert parts(database) == before

"""The table of what short commands take: medians, and goals that are not reached."""

from pathlib import Path

from benchmarks.startup import Case, cases, document


def test_the_table_has_medians_and_goals() -> None:
    found = [
        Case("quick", [], 40, over=[9.0, 11.0, 10.0], wall=[20.0, 22.0, 21.0]),
        Case("late", [], 100, over=[120.0, 130.0, 140.0], wall=[150.0] * 3),
        Case("floor", [], over=[30.0, 30.0, 30.0], wall=[40.0] * 3),
    ]
    text = document(found, [10.0, 11.0, 12.0], 0.5)
    assert "| quick | 10 | 9\u201311 | 9 | 21 | 40 |" in text
    assert "| floor | 30 | 30\u201330 | 30 | 40 |  |" in text
    assert "Not reached: late: 130 ms of 100." in text
    assert "All goals are reached" in document(found[:1], [10.0, 11.0], 0.5)


def test_what_is_measured_is_there(tmp_path: Path) -> None:
    found = cases(tmp_path, 3)
    assert len(list((tmp_path / "many").rglob("*.html"))) == 3
    for case in found:
        case.before()
    assert (tmp_path / "page.html").is_file()
    assert [case.goal for case in found if case.goal] == [40, 40, 120, 100]

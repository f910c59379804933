"""The table of all long checks: what documents show of it is what it says."""

from pathlib import Path

import pytest

from benchmarks import trust
from benchmarks.trust_tables import (
    FAULTS,
    OPERATIONS,
    TRUST,
    counted,
    faults_table,
    made,
    power_table,
    table_in,
)


def test_documents_show_what_the_table_says() -> None:
    shown = made(TRUST.read_text("utf-8"))
    assert [path for path, _ in shown][:2] == [FAULTS, FAULTS]
    for path, table in shown:
        text = path.read_text("utf-8")
        assert table_in(text, table.partition("\n")[0]) == table


def test_every_operation_is_in_the_table() -> None:
    found = counted(TRUST.read_text("utf-8"))
    assert {name for name, what in found if "killed" in what} == set(OPERATIONS)


def test_rows_become_tables() -> None:
    text = (
        "| faults | gc: killed in a system call | 1,062 | 0 | 4 min | done |\n"
        "| faults | gc: given an error by one | 7 | 1 | 4 min | done |\n"
        "| faults | gc: given an error by one and all like it from then on | 6 | 1 "
        "| 4 min | done |\n"
        "| power | gc: states after a power cut | 9 | 2 | 1 min | done |\n"
    )
    found = counted(text)
    assert faults_table(found).endswith("|\n| `gc` | 1,062 | 7 | 6 | 2 |\n")
    assert power_table(found).endswith("|\n| `gc` | 9 | 2 |\n")
    assert table_in("x\n| a | b |\n|---|---|\n| 1 | 2 |\n\ny", "| a |").count("\n") == 3
    assert table_in("nothing", "| a |") == ""


def check(words: str) -> trust.Check:
    return trust.Check("it", ("-c", words), module="sys")


def test_a_check_gives_rows_and_tables() -> None:
    table = "| a | b | c | d |\\n|---|---:|---|---|\\n| 1 | 2 | 3 | 4 |\\n"
    text = table + "\\n| some | 1,000 | 0 |\\n"
    done = trust.run(check(f"print('{text}')"), quick=False, minutes=1)
    assert done.rows == [("some", "1,000", "0")]
    assert done.tables == ["| a | b | c | d |\n|---|---:|---|---|\n| 1 | 2 | 3 | 4 |\n"]
    assert (done.code, done.failed) == (0, False)
    done = trust.run(check("print('| some | 1 | 1 |')"), quick=True, minutes=1)
    assert done.failed
    done = trust.run(check("raise SystemExit(3)"), quick=True, minutes=1)
    assert (done.code, done.failed) == (3, True)
    assert "**exit code 3**" in done.table()
    gone = trust.run(trust.Check("it", (), module="no_such"), quick=True, minutes=1)
    assert (gone.code, gone.failed) == (None, False)


@pytest.mark.parametrize("name", ["soak", "stress", "fuzzing"])
def test_what_could_go_on_for_ever_is_told_how_long(name: str) -> None:
    (found,) = [check for check in trust.CHECKS if check.name == name]
    words = trust.words_of(found, quick=True, minutes=5)
    assert {trust.MINUTES, trust.SECONDS}.isdisjoint(words)
    assert any(word in words for word in ("5", "240"))


def test_all_that_it_runs_is_there() -> None:
    root = Path(trust.__file__).parents[1]
    names = {check.name for check in trust.CHECKS}
    assert names >= {
        "soak", "stress", "rot, a sample", "faults in system calls", "hostile folders",
        "hostile input", "fuzzing", "redaction", "forgotten bytes",
    }  # fmt: skip
    for found in trust.CHECKS:
        for word in (*found.words, *found.quick):
            if word.startswith("tests/"):
                assert (root / word).exists(), word


def test_what_ran_elsewhere_is_taken_from_the_table() -> None:
    """A checkout that ran one check writes it among what the others came to."""
    known = trust.from_table(TRUST.read_text("utf-8"))
    assert known["soak"].code == 0
    assert known["soak"].rows[0][0] == "soak: restores compared"
    assert known["faults in system calls"].seconds >= 60

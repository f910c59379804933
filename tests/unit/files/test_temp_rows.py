import io
import json
from collections.abc import Iterator, Sequence

from assetstore.cli.invocation import Outcome
from assetstore.cli.output import Output, Rows
from assetstore.files.temp_rows import Spool


def test_rows_come_in_the_order_of_their_keys_again_and_again() -> None:
    spool = Spool()
    for key in ("b", "a\U0001f600", "a\uffff", "a\udcff", "a"):
        spool.add({"key": key}, key)
    keys = ["a", "a\udcff", "a\uffff", "a\U0001f600", "b"]
    assert [row["key"] for row in spool] == keys == sorted(keys)
    assert [row["key"] for row in spool] == keys
    assert len(spool) == 5


def test_rows_without_keys_come_as_they_came() -> None:
    spool = Spool()
    assert not spool
    for number in (3, 1, 2):
        spool.add({"n": number})
    assert list(spool) == [{"n": 3}, {"n": 1}, {"n": 2}]


def written(outcome: Outcome, *, json: bool) -> str:
    out = io.StringIO()
    output = Output(out=out, err=out, json=json, verbosity=0, color="never")
    output.emit("ls", outcome)
    return out.getvalue()


def test_an_envelope_with_rows_is_what_it_is_with_a_list() -> None:
    rows = [{"path": "a\udcff", "n": 1}, {"path": "b", "n": 2}]
    for given in (rows, []):
        spool = Spool()
        for row in given:
            spool.add(row)
        as_list = Outcome(result={"x": given, "y": {}}, view=lambda output: None)
        as_spool = Outcome(result={"x": spool, "y": {}}, view=lambda output: None)
        text = written(as_spool, json=True)
        assert json.loads(text) == json.loads(written(as_list, json=True))
        assert json.loads(text)["result"]["x"] == given


def test_a_table_of_rows_is_as_wide_as_its_widest() -> None:
    def rows() -> Iterator[Sequence[str]]:
        yield "1", "x"
        yield "1,000", "y"

    outcome = Outcome(
        result={}, view=lambda output: output.table((">N", "P"), Rows(rows))
    )
    assert written(outcome, json=False).splitlines() == [
        "    N  P",
        "    1  x",
        "1,000  y",
    ]


def test_rows_in_the_opposite_order_and_no_more_than_asked_for() -> None:
    spool = Spool(descending=True, limit=3)
    assert (len(spool), list(spool)) == (0, [])
    for number, key in enumerate("abab"):
        spool.add({"n": number}, key)
    assert [row["n"] for row in spool] == [1, 3, 0]  # as they came where keys are one
    assert (len(spool), spool.left_out) == (3, 1)

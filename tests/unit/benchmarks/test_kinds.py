"""The table of kinds, on a few files that are here."""

from pathlib import Path

import pytest

from benchmarks.kinds import Kinds, measure, table
from benchmarks.parse import PARSERS, parser_of
from benchmarks.seen import is_picture, pictures

DOCUMENTS = Path(__file__).parents[3] / "fixtures" / "kinds"
FOUND = {
    "adoc": 1, "css": 2, "csv": 2, "drawio": 1, "eml": 1, "fb2": 1, "fodt": 1, "har": 1,
    "html": 3, "ics": 1, "ipynb": 1, "js": 2, "kicad_sch": 1, "ldif": 1, "plist": 1,
    "py": 1, "reg": 2, "resx": 1, "sql": 1, "svg": 1, "tcl": 1, "toml": 1, "vcf": 1,
    "yaml": 2,
}  # fmt: skip
# These joints the counter does not know: it sees no picture there.
BEYOND_IT = {"ics", "kicad_sch", "js", "ldif", "py", "vcf"}


@pytest.fixture(scope="module")
def kinds(tmp_path_factory: pytest.TempPathFactory) -> Kinds:
    found = Kinds()
    files = sorted(DOCUMENTS.iterdir())
    work = tmp_path_factory.mktemp("kinds")
    measure(((path.name, path.read_bytes()) for path in files), work, found)
    return found


def test_every_picture_is_taken_and_comes_back(kinds: Kinds) -> None:
    assert kinds.broken == []
    assert kinds.unseen == []
    assert {k: t.taken + t.besides for k, t in kinds.tallies.items()} == FOUND
    for kind, tally in kinds.tallies.items():
        assert tally.left == {}
        assert tally.taken == tally.found
        assert tally.besides == 0 or kind in BEYOND_IT


def test_what_a_parser_is_here_for_is_parsed(kinds: Kinds) -> None:
    here = {kind for kind in FOUND if parser_of(kind) is not None}
    assert {"csv", "eml", "har", "plist", "py", "resx", "svg"} <= here <= PARSERS.keys()
    assert {kind for kind, tally in kinds.tallies.items() if tally.parsed} == here


def test_the_table_has_a_row_for_each_kind(kinds: Kinds) -> None:
    rows = table(kinds).splitlines()
    assert len(rows) == 2 + len(FOUND) + 1
    assert rows[-1].startswith(f"| {len(FOUND)} kinds | {len(FOUND)} |")


def test_the_counter_takes_nothing_for_a_picture_that_is_none() -> None:
    assert not is_picture(b"GIF89a" + bytes(90))
    assert not is_picture(b"<svg")
    words = b"x = 'data:image/png;base64,' + y; z = '" + b"QUJD" * 40 + b"'"
    assert pictures(words) == []

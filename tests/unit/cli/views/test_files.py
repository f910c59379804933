"""What archive, restore and the listings say."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from assetstore.cli.views.files import (
    blob_outcome,
    blobs_outcome,
    documents_outcome,
    files_outcome,
    forget_outcome,
    script_outcome,
)
from assetstore.documents.blobs import MediaBlob
from assetstore.documents.catalog import DocumentInfo
from assetstore.errors import MissingBlob
from assetstore.results import FileResult, Report, Stay, Stays, Why, failed
from assetstore.store.format.blob import BlobId
from assetstore.store.format.manifest import Manifest
from assetstore.store.reports import OptimizeReport
from support.shown import shown, told

DONE = FileResult(
    path="/a",
    status="archived",
    before=2048,
    after=1024,
    payloads=2,
    new_blobs=1,
    stored=512,
)
SAME = FileResult(path="/b\n", status="unchanged")
GIT = FileResult(path="/c", status="skipped", reason="a link", lasting=True)


def stays(*whys: Why) -> Stays:
    return Stays.of(Stay(5, 3, 100, "image/png", why) for why in whys)


def lines(*files: FileResult, verbosity: int = 0, **more: Any) -> list[str]:
    report = Report(files=list(files), **more)
    return shown(files_outcome(report, store=Path("/s")), verbosity)


def test_a_file_that_was_done_has_a_line_and_all_a_sum() -> None:
    assert lines(DONE, SAME, untouched=3) == [
        "archived /a: 2.0 KiB -> 1.0 KiB, 2 payloads, 1 new",
        "1 file archived, 4 unchanged; 2.0 KiB -> 1.0 KiB, 2 payloads, 1 new blob, "
        "512 B added to the store",
    ]


def test_a_dry_run_says_would() -> None:
    first, last = lines(DONE, dry_run=True)
    assert first.startswith("would archive /a: ")
    assert last.startswith("1 file would be archived; ")


def test_more_is_said_of_what_was_left_alone_where_it_is_asked_for() -> None:
    assert lines(SAME, GIT) == ["nothing to do, 1 unchanged, 1 skipped (-v says why)"]
    assert lines(SAME, GIT, verbosity=1)[:2] == [
        r"unchanged /b\n",
        "skipped /c: a link",
    ]
    assert lines(SAME, GIT, verbosity=1)[-1] == "nothing to do, 1 unchanged, 1 skipped"


def test_other_verbs() -> None:
    restored = FileResult(path="/a", status="restored", before=9, after=99, payloads=1)
    assert lines(restored)[-1] == "1 file restored; 9 B -> 99 B, 1 payload"
    extracted = FileResult(path="/a", status="extracted", payloads=3)
    assert lines(extracted) == [
        "extracted /a: 3 payloads",
        "1 file extracted; 3 payloads",
    ]


def test_what_stays_is_told_unless_an_option_said_so() -> None:
    quiet = FileResult(path="/a", status="unchanged", stays=stays(Why.SMALL))
    assert lines(quiet) == ["nothing to do, 1 unchanged; 1 payload left"]
    loud = FileResult(
        path="/a", status="unchanged", stays=stays(Why.SMALL, Why.PURGED, Why.PURGED)
    )
    assert lines(loud)[0] == (
        f"unchanged /a; 3 payloads, 300 B, left: 1 {Why.SMALL}, 2 {Why.PURGED}"
    )
    one = FileResult(path="/a", status="unchanged", stays=stays(Why.PURGED))
    assert lines(one)[0] == f"unchanged /a; 1 payload, 100 B, left: {Why.PURGED}"
    assert lines(one, verbosity=1)[1] == (
        f"  line 3, byte 5: image/png, 100 B, left: {Why.PURGED}"
    )


def test_what_is_not_listed_is_counted() -> None:
    many = stays(Why.PURGED)
    many.count = 7
    file = FileResult(path="/a", status="unchanged", stays=many)
    assert "  and 6 more" in lines(file, verbosity=1)


def test_a_failure_is_an_error_with_its_code() -> None:
    bad = failed("/x\x1b[2J", MissingBlob("it is gone", hint="Look."), 5)
    outcome = files_outcome(Report(files=[bad]), store=Path("/s"), notes=["said"])
    assert outcome.exit_code == 12
    assert shown(outcome) == [
        "nothing done, 1 failed",
        "warning: said",
        r"error: /x\x1b[2J: it is gone",
        "hint: Look.",
    ]
    assert told(outcome)["errors"][0]["type"] == "MissingBlob"
    both = files_outcome(Report(files=[bad, DONE]), store=Path("/s"))
    assert both.exit_code == 3


def test_programs_get_every_file_and_the_sums() -> None:
    file = FileResult(path="/a", status="unchanged", stays=stays(Why.PURGED))
    outcome = files_outcome(
        Report(files=[DONE, file], untouched=1),
        store=Path("/s"),
        coded=OptimizeReport(dry_run=False, effort=1, left=2, notes=("coded",)),
    )
    result = told(outcome)["result"]
    assert result["files"][0]["stored"] == 512
    assert result["files"][0]["error"] == ""
    assert result["files"][1]["stays"] == {
        "count": 1,
        "bytes": 100,
        "reasons": {Why.PURGED.value: 1},
    }
    assert result["left"] == [
        {
            "path": "/a",
            "offset": 5,
            "line": 3,
            "size": 100,
            "type": "image/png",
            "why": Why.PURGED.value,
        }
    ]
    totals = result["totals"]
    assert (totals["files"], totals["archived"], totals["unchanged"]) == (3, 1, 2)
    assert (totals["payloads"], totals["left"], totals["left_bytes"]) == (2, 1, 100)
    assert result["optimized"]["effort"] == 1
    assert "coded" in outcome.warnings
    assert any(line.startswith("coded 0 packs") for line in shown(outcome))
    assert "left for the next call: 2 packs" in shown(outcome)


def documents() -> Iterator[DocumentInfo]:
    for path, purged, lost in (("/a\n", 1, ("b1",)), ("/b", 0, ())):
        yield DocumentInfo(
            path=path,
            state="present",
            profile="generic",
            archived=1e9,
            source_size=2048,
            slim_size=1024,
            payloads=1200,
            client="w",
            own=True,
            purged=purged,
            lost=lost,
        )


def test_documents_in_columns() -> None:
    outcome = documents_outcome(documents())
    head, first, second, *more = shown(outcome)
    assert head.split() == ["STATE", "ORIGINAL", "NOW", "PAYLOADS", "SINCE", "PATH"]
    assert " ".join(first.split()) == r"present 2.0 KiB 1.0 KiB 1,200 2001-09-09 /a\n"
    assert second.endswith("/b")
    assert more == [
        r"lost for good: b1 in /a\n",
        "note: 1 document with pictures that were purged, for good",
    ]
    rows = told(outcome)["result"]["documents"]
    assert [row["path"] for row in rows] == ["/a\n", "/b"]
    assert rows[0]["archived"] == "2001-09-09T01:46:40Z"


def test_blobs_in_columns() -> None:
    blob = MediaBlob(id=BlobId(bytes(32)), type="", size=2048, stored=10, copies=1)
    outcome = blobs_outcome(iter([blob]))
    assert shown(outcome)[1].split() == ["00" * 32, "unknown", "2.0", "KiB", "10", "B"]
    assert told(outcome)["result"]["blobs"][0]["id"] == "00" * 32


def test_there_is_nothing_to_list() -> None:
    assert shown(documents_outcome([])) == ["note: no documents"]
    assert shown(blobs_outcome([])) == ["note: no blobs"]


def test_a_blob_says_nothing_beside_its_bytes() -> None:
    outcome = blob_outcome(BlobId(bytes(32)), 7)
    assert shown(outcome) == []
    assert told(outcome)["result"] == {"id": "00" * 32, "size": 7}


@pytest.mark.parametrize(
    ("others", "foreign", "said"),
    [(0, False, []), (1, False, ["gc keeps its media: 1 claim"]), (2, True, ["2 cl"])],
)
def test_what_was_forgotten_and_what_others_claim(
    others: int, foreign: bool, said: list[str]
) -> None:
    manifest = Manifest(document="/a\n", source_size=2, slim_size=1)
    outcome = forget_outcome(manifest, others, foreign=foreign)
    first, *warnings = shown(outcome)
    assert first == r"forgot /a\n: 0 blobs no longer needed by it"
    assert len(warnings) == len(said)
    for warning, words in zip(warnings, said, strict=True):
        assert warning.startswith(f"warning: {words}")
    assert told(outcome)["result"]["foreign_given_up"] is foreign


def test_a_script_is_printed_as_it_is() -> None:
    outcome = script_outcome("bash", "\nline\n")
    assert shown(outcome) == ["line"]
    assert told(outcome)["result"] == {"shell": "bash", "script": "\nline\n"}

"""What commands on the store say, and their exit codes."""

from pathlib import Path

import pytest

from assetstore.cli.views.store import (
    gc_outcome,
    init_outcome,
    optimize_outcome,
    repair_outcome,
    stats_outcome,
    verify_outcome,
)
from assetstore.store.blob_types import TypeStats
from assetstore.store.repair.index import RebuildReport
from assetstore.store.reports import (
    CodecShare,
    Decision,
    Finding,
    GcReport,
    Healed,
    Lost,
    Mended,
    OptimizeReport,
    RepairReport,
    SetAside,
    Share,
    VerifyReport,
)
from assetstore.store.stats import BlobStats, StoreStats
from support.shown import shown, told

LOST = Lost(kind="media", blob="b" * 64, documents=("/a", "/b\x1b[31m"))


@pytest.mark.parametrize(
    ("id", "made", "forgot", "said"),
    [
        ("1", True, False, "made a store at /s\\n"),
        ("1", False, False, "took the empty store at /s\\n"),
        ("", False, True, "forgot the store that was seen at /s\\n"),
        ("", False, False, "no store was ever seen at /s\\n"),
    ],
)
def test_what_became_of_a_place(id: str, made: bool, forgot: bool, said: str) -> None:
    outcome = init_outcome(Path("/s\n"), id=id, made=made, forgot=forgot)
    assert shown(outcome)[0] == said
    assert told(outcome)["result"]["made"] is made


def test_a_collection_says_what_it_took_and_left() -> None:
    report = GcReport(
        dry_run=False,
        dropped=Share(packs=1, blobs=2, bytes=2048),
        young=Share(packs=1, bytes=1024),
        temporary=Share(packs=1, bytes=10),
        live=Share(packs=1, blobs=1, bytes=5),
        missing=1,
        freed=2048,
        decisions=(
            Decision(document="/a\n", archived=1e9, keep=False, reason="forgotten"),
            Decision(document="/b", archived=1e9, keep=True, reason="newest"),
        ),
        notes=("said",),
    )
    outcome = gc_outcome(report)
    assert outcome.exit_code == 0
    assert shown(outcome) == [
        r"drop /a\n of 2001-09-09 01:46:40 +0000: forgotten",
        "dead packs removed: 1 pack, 2 blobs, 2.0 KiB",
        "swept temporary files: 10 B",
        "dead, within the grace period: 1 pack, 1.0 KiB",
        "missing: 1 blob; run verify",
        "freed 2.0 KiB; 1 live blob, 5 B",
        "warning: said",
    ]
    assert "keep /b of 2001-09-09 01:46:40 +0000: newest" in shown(outcome, 1)


def test_a_dry_run_of_a_collection_says_would() -> None:
    share = Share(packs=1, bytes=1)
    report = GcReport(
        dry_run=True, rewritten=share, merged=share, kept=share, unreadable=2
    )
    assert shown(gc_outcome(report)) == [
        "would be partly dead packs rewritten: 1 pack, 1 B",
        "would be small packs merged: 1 pack, 1 B",
        "dead, too little to rewrite a pack: 1 pack, 1 B",
        "cannot be read here: 2 blobs",
        "would free 0 B; 0 live blobs, 0 B",
    ]


def test_an_optimization_by_codec() -> None:
    report = OptimizeReport(
        dry_run=False,
        effort=5,
        packs=1,
        left=2,
        blobs=3,
        before_bytes=3000,
        after_bytes=1500,
        codecs={"png": CodecShare(blobs=3, before_bytes=3000, after_bytes=1500)},
        seconds=1.2,
        notes=("said",),
    )
    assert shown(optimize_outcome(report)) == [
        "png: 3 blobs, 2.9 KiB -> 1.5 KiB",
        "coded 1 pack, 3 blobs: 2.9 KiB -> 1.5 KiB (2.0x) in 1 s",
        "left for the next call: 2 packs",
        "warning: said",
    ]
    nothing = OptimizeReport(dry_run=True, effort=5)
    assert shown(optimize_outcome(nothing)) == [
        "would code 0 packs, 0 blobs: about 0 B -> 0 B (1.0x) in about 0 s"
    ]


@pytest.mark.parametrize(("dry_run", "verb"), [(False, "wrote"), (True, "would write")])
def test_back_to_their_own_bytes(dry_run: bool, verb: str) -> None:
    report = OptimizeReport(
        dry_run=dry_run,
        effort=0,
        packs=3,
        left=1,
        blobs=2,
        before_bytes=1024,
        after_bytes=10240,
        codecs={"raw": CodecShare(blobs=2, before_bytes=1024, after_bytes=10240)},
    )
    assert shown(optimize_outcome(report)) == [
        "raw: 2 blobs, 1.0 KiB -> 10.0 KiB",
        f"{verb} 3 packs anew, with what is coded in them as its own bytes: 2 blobs, "
        "1.0 KiB -> 10.0 KiB in 0 s",
        "left for the next call: 1 pack",
    ]


def test_findings_are_errors_and_4() -> None:
    finding = Finding(
        kind="blob-damaged", what="it is bad.", documents=("/a", "/b"), hint="h"
    )
    report = VerifyReport(
        read_data=True,
        packs=1,
        manifests=2,
        blobs=3,
        bytes_read=1024,
        findings=(finding,),
        unclaimed=1,
        unclaimed_bytes=9,
        accepted=(LOST,),
        notes=("said",),
    )
    outcome = verify_outcome(report)
    assert outcome.exit_code == 4
    assert shown(outcome) == [
        rf"accepted as lost: media {'b' * 64}; needed by /a, /b\x1b[31m",
        "claimed by no document: 1 blob, 9 B; gc removes them in time",
        "2 manifests, 1 pack, 3 blobs, 1.0 KiB read and hashed: 1 finding",
        "warning: said",
        "error: it is bad; needed by /a, /b",
        "hint: h",
    ]
    assert told(outcome)["errors"][0]["type"] == "blob-damaged"


def test_a_check_that_finds_nothing_and_an_index_made_anew() -> None:
    rebuilt = RebuildReport(packs=1, blobs=2, replaced=1, notes=("first",))
    outcome = verify_outcome(VerifyReport(read_data=False), rebuilt)
    assert outcome.exit_code == 0
    assert shown(outcome) == [
        "index rebuilt: 2 blobs in 1 pack",
        "0 manifests, 0 packs, 0 blobs: all good",
        "warning: first",
    ]
    assert told(outcome)["result"]["rebuilt"]["blobs"] == 2


def test_a_repair_says_what_it_put_right_and_what_is_lost() -> None:
    report = RepairReport(
        dry_run=False,
        packs=1,
        bytes_read=1024,
        reindexed=True,
        config=True,
        set_aside=(SetAside(key="packs/1", reason="bad", moved=2),),
        mended=(Mended(key="m", document="/a\n", how="bit"),),
        healed=(Healed(blob="c", kind="media", source="/src\n"),),
        lost=(LOST, Lost(kind="manifest", key="m2")),
        searched=3,
    )
    outcome = repair_outcome(report)
    assert outcome.exit_code == 4
    lines = shown(outcome)
    assert lines[:9] == [
        "config written anew",
        "index written anew",
        "put aside: packs/1: bad",
        "  moved out of it: 2 blobs",
        r"put right: manifest of /a\n",
        r"healed: media c from /src\n",
        "incomplete: /a: 1 loss",
        r"incomplete: /b\x1b[31m: 1 loss",
        "1 pack, 1.0 KiB read, 3 files searched: 2 lost",
    ]
    blob, manifest = told(outcome)["errors"]
    assert "is lost; needed by /a" in blob["message"]
    assert f"--accept-loss {'b' * 64}" in blob["hint"]
    assert manifest["message"] == "manifest m2 is damaged"
    assert "--set-aside-manifests" in manifest["hint"]


@pytest.mark.parametrize(
    ("dry_run", "reindexed", "verdict", "code"),
    [
        (False, False, "nothing to do", 0),
        (True, False, "nothing to do", 0),
        (True, True, "can be made whole", 4),
        (False, True, "all is whole", 0),
    ],
)
def test_the_verdict_of_a_repair(
    dry_run: bool, reindexed: bool, verdict: str, code: int
) -> None:
    outcome = repair_outcome(RepairReport(dry_run=dry_run, reindexed=reindexed))
    assert shown(outcome)[-1] == f"0 packs, 0 B read: {verdict}"
    assert outcome.exit_code == code


def test_a_store_in_numbers() -> None:
    stats = StoreStats(
        blobs=(
            BlobStats(
                kind="media", codec="raw", count=1200, raw_bytes=4096, stored_bytes=2048
            ),
        ),
        copies=1200,
        packs=1,
        pack_bytes=2048,
        indexes=1,
        index_bytes=10,
        manifests=1,
        manifest_bytes=20,
        disk_bytes=3072,
        documents=2,
        restored=1,
        unreadable=1,
        source_bytes=8192,
        slim_bytes=1024,
        left={"rare\n\x1b[31m": 1, "often": 5},
        left_bytes=600,
        types=(
            TypeStats(
                mime="",
                codec="raw",
                count=1200,
                raw_bytes=4096,
                stored_bytes=2048,
                timed=2,
                seconds=0.01,
            ),
        ),
    )
    outcome = stats_outcome(stats, store=Path("/s"))
    rows = [" ".join(line.split()) for line in shown(outcome)[1:]]
    assert rows[:3] == [
        "documents 2 1 restored",
        "original 8.0 KiB",
        "now 1.0 KiB 7.0 KiB taken out",
    ]
    assert rows[3:7] == [
        "left in them 6 600 B",
        "5 often",
        r"1 rare\n\x1b[31m",
        "unreadable 1 run verify",
    ]
    assert "media, raw 1,200 4.0 KiB in 2.0 KiB" in rows
    assert "on disk 3.0 KiB 4.0 KiB saved" in rows
    assert rows[-1] == "unknown raw 1,200 4.0 KiB 2.0 KiB 2.00 5.0 ms each"
    assert told(outcome)["result"]["store"] == "/s"

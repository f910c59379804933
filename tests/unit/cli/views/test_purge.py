"""What a purge says of itself, and its exit codes."""

import pytest

from assetstore.cli.views.purge import lift_outcome, purge_outcome
from assetstore.purge_targets import Shared
from assetstore.store.format.blob import BlobId
from assetstore.store.purge.purge import PurgedPicture, PurgeReport
from support.shown import shown, told

SHARED = Shared(blob="c" * 64, documents=("/d",))
PICTURE = PurgedPicture(
    blob="b" * 64, type="image/png", size=2048, documents=("/a", "/b\nc")
)


@pytest.mark.parametrize(
    ("left", "shared", "code"),
    [((), [], 0), ((), [SHARED], 3), (("a pack",), [], 4), (("a pack",), [SHARED], 4)],
)
def test_what_holds_it_yet_is_4_and_what_is_shared_3(
    left: tuple[str, ...], shared: list[Shared], code: int
) -> None:
    outcome = purge_outcome(PurgeReport(dry_run=False, left=left), shared, [])
    assert outcome.exit_code == code
    assert [problem.message for problem in outcome.errors] == list(left)


def test_what_was_purged_is_told_with_its_documents() -> None:
    gone = PurgedPicture(blob="e" * 64, documents=("/a",))
    report = PurgeReport(
        dry_run=False,
        pictures=(PICTURE, gone),
        packs=1,
        pack_bytes=4096,
        recoded=2,
        recipes=1,
        freed=1024,
        notes=("said",),
    )
    outcome = purge_outcome(report, [SHARED], ["/still"])
    assert shown(outcome) == [
        f"purged {'b' * 16}: image/png, 2.0 KiB, in 2 documents",
        "  /a",
        r"  /b\nc",
        f"purged {'e' * 16}: gone before, in 1 document",
        "  /a",
        f"shared, stays without --shared: {'c' * 16}",
        "  /d",
        "pictures that were coded from it, kept as they are now: 2",
        "recipes removed that spell it out: 1",
        "rewritten: 1 pack, 4.0 KiB; freed 1.0 KiB",
        "'assetstore optimize' codes those pictures smaller again.",
        "still embeds it: /still",
        "warning: said",
    ]
    result = told(outcome)["result"]
    assert result["shared"] == [{"blob": "c" * 64, "documents": ["/d"]}]
    assert (result["embedded"], result["freed"]) == (["/still"], 1024)


def test_a_dry_run_says_what_would_be() -> None:
    report = PurgeReport(
        dry_run=True, pictures=(PICTURE,), recoded=1, quarantined=1, freed=-2048
    )
    lines = shown(purge_outcome(report, [], []))
    assert lines[0].startswith("would purge ")
    assert lines[-3:] == [
        "would be pictures that were coded from it, kept as they are now: 1",
        "would be packs in the quarantine removed: 1",
        "would be rewritten: 0 packs, 0 B; grew by 2.0 KiB",
    ]


def test_what_may_be_archived_again() -> None:
    outcome = lift_outcome([BlobId(bytes(32))])
    assert shown(outcome) == ["1 picture may be archived again"]
    assert told(outcome)["result"] == {"lifted": ["00" * 32]}

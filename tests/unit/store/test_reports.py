"""What reports add up, estimate, and call work."""

import pytest

from assetstore.store.reports import (
    CodecShare,
    Healed,
    Lost,
    Mended,
    OptimizeReport,
    RepairReport,
    SetAside,
    Share,
)


def test_shares_add_up() -> None:
    total = Share(packs=1, blobs=2, bytes=3) + Share(packs=10, bytes=30)
    assert total == Share(packs=11, blobs=2, bytes=33)
    assert Share() + Share() == Share()


def test_an_estimate_is_for_so_many_times_as_much() -> None:
    png = CodecShare(blobs=2, raw_bytes=90, before_bytes=80, after_bytes=41)
    report = OptimizeReport(
        dry_run=True,
        effort=5,
        packs=3,
        left=1,
        blobs=5,
        before_bytes=100,
        after_bytes=61,
        codecs={"png": png},
        seconds=2.0,
    )
    report.scale(2.5)
    assert (report.blobs, report.before_bytes, report.after_bytes) == (12, 250, 152)
    assert report.seconds == 5.0
    assert png == CodecShare(blobs=5, raw_bytes=225, before_bytes=200, after_bytes=102)
    assert (report.packs, report.left, report.effort) == (3, 1, 5), "these are counted"


def test_two_reports_do_not_share_their_codecs() -> None:
    one, other = (OptimizeReport(dry_run=True, effort=1) for _ in range(2))
    one.codecs["png"] = CodecShare()
    assert other.codecs == {}


@pytest.mark.parametrize(
    "found",
    [
        {"reindexed": True},
        {"config": True},
        {"set_aside": (SetAside(key="packs/aa/x", reason="damaged"),)},
        {"mended": (Mended(key="k", document="d", how="bit"),)},
        {"healed": (Healed(blob="00", kind="media", source="/f"),)},
        {"lost": (Lost(kind="media", blob="00"),)},
    ],
)
def test_whatever_was_found_is_work(found: dict[str, object]) -> None:
    assert RepairReport(dry_run=True, **found).work  # type: ignore[arg-type]


def test_looking_alone_is_no_work() -> None:
    report = RepairReport(
        dry_run=False,
        packs=9,
        bytes_read=99,
        searched=3,
        accepted=(Lost(kind="media"),),
        notes=("a note",),
    )
    assert not report.work

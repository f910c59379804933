"""Outcomes of the commands on the store itself: gc, verify, stats."""

from dataclasses import asdict
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from assetstore.cli.failure import Problem
from assetstore.cli.invocation import Outcome
from assetstore.cli.output import Output, local_time, printable, size
from assetstore.cli.views.files import view_optimize
from assetstore.command_line import shown_command
from assetstore.quantities import many

if TYPE_CHECKING:
    from assetstore.store.repair.index import RebuildReport
    from assetstore.store.reports import (
        Finding,
        GcReport,
        Lost,
        OptimizeReport,
        RepairReport,
        Share,
        VerifyReport,
    )
    from assetstore.store.stats import StoreStats

FINDINGS = 4


def init_outcome(
    place: Path,
    *,
    id: str = "",
    made: bool = False,
    forgot: bool = False,
    usual: bool = True,
) -> Outcome:
    """Show what became of a place for a store.

    Args:
        place: It.
        id: The store's id, or "": there is none.
        made: Whether it is new.
        forgot: Whether one was forgotten that was seen there.
        usual: Whether commands use it that name none.
    """
    text = f"made a store at {printable(str(place))}"
    if not id:
        what = "forgot the store that was seen" if forgot else "no store was ever seen"
        text = f"{what} at {printable(str(place))}"
    elif not made:
        text = f"took the empty store at {printable(str(place))}"

    def view(output: Output) -> None:
        output.report(text)
        if id:
            named = () if usual else ("--store", place)
            next_one = shown_command("archive", "FILE", *named, store=False)
            output.remark("hint", f"What is archived goes there: {next_one}", "cyan")

    return Outcome(
        result={"store": str(place), "id": id, "made": made, "forgot": forgot},
        view=view,
    )


def gc_outcome(report: "GcReport") -> Outcome:
    """Show what a collection removed and kept."""
    return Outcome(
        result=asdict(report), view=partial(_view_gc, report), warnings=report.notes
    )


def _view_gc(report: "GcReport", output: Output) -> None:
    would = "would be " if report.dry_run else ""
    for decision in report.decisions:
        if output.verbosity > 0 or not decision.keep:
            verb = "keep" if decision.keep else "drop"
            output.report(
                f"{verb} {printable(decision.document)} of "
                f"{local_time(decision.archived)}: {decision.reason}"
            )
    for share, what in (
        (report.dropped, "dead packs removed"),
        (report.rewritten, "partly dead packs rewritten"),
        (report.unindexed, "unfinished packs removed"),
        (report.merged, "small packs merged"),
    ):
        if share.packs:
            output.report(f"{would}{what}: {_share(share)}")
    if report.temporary.bytes:
        output.report(f"{would}swept temporary files: {size(report.temporary.bytes)}")
    if report.young.bytes:
        output.report(f"dead, within the grace period: {_share(report.young)}")
    if report.kept.bytes:
        output.report(f"dead, too little to rewrite a pack: {_share(report.kept)}")
    if report.missing:
        output.report(f"missing: {many(report.missing, 'blob')}; run verify")
    if report.unreadable:
        output.report(f"cannot be read here: {many(report.unreadable, 'blob')}")
    verb = "would free" if report.dry_run else "freed"
    output.report(
        f"{verb} {size(report.freed)}; "
        f"{many(report.live.blobs, 'live blob')}, {size(report.live.bytes)}"
    )


def optimize_outcome(report: "OptimizeReport") -> Outcome:
    """Show what an optimization came to."""
    return Outcome(
        result=asdict(report),
        view=partial(view_optimize, report),
        warnings=report.notes,
    )


def _share(share: "Share") -> str:
    facts = [many(share.packs, "pack")]
    if share.blobs:
        facts.append(many(share.blobs, "blob"))
    return ", ".join([*facts, size(share.bytes)])


def verify_outcome(
    report: "VerifyReport", rebuilt: "RebuildReport | None" = None
) -> Outcome:
    """Show what a check found; exit code 4 where it found something."""
    notes = rebuilt.notes if rebuilt else ()
    return Outcome(
        result={**asdict(report), "rebuilt": asdict(rebuilt) if rebuilt else None},
        view=partial(_view_verify, report, rebuilt),
        exit_code=FINDINGS if report.findings else 0,
        errors=[_problem(finding) for finding in report.findings],
        warnings=(*notes, *report.notes),
    )


def _problem(finding: "Finding") -> Problem:
    message = finding.what.rstrip(".") if finding.documents else finding.what
    if finding.documents:
        message += "; needed by " + ", ".join(finding.documents)
    return Problem(
        type=finding.kind, message=message, hint=finding.hint, exit_code=FINDINGS
    )


def _view_verify(
    report: "VerifyReport", rebuilt: "RebuildReport | None", output: Output
) -> None:
    if rebuilt:
        output.report(
            f"index rebuilt: {many(rebuilt.blobs, 'blob')} "
            f"in {many(rebuilt.packs, 'pack')}"
        )
    checked = (
        f"{many(report.manifests, 'manifest')}, {many(report.packs, 'pack')}, "
        f"{many(report.blobs, 'blob')}"
    )
    if report.read_data:
        checked += f", {size(report.bytes_read)} read and hashed"
    for loss in report.accepted:
        output.report(_accepted(loss))
    if report.unclaimed:
        output.report(
            f"claimed by no document: {many(report.unclaimed, 'blob')}, "
            f"{size(report.unclaimed_bytes)}; gc removes them in time"
        )
    verdict = many(len(report.findings), "finding") if report.findings else "all good"
    output.report(f"{checked}: {verdict}")


def repair_outcome(report: "RepairReport") -> Outcome:
    """Show what a repair did; exit code 4 while something is lost."""
    wrong = report.lost or (report.dry_run and report.work)
    return Outcome(
        result=asdict(report),
        view=partial(_view_repair, report),
        exit_code=FINDINGS if wrong else 0,
        errors=[_lost(item) for item in report.lost],
        warnings=report.notes,
    )


def _accepted(item: "Lost") -> str:
    """A loss that ended no command."""
    needed = ", ".join(map(printable, item.documents))
    return f"accepted as lost: {item.kind} {item.blob}; needed by {needed}"


def _lost(item: "Lost") -> Problem:
    what = f"{item.kind} {item.blob or item.key}"
    message = f"{what} is {'damaged' if item.key else 'lost'}"
    if item.documents:
        message += "; needed by " + ", ".join(map(printable, item.documents))
    hint = (
        "Archive its document again, then run repair --set-aside-manifests; or give "
        "a copy of the store with --from."
        if item.key
        else "Name files, folders or stores that may still hold it with --from. If it "
        f"is lost for good: repair --accept-loss {item.blob}"
    )
    return Problem(type="lost", message=message, hint=hint, exit_code=FINDINGS)


def _view_repair(report: "RepairReport", output: Output) -> None:
    would = "would be " if report.dry_run else ""
    if report.config:
        output.report("config written anew")
    if report.reindexed:
        output.report(f"index {would}written anew")
    for aside in report.set_aside:
        output.report(f"{would}put aside: {aside.key}: {aside.reason}")
        if aside.moved:
            output.report(f"  {would}moved out of it: {many(aside.moved, 'blob')}")
    for mended in report.mended:
        output.report(f"{would}put right: manifest of {printable(mended.document)}")
    for healed in report.healed:
        output.report(
            f"{would}healed: {healed.kind} {healed.blob} from "
            f"{printable(healed.source)}"
        )
    for item in report.accepted:
        output.report(_accepted(item))
    # People know documents, not blobs: what is lost is counted for each.
    lost: dict[str, int] = {}
    for item in report.lost:
        for document in item.documents:
            lost[document] = lost.get(document, 0) + 1
    for document, count in sorted(lost.items()):
        output.report(f"incomplete: {printable(document)}: {many(count, 'loss')}")
    read = f"{many(report.packs, 'pack')}, {size(report.bytes_read)} read"
    if report.searched:
        read += f", {many(report.searched, 'file')} searched"
    verdict = (
        f"{len(report.lost)} lost"
        if report.lost
        else "nothing to do"
        if not report.work
        else "can be made whole"
        if report.dry_run
        else "all is whole"
    )
    output.report(f"{read}: {verdict}")


def stats_outcome(stats: "StoreStats", *, store: Path) -> Outcome:
    """A store in numbers."""
    return Outcome(
        result={"store": str(store), **asdict(stats)}, view=partial(_view_stats, stats)
    )


def _view_stats(stats: "StoreStats", output: Output) -> None:
    saved = stats.source_bytes - stats.slim_bytes
    rows = [
        ("documents", f"{stats.documents:,}", f"{stats.restored:,} restored"),
        ("  original", size(stats.source_bytes), ""),
        ("  now", size(stats.slim_bytes), f"{size(saved)} taken out"),
    ]
    if stats.left:
        count = f"{sum(stats.left.values()):,}"
        rows.append(("  left in them", count, size(stats.left_bytes)))
        often = sorted(stats.left.items(), key=lambda item: -item[1])
        rows += [("", f"{count:,}", printable(reason)) for reason, count in often]
    if stats.threads:
        rows.append(("threads kept", f"{stats.threads:,}", size(stats.thread_bytes)))
    if stats.unreadable:
        rows.append(("  unreadable", f"{stats.unreadable:,}", "run verify"))
    rows += [
        (
            f"{group.kind}, {group.codec}",
            f"{group.count:,}",
            f"{size(group.raw_bytes)} in {size(group.stored_bytes)}",
        )
        for group in stats.blobs
    ]
    rows += [
        ("packs", f"{stats.packs:,}", size(stats.pack_bytes)),
        ("indexes", f"{stats.indexes:,}", size(stats.index_bytes)),
        ("manifests", f"{stats.manifests:,}", size(stats.manifest_bytes)),
        (
            "on disk",
            size(stats.disk_bytes),
            f"{size(max(0, saved - stats.disk_bytes))} saved",
        ),
    ]
    output.table(("", ">COUNT", "SIZE"), rows)
    if stats.types:
        output.table(
            ("TYPE", "CODEC", ">COUNT", ">ORIGINAL", ">STORED", ">RATIO", ">RESTORE"),
            [
                (
                    group.mime or "unknown",
                    group.codec,
                    f"{group.count:,}",
                    size(group.raw_bytes),
                    size(group.stored_bytes),
                    f"{group.raw_bytes / max(1, group.stored_bytes):.2f}",
                    f"{1000 * group.seconds / max(1, group.timed):.1f} ms each",
                )
                for group in stats.types
            ],
        )

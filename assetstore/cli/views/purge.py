"""Outcomes of ``purge``."""

from collections.abc import Sequence
from dataclasses import asdict
from functools import partial
from typing import TYPE_CHECKING

from assetstore.cli.failure import Problem
from assetstore.cli.invocation import Outcome
from assetstore.cli.output import Output, printable, size
from assetstore.cli.views.store import FINDINGS
from assetstore.quantities import many

if TYPE_CHECKING:
    from assetstore.purge_targets import Shared
    from assetstore.store.format.blob import BlobId
    from assetstore.store.purge.purge import PurgeReport

_PARTLY = 3


def purge_outcome(
    report: "PurgeReport", shared: Sequence["Shared"], embedded: Sequence[str]
) -> Outcome:
    """Show what was purged; exit code 4 if something holds it yet, 3 for shared.

    Args:
        report: What was done.
        shared: Pictures that stay, since other documents need them.
        embedded: Files that still embed what was purged.
    """
    wrong = [
        Problem(type="not-purged", message=sentence, exit_code=FINDINGS)
        for sentence in report.left
    ]
    return Outcome(
        result={
            **asdict(report),
            "shared": [asdict(each) for each in shared],
            "embedded": list(embedded),
        },
        view=partial(view_purge, report, shared, embedded),
        exit_code=FINDINGS if wrong else _PARTLY if shared else 0,
        errors=wrong,
        warnings=report.notes,
    )


def view_purge(
    report: "PurgeReport",
    shared: Sequence["Shared"],
    embedded: Sequence[str],
    output: Output,
) -> None:
    """Write for people what was purged, or would be."""
    verb = "would purge" if report.dry_run else "purged"
    for picture in report.pictures:
        what = f"{picture.type or 'blob'}, {size(picture.size)}"
        needed = many(len(picture.documents), "document")
        output.report(
            f"{verb} {picture.blob[:16]}: "
            + (f"{what}, in {needed}" if picture.size else f"gone before, in {needed}")
        )
        for document in picture.documents:
            output.report(f"  {printable(document)}")
    for each in shared:
        output.report(f"shared, stays without --shared: {each.blob[:16]}")
        for document in each.documents:
            output.report(f"  {printable(document)}")
    would = "would be " if report.dry_run else ""
    for count, what in (
        (report.recoded, "pictures that were coded from it, kept as they are now"),
        (report.dictionaries, "dictionaries removed"),
        (report.recipes, "recipes removed that spell it out"),
        (report.quarantined, "packs in the quarantine removed"),
    ):
        if count:
            output.report(f"{would}{what}: {count:,}")
    change = f"{'would free' if report.dry_run else 'freed'} {size(report.freed)}"
    if report.freed < 0:  # what is kept as it is now takes more
        change = f"grew by {size(-report.freed)}"
    output.report(
        f"{would}rewritten: {many(report.packs, 'pack')}, {size(report.pack_bytes)}; "
        f"{change}"
    )
    if report.recoded and not report.dry_run:
        output.report("'assetstore optimize' codes those pictures smaller again.")
    for path in embedded:
        output.report(f"still embeds it: {printable(path)}")


def lift_outcome(ids: Sequence["BlobId"]) -> Outcome:
    """Show what may be archived again."""
    text = f"{many(len(ids), 'picture')} may be archived again"
    return Outcome(
        result={"lifted": [id.hex() for id in ids]},
        view=lambda output: output.report(text),
    )

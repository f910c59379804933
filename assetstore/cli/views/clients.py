"""Outcomes of ``assetstore clients``."""

from collections.abc import Sequence
from functools import partial
from typing import TYPE_CHECKING

from assetstore.cli.invocation import Outcome
from assetstore.cli.output import Output, printable, size
from assetstore.quantities import many

if TYPE_CHECKING:
    from assetstore.agents.found_clients import FoundClient, LookedIn


def clients_outcome(
    found: "Sequence[FoundClient]", *, looked: "Sequence[LookedIn]" = ()
) -> Outcome:
    """Show the clients that are here; where there is none, in which places."""
    return Outcome(
        result={
            "clients": [
                {
                    "name": one.client.name,
                    "title": one.client.title,
                    "folder": one.folder,
                    "files": len(one.files),
                    "bytes": one.size,
                    "looked": one.looked,
                    "pictures": one.pictures,
                    "taken_bytes": one.taken,
                    "left_bytes": one.left,
                    "can": list(one.client.can),
                    "sure": one.client.sure,
                    "versions": one.client.versions,
                    "note": one.client.note,
                }
                for one in found
            ]
        },
        view=partial(_view, found, looked),
    )


def _view(
    found: "Sequence[FoundClient]", looked: "Sequence[LookedIn]", output: Output
) -> None:
    if not found:
        output.remark("note", "no client that is known has threads here", "blue")
        if looked:
            output.report("looked in:")
        for place in looked:
            variable = f" (${place.variable})" if place.variable else ""
            more = f", and {many(place.more, 'other folder')}" if place.more else ""
            folder = printable(str(place.folder))
            output.report(f"  {place.client.title}: {folder}{variable}{more}")
        return
    output.table(
        (">FILES", ">SIZE", ">PICTURES", ">GO", ">STAY", "WORKS", "KNOWN", "CLIENT"),
        [
            (
                f"{len(one.files):,}",
                size(one.size),
                f"{one.pictures:,}" if one.looked else "?",
                size(one.taken) if one.looked else "?",
                size(one.left) if one.looked else "?",
                _can(one),
                one.client.known,
                one.client.title,
            )
            for one in found
        ],
    )
    for one in found:
        note = f"; {one.client.note}" if one.client.note else ""
        output.line(f"{one.client.title}: {printable(one.folder)}{note}")


def _can(one: "FoundClient") -> str:
    """Say in a word or two what works."""
    if "rescue" in one.client.can:
        return "rescue, archive"
    return "archive" if one.client.can else "nothing"

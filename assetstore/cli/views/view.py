"""What ``assetstore view`` says."""

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from assetstore.cli.invocation import Outcome
from assetstore.cli.output import Output, printable
from assetstore.quantities import many

if TYPE_CHECKING:
    from assetstore.view.view import View


def view_outcome(
    path: Path, view: "View", *, opened: bool, notes: Sequence[str] = ()
) -> Outcome:
    """Show where a copy is that can be looked at."""

    def written(output: Output) -> None:
        page = printable(str(view.page))
        output.report(f"{view.kind} {printable(str(path))}: {page}")
        if view.linked:
            output.report(f"  with {many(view.linked, 'file')} that it refers to")

    stay = many(view.missing, "placeholder")
    missing = f"{stay} left: no store here knows what they name"
    return Outcome(
        result={
            "path": str(path),
            "page": str(view.page),
            "kind": view.kind,
            "opened": opened,
            "linked": view.linked,
            "missing": view.missing,
        },
        view=written,
        warnings=[
            *(view.warnings or ([missing] if view.missing else [])),
            *([view.note] if view.note else []),
            *notes,
        ],
    )

"""What ``assetstore docs`` and ``assetstore recover-script`` say."""

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from assetstore.cli.invocation import Outcome
from assetstore.cli.output import Output

if TYPE_CHECKING:
    from assetstore.cli.pages import Page


def pages_outcome(folder: Path, pages: Sequence["Page"], *, only_path: bool) -> Outcome:
    """All pages, and where they are."""

    def written(output: Output) -> None:
        if only_path:
            output.line(str(folder))
        else:
            output.table(["page", "about"], [(page.name, page.title) for page in pages])

    return Outcome(
        result={"folder": str(folder), "pages": [_known(page) for page in pages]},
        view=written,
    )


def page_outcome(page: "Page", *, only_path: bool) -> Outcome:
    """One page."""
    text = page.text

    def written(output: Output) -> None:
        if only_path:
            output.line(str(page.path))
        else:
            output.page(text.rstrip("\n"))

    return Outcome(result={**_known(page), "text": text}, view=written)


def recover_script_outcome(script: str, output: Path | None) -> Outcome:
    """The script, or where it was written."""

    def written(told: Output) -> None:
        if output is None:
            told.line(script.rstrip("\n"))
        else:
            told.report(f"wrote {output}")

    return Outcome(
        result={"path": None if output is None else str(output), "script": script},
        view=written,
    )


def _known(page: "Page") -> dict[str, Any]:
    return {"name": page.name, "title": page.title, "path": str(page.path)}

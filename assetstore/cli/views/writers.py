"""Outcomes of ``assetstore writers``."""

from collections.abc import Sequence
from dataclasses import asdict
from functools import partial
from typing import TYPE_CHECKING

from assetstore.cli.invocation import Outcome
from assetstore.cli.output import Output, local_day, local_time, printable, when
from assetstore.quantities import many

if TYPE_CHECKING:
    from assetstore.documents.writers import WriterInfo


def writers_outcome(writers: "Sequence[WriterInfo]") -> Outcome:
    """Show who has claims in a store."""
    return Outcome(
        result={"writers": [{**asdict(w), "last": when(w.last)} for w in writers]},
        view=partial(_view_writers, writers),
    )


def _view_writers(writers: "Sequence[WriterInfo]", output: Output) -> None:
    if not writers:
        output.remark("note", "nobody has archived a document here", "blue")
        return
    output.table(
        ("WRITER", "", ">DOCUMENTS", ">HERE", "LAST", "OF"),
        [
            (
                writer.id[:12],
                "this one" if writer.own else "",
                f"{writer.documents:,}",
                f"{writer.here:,}",
                local_day(writer.last),
                printable(writer.example),
            )
            for writer in writers
        ],
    )


def described(writer: "WriterInfo") -> str:
    """Say in words who a writer is."""
    documents = many(writer.documents, "document")
    return (
        f"writer {writer.id[:12]} claims the media of {documents}"
        f" ({writer.here:,} of them here as they were archived); the last one "
        f"{local_time(writer.last)}: {printable(writer.example)}"
    )


def taken_outcome(writer: "WriterInfo", documents: int, *, adopted: bool) -> Outcome:
    """Say that a writer's claims were taken over, or given up.

    Args:
        writer: The writer.
        documents: How many documents it had claims on.
        adopted: Whether they were taken over.
    """
    verb = "adopted" if adopted else "released"
    text = f"{verb} what {writer.id[:12]} claimed: {many(documents, 'document')}"
    return Outcome(
        result={"writer": writer.id, "documents": documents, "adopted": adopted},
        view=lambda output: output.report(text),
    )

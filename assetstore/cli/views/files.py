"""Outcomes of the commands: for programs as JSON, for people as text."""

from collections.abc import Iterable, Sequence
from dataclasses import asdict, fields
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from assetstore.cli.failure import Problem, next_step
from assetstore.cli.invocation import Outcome
from assetstore.cli.listing import Order
from assetstore.cli.output import (
    Output,
    Rows,
    local_day,
    of_when,
    printable,
    size,
    when,
)
from assetstore.files.temp_rows import Spool
from assetstore.quantities import many
from assetstore.results import FileResult, Report, Status, Stays, Why

if TYPE_CHECKING:
    from assetstore.documents.blobs import MediaBlob
    from assetstore.documents.catalog import DocumentInfo
    from assetstore.store.format.blob import BlobId
    from assetstore.store.format.manifest import Manifest
    from assetstore.store.reports import OptimizeReport

_DONE: tuple[Status, ...] = ("archived", "restored", "extracted")
_VERBS = {"archived": "archive", "restored": "restore", "extracted": "extract"}
# Reasons that the options give; a file of which nothing else is to be said is not told.
_EXPECTED = {Why.SMALL.value, Why.NO_GAIN.value, Why.SPARED.value}
AS_THEY_COME, BLOBS_AS_THEY_COME = Order(), Order(blobs=True)
_SUMS = ("before", "after", "payloads", "new_blobs", "stored", "quoted", "unknown")


def files_outcome(
    report: Report,
    *,
    store: Path,
    coded: "OptimizeReport | None" = None,
    notes: Sequence[str] = (),
) -> Outcome:
    """Show what archive and restore did, by file, and what was coded smaller."""
    counts = {
        status: report.count(status)
        for status in (*_DONE, "unchanged", "skipped", "failed")
    }
    return Outcome(
        result={
            "store": str(store),
            "dry_run": report.dry_run,
            "files": [_plain(file) for file in report.files],
            "left": [
                {"path": file.path, **asdict(stay)}
                for file in report.files
                for stay in file.stays.listed
            ],
            "totals": {
                "files": len(report.files) + report.untouched,
                **counts,
                **{name: report.total(name) for name in _SUMS},
                "left": sum(file.stays.count for file in report.files),
                "left_bytes": sum(file.stays.size for file in report.files),
            },
            **({"optimized": asdict(coded)} if coded else {}),
        },
        view=partial(_view_files, report, coded),
        exit_code=report.exit_code,
        errors=[
            Problem(
                type=file.error_type or "AssetstoreError",
                message=file.reason,
                hint=(next_step(file.error) if file.error else "") or file.hint,
                path=file.path,
                exit_code=file.code,
            )
            for file in report.files
            if file.code
        ],
        warnings=[
            *(f"{f.path}: {text}" for f in report.files for text in f.warnings),
            *notes,
            *(coded.notes if coded else ()),
        ],
    )


def _plain(file: FileResult) -> dict[str, Any]:
    """A file's result; the places of what stays in it are listed for all together."""
    stays = file.stays
    # Not `asdict`, which copies each value: there may be very many files.
    return {field.name: getattr(file, field.name) for field in fields(file)} | {
        "error": file.error_type,
        "stays": {"count": stays.count, "bytes": stays.size, "reasons": stays.reasons},
    }


def _view_files(report: Report, coded: "OptimizeReport | None", output: Output) -> None:
    for file in report.files:
        if file.code and file.status not in _DONE:
            continue  # among the errors
        told = file.stays.reasons.keys() - _EXPECTED
        quiet = (file.status == "unchanged" and not told) or file.lasting
        if not quiet or output.verbosity > 0:
            output.report(_file_line(file, dry_run=report.dry_run))
        if output.verbosity > 0:
            _view_stays(file, output)
    output.report(_summary(report, told=output.verbosity > 0))
    if coded is not None:
        view_optimize(coded, output)


def _file_line(file: FileResult, *, dry_run: bool) -> str:
    name = printable(file.path)
    if file.status not in _DONE:
        word = click.style(file.status, dim=True)
        reason = f": {file.reason}" if file.reason else ""
        return f"{word} {name}{reason}{_left(file.stays)}"
    word = f"would {_VERBS[file.status]}" if dry_run else file.status
    facts = f"{size(file.before)} -> {size(file.after)}, {_payloads(file.payloads)}"
    if file.status == "extracted":
        facts = many(file.payloads, "payload")
    if file.new_blobs:
        facts += f", {file.new_blobs:,} new"
    return f"{click.style(word, fg='green')} {name}: {facts}{_left(file.stays)}"


def _left(stays: Stays) -> str:
    """Say how many payloads stay, and why."""
    if not stays.count:
        return ""
    reasons = list(stays.reasons.items())
    why = ", ".join(f"{count:,} {reason}" for reason, count in reasons)
    if len(reasons) == 1:
        why = reasons[0][0]
    return f"; {_payloads(stays.count)}, {size(stays.size)}, left: {why}"


def _view_stays(file: FileResult, output: Output) -> None:
    for stay in file.stays.listed:
        what = printable(stay.type) or "media"
        output.report(
            f"  line {stay.line:,}, byte {stay.offset:,}: {what}, "
            f"{size(stay.size)}, left: {stay.why}"
        )
    if more := file.stays.count - len(file.stays.listed):
        output.report(f"  and {more:,} more")


def _payloads(count: int) -> str:
    return many(count, "payload")


def _summary(report: Report, *, told: bool) -> str:
    done = [f for f in report.files if f.status in _DONE]
    parts = []
    for status in _DONE:
        if count := report.count(status):
            word = f"would be {status}" if report.dry_run else status
            parts.append(f"{many(count, 'file')} {word}")
    if not parts:
        parts.append("nothing done" if report.count("failed") else "nothing to do")
    parts += [
        f"{count:,} {status}"
        for status in ("unchanged", "skipped", "failed")
        if (count := report.count(status))
    ]
    text = ", ".join(parts)
    if not told and any(file.lasting for file in report.files):
        text += " (-v says why)"
    if done:
        text += "; " + _sums(report, done)
    left = sum(file.stays.count for file in report.files)
    return f"{text}; {_payloads(left)} left" if left else text


def _sums(report: Report, done: Sequence[FileResult]) -> str:
    before, after = sum(f.before for f in done), sum(f.after for f in done)
    facts = [many(sum(f.payloads for f in done), "payload")]
    if done[0].status != "extracted":
        facts.insert(0, f"{size(before)} -> {size(after)}")
    if done[0].status == "archived":
        facts.append(many(report.total("new_blobs"), "new blob"))
        facts.append(f"{size(report.total('stored'))} added to the store")
    return ", ".join(facts)


def documents_outcome(
    documents: Iterable["DocumentInfo"], order: Order = AS_THEY_COME
) -> Outcome:
    """The documents of a store."""
    rows, add = order.rows()
    for document in documents:
        add({**asdict(document), "archived": when(document.archived)})
    return Outcome(result={"documents": rows}, view=partial(_view_documents, rows))


def _view_documents(documents: Spool, output: Output) -> None:
    if not documents:
        output.remark("note", "no documents", "blue")
        return
    output.table(
        ("STATE", ">ORIGINAL", ">NOW", ">PAYLOADS", "SINCE", "PATH"),
        Rows(
            lambda: (
                (
                    d["state"],
                    size(d["source_size"]),
                    size(d["slim_size"]),
                    f"{d['payloads']:,}",
                    local_day(of_when(d["archived"])),
                    printable(d["path"]),
                )
                for d in documents
            )
        ),
    )
    _view_left_out(documents, output)
    if purged := sum(d["purged"] > 0 for d in documents):
        output.remark(
            "note",
            f"{many(purged, 'document')} with pictures that were purged, for good",
            "blue",
        )
    for d in documents:
        for id in d["lost"]:
            output.line(f"lost for good: {id} in {printable(d['path'])}")


def blobs_outcome(
    blobs: Iterable["MediaBlob"], order: Order = BLOBS_AS_THEY_COME
) -> Outcome:
    """The media blobs of a store."""
    rows, add = order.rows()
    for blob in blobs:
        add({**asdict(blob), "id": blob.id.hex()})
    return Outcome(result={"blobs": rows}, view=partial(_view_blobs, rows))


def _view_blobs(blobs: Spool, output: Output) -> None:
    if not blobs:
        output.remark("note", "no blobs", "blue")
        return
    output.table(
        ("ID", "TYPE", ">SIZE", ">STORED"),
        Rows(
            lambda: (
                (b["id"], b["type"] or "unknown", size(b["size"]), size(b["stored"]))
                for b in blobs
            )
        ),
    )
    _view_left_out(blobs, output)


def _view_left_out(rows: Spool, output: Output) -> None:
    if more := rows.left_out:
        output.remark("note", f"{more:,} more left out by --limit", "blue")


def blob_outcome(id: "BlobId", written: int) -> Outcome:
    """A blob that went to standard output."""
    return Outcome(result={"id": id.hex(), "size": written}, view=lambda output: None)


def forget_outcome(
    manifest: "Manifest", others: int, *, foreign: bool = False
) -> Outcome:
    """A document that was forgotten.

    Args:
        manifest: What the store knew of it.
        others: How many other writers had claims on it.
        foreign: Whether these were given up, too.
    """
    warnings: tuple[str, ...] = ()
    if others and foreign:
        warnings = (
            f"{many(others, 'claim')} of other users or machines on it given up, too: "
            "if they still have the archived file, it cannot be restored after gc",
        )
    elif others:
        warnings = (
            f"gc keeps its media: {many(others, 'claim')} of other users or machines "
            "on it; if that was you, before your state folder was lost, --foreign "
            "gives it up, and 'assetstore writers adopt' takes all over",
        )
    text = (
        f"forgot {printable(manifest.document)}: "
        f"{many(len(manifest.refs), 'blob')} no longer needed by it"
    )
    return Outcome(
        result={
            "path": manifest.document,
            "refs": len(manifest.refs),
            "foreign": others,
            "foreign_given_up": foreign,
        },
        warnings=warnings,
        view=lambda output: output.report(text),
    )


def script_outcome(shell: str, script: str) -> Outcome:
    """A shell's completion script."""
    result: dict[str, Any] = {"shell": shell, "script": script}
    return Outcome(result=result, view=lambda output: output.line(script.strip("\n")))


def view_optimize(report: "OptimizeReport", output: Output) -> None:
    """Show what an optimization came to, by codec."""
    for name, share in sorted(report.codecs.items()):
        output.report(
            f"{name}: {many(share.blobs, 'blob')}, {size(share.before_bytes)} -> "
            f"{size(share.after_bytes)}"
        )
    if not report.effort:  # of '--to raw'
        verb = "would write" if report.dry_run else "wrote"
        output.report(
            f"{verb} {many(report.packs, 'pack')} anew, with what is coded in them as "
            f"its own bytes: {many(report.blobs, 'blob')}, "
            f"{size(report.before_bytes)} -> {size(report.after_bytes)} in "
            f"{report.seconds:.0f} s"
        )
        _view_rest(report, output)
        return
    verb = "would code" if report.dry_run else "coded"
    about = "about " if report.dry_run else ""
    ratio = report.before_bytes / report.after_bytes if report.after_bytes else 1.0
    output.report(
        f"{verb} {many(report.packs, 'pack')}, {many(report.blobs, 'blob')}: "
        f"{about}{size(report.before_bytes)} -> {size(report.after_bytes)} "
        f"({ratio:.1f}x) in {about}{report.seconds:.0f} s"
    )
    _view_rest(report, output)


def _view_rest(report: "OptimizeReport", output: Output) -> None:
    if report.left:
        output.report(f"left for the next call: {many(report.left, 'pack')}")
    if report.unreadable:
        output.report(f"cannot be read here: {many(report.unreadable, 'blob')}")

"""Tell what is not ours to change: whatever is no text, or is framed by lengths.

A payload in one of these is covered by an offset, a length or a checksum that we
do not rewrite. A name says nothing; only bytes do.
"""

import os
from contextlib import suppress
from dataclasses import replace

from assetstore.errors import ContainerRefused
from assetstore.files.source import Source
from assetstore.protected.covered import covered, signed_within
from assetstore.protected.sample import Sample
from assetstore.results import FileResult, Why


def container(source: Source, sample: Sample | None = None) -> str:
    """Say in words what a document is that must not be changed; "": it may be.

    Args:
        source: The document.
        sample: What was read of it already.

    Raises:
        SourceChanged: It has become shorter.
        OSError: It cannot be read.
    """
    sample = sample or Sample.of(source)
    head, plain = sample.head, sample.plain
    # Most documents are JSON. Without control characters, nothing else begins so.
    if plain and head[:1] in (b"{", b"[") and b"%PDF-" not in head[:1024]:
        return ""
    # For the others: it takes longer to import than a short log to archive.
    from assetstore.protected.binary import binary, wide
    from assetstore.protected.framed import framed
    from assetstore.protected.magic import by_prefix
    from assetstore.protected.structure import LIKE_TEXT, STRUCTURES

    if found := by_prefix(head) or wide(sample):
        return found
    for structure in LIKE_TEXT if plain else STRUCTURES:
        if found := structure(sample):
            return found
    if found := framed(source, sample):
        return found
    return "a binary file" if not plain and binary(sample) else ""


def refuse(source: Source, name: str) -> None:
    """Let only documents pass that payloads can be taken out of.

    Raises:
        ContainerRefused: It is none.
        SourceChanged: It has become shorter.
        OSError: It cannot be read.
    """
    sample = Sample.of(source)
    if found := container(source, sample):
        reason = found
    elif found := covered(source, sample):
        reason = f"{Why.COVERED}: {found}"
    else:
        return
    raise ContainerRefused(name, reason)


def refuse_signed(source: Source, name: str) -> None:
    """Let no document pass that a signature somewhere in it covers.

    Raises:
        ContainerRefused: One does.
        SourceChanged: It has become shorter.
        OSError: It cannot be read.
    """
    if found := signed_within(source):
        raise ContainerRefused(name, f"{Why.COVERED}: {found}")


def passed_over(result: FileResult, named: frozenset[str]) -> FileResult:
    """Turn the failure of what is no document into a skip, unless somebody named it."""
    if not isinstance(result.error, ContainerRefused):
        return result
    if os.path.abspath(result.path) in named:
        return result
    size = 0
    with suppress(OSError):
        size = os.stat(result.path).st_size
    return replace(
        result,
        status="skipped",
        reason=result.error.reason,
        hint="",
        code=0,
        error=None,
        before=size,
        after=size,
        lasting=True,
    )

"""Tell what is not ours to change: whatever is no text, or is framed by lengths.

A payload in one of these is covered by an offset, a length or a checksum that we
do not rewrite. A name says nothing; only bytes do.
"""

from assetstore.archiver.protected.covered import covered, signed_within
from assetstore.archiver.protected.sample import Sample
from assetstore.errors import ContainerRefused
from assetstore.files.source import Source
from assetstore.results import Why


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
    from assetstore.archiver.protected.binary import binary, wide
    from assetstore.archiver.protected.framed import framed
    from assetstore.archiver.protected.magic import by_prefix
    from assetstore.archiver.protected.structure import LIKE_TEXT, STRUCTURES

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

"""Compare a thread that was undone with what it was."""

import re
from collections.abc import Mapping
from typing import Any

import orjson
from blake3 import blake3

from assetstore.agents.codex.forks import earlier_forms, first_line
from assetstore.agents.find import Thread
from assetstore.agents.journal import Journal
from assetstore.agents.log_records import is_whole
from assetstore.agents.log_text import opened
from assetstore.agents.log_values import values_of
from assetstore.agents.reading import read_thread
from assetstore.agents.request import dict_of, string_of
from assetstore.errors import VerifyMismatch
from assetstore.files.source import RandomAccess
from assetstore.store.format.blob import BlobId, Kind
from assetstore.store.format.manifest import Manifest
from assetstore.store.media import sniff
from assetstore.store.store import Store

# From this version on, Codex numbers the records of a log as it writes them.
_NUMBERS = (0, 152)
_HEAD = 4096


def compared(
    store: Store, thread: Thread, journal: Journal, own: Manifest | None, back: int
) -> tuple[bool, str]:
    """Tell whether a log begins with what it was before its rescue, and what differs.

    Args:
        store: Where its pictures were.
        thread: The thread, undone.
        journal: What is known of its rescue.
        own: The manifest of the log as it was rescued.
        back: Placeholders that were put back.

    Returns:
        False and no words where nothing is known of what it was; with words, where
        its client wrote it anew, and every picture is back.

    Raises:
        VerifyMismatch: It is another one, or pictures are not back.
    """
    record = journal.record
    if "size" not in record:
        return False, ""
    with opened(thread) as source:
        forms = (source, *earlier_forms(thread.path, source))
        if any(_digest(form, record["size"]) == record["blake3"] for form in forms):
            return True, ""
        if _has_values(thread, source, record):
            return False, "its client wrote it anew since; every value is back"
    if not _is_migrated(thread):
        raise VerifyMismatch(
            f"{thread.path} does not begin with what it was before its rescue",
            hint="It was edited since, or rescued without some of its images.",
            path=str(thread.path),
        )
    journal.forget()  # what it says is of another log, and would be for the next rescue
    lacking = _lacking(store, thread, own)
    if lacking:
        raise VerifyMismatch(
            f"Codex wrote {thread.path} anew since its rescue, without {lacking:,} of "
            "its images; the others are back",
            hint="The store has them as long as the file has placeholders, and for "
            "gc's grace period after that: 'assetstore verify' names what it holds.",
            path=str(thread.path),
        )
    copies = max(0, own.payloads - back) if own is not None else 0
    words = "Codex wrote the log anew since, in its newer form; every image is back"
    return False, words + (
        f", but not {copies:,} copies that only the client showed" if copies else ""
    )


def _has_values(
    thread: Thread, source: RandomAccess, record: Mapping[str, Any]
) -> bool:
    """Tell whether a log that its client writes whole begins with what it held."""
    if not is_whole(thread.path) or "values" not in record:
        return False
    return values_of(source, record["records"]) == (record["records"], record["values"])


def _is_migrated(thread: Thread) -> bool:
    """Tell whether Codex numbered records of a log that it began without."""
    try:
        record = dict_of(orjson.loads(first_line(thread.path)))
    except ValueError:
        return False
    about = dict_of(record.get("payload"))
    version = re.findall(r"\d{1,6}", string_of(about.get("cli_version")))
    return (
        about.get("history_mode") == "paginated"
        and tuple(map(int, version[:2])) < _NUMBERS
    )


def _lacking(store: Store, thread: Thread, own: Manifest | None) -> int:
    """Count the pictures that were taken out and are not in a log."""
    there = {image.blob for image in read_thread(thread).images}
    refs = own.refs if own is not None else ()
    gone = [id for kind, id in refs if kind is Kind.MEDIA and id not in there]
    return sum(_is_picture(store, id) for id in gone)


def _is_picture(store: Store, id: BlobId) -> bool:
    head = b""
    for piece in store.stream(Kind.MEDIA, id):
        head += piece
        if len(head) >= _HEAD:
            break
    return bool(sniff(head))


def _digest(source: RandomAccess, size: int) -> str:
    """The hash of a log's first bytes."""
    digest = blake3()
    for piece in source.pieces(0, min(source.size, size)):
        digest.update(piece)
    return digest.hexdigest()

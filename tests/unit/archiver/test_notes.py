"""What a manifest is to note of an archived form."""

from array import array
from pathlib import Path
from typing import Any

import pytest

from assetstore.archiver.draft import Drafted
from assetstore.archiver.notes import Noted, noted
from assetstore.files.source import Source
from assetstore.results import Stay, Stays, Why
from assetstore.store.format.notes import Note
from assetstore.store.format.placeholder import format_placeholder, parse_placeholder

OWN = format_placeholder(b"o" * 20)
KNOWN = format_placeholder(b"k" * 20)
STRANGE = format_placeholder(b"s" * 20)
SLIM = b"first %b\nsecond %b and %b\nlast" % (OWN, KNOWN, STRANGE)
PLACES = {text: SLIM.index(text) for text in (OWN, KNOWN, STRANGE)}


def told(tmp_path: Path, **result: Any) -> Noted:
    (tmp_path / "source").write_bytes(b"the document")
    (tmp_path / "slim").write_bytes(SLIM)
    drafted = Drafted(**result)
    with (
        Source.open(tmp_path / "source") as document,
        Source.open(tmp_path / "slim") as slim,
    ):
        return noted(drafted, document, slim)


def kept(*texts: bytes) -> dict[str, object]:
    """What a draft says of the placeholders that were there before."""
    return {
        "kept": array("Q", [PLACES[text] for text in texts]),
        "noted": array("Q", [2 * PLACES[t] + (t == KNOWN) for t in texts]),
    }


def by_place(found: Noted) -> dict[bytes, Note]:
    names = {parse_placeholder(text): text for text in PLACES}
    return {names[note.prefix]: note for note in found["notes"]}  # type: ignore[index]


def test_of_a_document_what_no_archive_put_there_is_noted(tmp_path: Path) -> None:
    found = by_place(told(tmp_path, payloads=1, **kept(KNOWN, STRANGE)))
    assert set(found) == {KNOWN, STRANGE}
    assert found[KNOWN].known
    assert not found[STRANGE].known
    assert not found[KNOWN].own
    assert {t: found[t].offset for t in found} == {
        t: PLACES[t] for t in (KNOWN, STRANGE)
    }


def test_of_a_log_all_are_and_its_last_line(tmp_path: Path) -> None:
    result = told(tmp_path, payloads=1, appends=True, **kept(KNOWN, STRANGE))
    found = by_place(result)
    assert set(found) == {OWN, KNOWN, STRANGE}
    assert found[OWN].own
    assert not found[KNOWN].own
    assert [found[text].line for text in (OWN, KNOWN)] == [0, 1]
    last = result["last"]
    assert last is not None
    assert last.number == 2


def test_of_a_log_it_is_noted_what_the_form_was_to_replace(tmp_path: Path) -> None:
    changed = told(tmp_path, payloads=1, first=3, appends=True, **kept())
    assert changed["replaced"] is not None
    same = told(tmp_path, payloads=0, appends=True, **kept())
    assert same["replaced"] is None
    assert same["last"] is not None
    document = told(tmp_path, payloads=1, **kept())
    assert (document["last"], document["replaced"]) == (None, None)


def test_what_stayed_is_noted_with_its_reasons(tmp_path: Path) -> None:
    stays = Stays.of(
        [
            Stay(0, 1, 70, "image/png", Why.SMALL),
            Stay(9, 1, 7, "image/png", Why.SMALL),
            Stay(20, 1, 3, "image/gif", Why.PURGED),
        ]
    )
    left = told(tmp_path, stays=stays)["left"]
    assert left is not None
    assert left.size == 80
    assert left.reasons == {Why.SMALL.value: 2, Why.PURGED.value: 1}
    assert told(tmp_path)["left"] is None


def test_what_is_no_placeholder_cannot_be_noted(tmp_path: Path) -> None:
    with pytest.raises(AssertionError):
        told(tmp_path, kept=array("Q", [0]), noted=array("Q", [0]))

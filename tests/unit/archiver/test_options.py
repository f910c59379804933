"""How to archive: what goes without saying, and what does not change."""

import dataclasses

import pytest

from assetstore.archiver.archive import Archiver
from assetstore.archiver.options import MIN_SIZE, ArchiveOptions, Span, Sparing
from support.signatures import can_be_called
from support.stores import archived, memory_store


def test_what_goes_without_saying_changes_pictures_alone() -> None:
    options = ArchiveOptions()
    assert (options.media, options.profile, options.min_size) == (
        "image",
        "auto",
        MIN_SIZE,
    )
    assert options.ignore
    assert not any((options.dry_run, options.binary, options.spare, options.spans))


def test_options_are_made_by_name_and_do_not_change() -> None:
    with pytest.raises(TypeError):
        ArchiveOptions(0)  # type: ignore[call-arg]
    options = ArchiveOptions(min_size=0)
    with pytest.raises(dataclasses.FrozenInstanceError):
        options.min_size = 5  # type: ignore[misc]
    assert dataclasses.replace(options, jobs=2) == ArchiveOptions(min_size=0, jobs=2)


def test_a_span_is_taken_as_it_says() -> None:
    document = b"in front [taken] behind"
    span = Span(9, 16, b"<", b">", "seven letters")
    store = memory_store()
    slim, _ = archived(store, document, ArchiveOptions(spans=(span,), min_size=0))
    assert slim.startswith(b"in front <seven letters archived as1:")
    assert slim.endswith(b"> behind")


class Few:
    """Spares what stands at an offset of any document."""

    name = "few"

    def offsets(self, path: object) -> frozenset[int]:
        return frozenset((3,))

    def settled(self, path: object) -> bool:
        return True


def test_what_spares_payloads_can_be_asked() -> None:
    sparing: Sparing = Few()
    assert can_be_called(Sparing, sparing)
    Archiver(memory_store(), ArchiveOptions(), sparing=sparing)

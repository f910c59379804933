"""Whatever is archived comes back byte for byte."""

from typing import Literal

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from assetstore.archiver.run import ArchiveOptions
from support.samples import b64, every_sample, picture, uri
from support.stores import archived, memory_store, restored
from support.strategies import DOCUMENTS

Media = Literal["image", "any"]
Profile = Literal["auto", "generic", "codex", "claude-code", "notebook", "har"]

OPTIONS = st.builds(
    ArchiveOptions,
    min_size=st.sampled_from([0, 1, 100, 400]),
    media=st.sampled_from(["image", "any"]),
    profile=st.sampled_from(["auto", "generic", "codex", "notebook", "har"]),
)


@given(DOCUMENTS, OPTIONS)
@example(b"as1:" + b"A" * 27, ArchiveOptions())
@example(b"", ArchiveOptions(min_size=0))
@example(b'"image/png": "as1:' + b"A" * 27, ArchiveOptions(profile="notebook"))
def test_restore_undoes_archive(data: bytes, options: ArchiveOptions) -> None:
    store = memory_store()
    slim, result = archived(store, data, options)
    assert restored(store, slim) == data
    assert result.after == len(slim)
    if options.min_size:
        assert len(slim) <= len(data) + 64 * data.count(b"as1:")


@given(DOCUMENTS, OPTIONS)
def test_it_does_so_across_every_edge_of_the_window(
    monkeypatch: pytest.MonkeyPatch, data: bytes, options: ArchiveOptions
) -> None:
    monkeypatch.setattr("assetstore.files.source.CHUNK", 2600)
    monkeypatch.setattr("assetstore.documents.rebuild.MAX_FRAME", 1024)
    monkeypatch.setattr("assetstore.archiver.scan.scanner.BACK", 300)
    monkeypatch.setattr("assetstore.archiver.scan.scanner.AHEAD", 700)
    monkeypatch.setattr("assetstore.archiver.scan.scanner._NEAR", 500)
    store = memory_store()
    slim, _ = archived(store, data, options)
    assert restored(store, slim) == data


@settings(max_examples=settings().max_examples // 3)
@given(DOCUMENTS, OPTIONS, st.sampled_from(["utf-16-le", "utf-16-be"]))
def test_in_utf_16_the_same_is_taken(
    monkeypatch: pytest.MonkeyPatch, data: bytes, options: ArchiveOptions, order: str
) -> None:
    monkeypatch.setattr("assetstore.files.utf16._BLOCK", 700)
    text = "\ufeff" + data.decode("utf-8", "replace").replace("\0", "0")
    plain, result = archived(memory_store(), text.encode(), options)
    store, wide = memory_store(), text.encode(order)
    slim, done = archived(store, wide, options)
    assert slim.decode(order) == plain.decode()
    assert (done.payloads, done.stays) == (result.payloads, result.stays)
    assert (done.before, done.after) == (len(wide), len(slim))
    assert restored(store, slim) == wide


def test_a_restore_stops_at_the_end_of_the_document(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Bytes that the window held before do not complete what is cut off."""
    monkeypatch.setattr("assetstore.files.source.CHUNK", 300)
    monkeypatch.setattr("assetstore.documents.rebuild.MAX_FRAME", 100)
    data = b"A" * 500 + b"as1:"
    assert restored(memory_store(), data) == data


def test_an_svg_does_not_swallow_a_placeholder() -> None:
    """Text behind an archived document makes a payload of what was none."""
    store = memory_store()
    inner = uri(picture(9, 9, 1)).encode()
    data = b"'data:image/svg+xml,<svg>" + b" " * 99 + inner + b"</svg>"
    first, _ = archived(store, data)
    second, _ = archived(store, first + b"'")
    assert (first != data, second) == (True, first + b"'")
    assert restored(store, second) == data + b"'"


@given(DOCUMENTS, DOCUMENTS)
def test_archiving_twice_is_undone_once_or_twice(data: bytes, more: bytes) -> None:
    """A second archive of the archived bytes changes nothing that was taken."""
    store = memory_store()
    first, _ = archived(store, data)
    second, _ = archived(store, first + more)
    assert restored(store, second) in (data + more, first + more)


@pytest.mark.parametrize("name", every_sample())
def test_every_sample(name: str) -> None:
    data = every_sample()[name]
    store = memory_store()
    slim, result = archived(store, data, ArchiveOptions(min_size=0, media="any"))
    assert result.payloads
    assert len(slim) < len(data)
    assert restored(store, slim) == data


@given(st.data())
def test_a_document_cut_in_two_restores_in_two(data: st.DataObject) -> None:
    """Every whole placeholder in a part of a document is restored."""
    whole = data.draw(st.sampled_from(list(every_sample().values())))
    store = memory_store()
    slim, _ = archived(store, whole)
    cuts = [i + 1 for i, byte in enumerate(slim) if byte == 0x0A]
    if cuts:
        cut = data.draw(st.sampled_from(cuts))
        assert restored(store, slim[:cut]) + restored(store, slim[cut:]) == whole


@pytest.mark.parametrize("front", [b"", b'"', b"x: ", b'{"image/png": "'])
def test_a_placeholder_right_behind_a_picture_is_seen(front: bytes) -> None:
    """It begins with letters of base64, as the picture's text has them."""
    store = memory_store()
    text = b64(picture(60, 40, 1)).encode()
    data = front + text + b"as1:" + b"A" * 27 + b'" and more'
    slim, result = archived(store, data)
    assert result.unknown == 1
    assert restored(store, slim) == data


def test_a_placeholder_in_a_string_that_stays_is_seen() -> None:
    """The whole string is passed over, but for what may be a placeholder."""
    mark = b"as1:" + b"A" * 27
    log = b'{"type":"summary","summary":"A talk","leafUuid":"u"}\n'
    source = b'"source":{"type":"base64","media_type":"image/png","data":"'
    cut = b64(picture(60, 40, 1))[:-100].encode()
    for filler in (b"", b"A" * 9000):
        torn = log + b'{"content":[{"type":"image",' + source + cut + filler
        data = torn + mark + b'"}}]}\n'
        store = memory_store()
        slim, result = archived(store, data)
        assert (slim, result.unknown, result.stays.count) == (data, 1, 1)
        assert restored(store, slim) == data

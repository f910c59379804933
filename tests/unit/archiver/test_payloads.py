"""The payloads of a document in their order: what goes, and why the others stay."""

import json
from pathlib import Path, PurePath

import pytest

from assetstore.archiver.options import Span
from assetstore.archiver.payload import Payload, Wanted
from assetstore.archiver.payloads import Payloads, payloads_of
from assetstore.files.source import Source
from assetstore.results import Stay, Why
from support.samples import b64, codex_log, every_sample, picture, uri

ONE, TWO = uri(picture(20, 16, 1)), uri(picture(24, 20, 2))
PLACEHOLDER = "as1:" + "A" * 27


class Read:
    """All payloads of a document.

    Attributes:
        took: Those that are taken.
        marks: Where what may be a placeholder begins.
        stays: Those that stay.
    """

    def __init__(
        self,
        folder: Path,
        data: str | bytes,
        name: str = "page.html",
        **wanted: object,
    ):
        data = data.encode() if isinstance(data, str) else data
        path = folder / "document"
        path.write_bytes(data)
        self.data = data
        with Source.open(path) as source:
            found = payloads_of(source, PurePath(name), Wanted(**wanted))  # type: ignore[arg-type]
            all_ = list(found)
        self.payloads: Payloads = found
        self.took = [each for each in all_ if isinstance(each, Payload)]
        self.marks = [each for each in all_ if isinstance(each, int)]
        self.stays: list[Stay] = found.stays.listed

    @property
    def texts(self) -> list[bytes]:
        return [self.data[each.start : each.end] for each in self.took]

    @property
    def why(self) -> list[Why]:
        return [each.why for each in self.stays]


def test_payloads_come_in_their_order(tmp_path: Path) -> None:
    read = Read(tmp_path, f'<img src="{ONE}"><p>{PLACEHOLDER}</p><img src="{TWO}">')
    assert read.texts == [ONE.encode(), TWO.encode()]
    assert read.marks == [read.data.index(b"as1:")]
    assert read.stays == []


@pytest.mark.parametrize("name", sorted(every_sample()))
def test_in_every_document_something_goes_and_nothing_overlaps(
    tmp_path: Path, name: str
) -> None:
    read = Read(tmp_path, every_sample()[name], name, media="any")
    assert read.took
    at = 0
    for each in read.took:
        assert at <= each.goes_from <= each.start <= each.end <= each.goes_to
        at = each.goes_to
    assert at <= len(read.data)


def test_a_log_is_read_as_what_its_records_say(tmp_path: Path) -> None:
    read = Read(tmp_path, codex_log(), "some.log")
    assert read.payloads.format.name == "codex"
    assert all(each.before for each in read.took if each.treatment.swap)


def test_what_is_spared_stays_where_it_is(tmp_path: Path) -> None:
    text = f'<img src="{ONE}"><img src="{TWO}">'
    at = text.index(ONE)
    read = Read(tmp_path, text, spare=frozenset((at,)))
    assert read.texts == [TWO.encode()]
    (stay,) = read.stays
    assert (stay.offset, stay.size, stay.why) == (at, len(ONE), Why.SPARED)
    assert (stay.type, stay.line) == ("image/png", 1)


def test_what_is_small_stays(tmp_path: Path) -> None:
    small = uri(b"GIF89a\1\0\1\0\0\0\0;", "image/gif")
    text = f'\n\n<img src="{small}"><img src="{ONE}">'
    read = Read(tmp_path, text, min_size=100)
    assert read.texts == [ONE.encode()]
    assert read.why == [Why.SMALL]
    assert read.stays[0].line == 3
    assert len(Read(tmp_path, text).took) == 2


def test_what_would_become_longer_stays(tmp_path: Path) -> None:
    text = '"data:image/png;base64,iVBORw0K"'
    assert Read(tmp_path, text, min_size=1).why == [Why.NO_GAIN]
    assert len(Read(tmp_path, text).took) == 1


def test_what_is_cut_is_told_and_stays(tmp_path: Path) -> None:
    text = f'"{ONE[:-200]}..." and "{TWO}"'
    read = Read(tmp_path, text)
    assert read.texts == [TWO.encode()]
    assert read.why == [Why.NOT_UNDERSTOOD]


def test_a_placeholder_in_a_part_keeps_it_where_it_is(tmp_path: Path) -> None:
    part = {"type": "input_image", "image_url": ONE, "detail": PLACEHOLDER}
    read = Read(tmp_path, json.dumps([part]), "a.json")
    assert read.took == []
    assert read.why == [Why.NOT_UNDERSTOOD]
    part["detail"] = "high"
    assert len(Read(tmp_path, json.dumps([part]), "a.json").took) == 1


def test_a_part_goes_as_a_whole_whatever_it_holds(tmp_path: Path) -> None:
    source = {"type": "base64", "media_type": "image/png", "data": b64(b"no picture")}
    record = [{"type": "image", "source": source}]
    read = Read(tmp_path, json.dumps(record), "a.json")
    (part,) = read.took
    whole = read.data[part.goes_from : part.goes_to]
    assert json.loads(whole) == record[0]


@pytest.mark.parametrize("data", ["https://example.org/a.png", "file-abc123"])
def test_an_address_in_a_part_is_no_data(tmp_path: Path, data: str) -> None:
    record = [{"type": "image_url", "image_url": {"url": data}}]
    read = Read(tmp_path, json.dumps(record), "a.json")
    assert (read.took, read.stays) == ([], [])


def test_spans_are_taken_between_payloads(tmp_path: Path) -> None:
    text = f'"{ONE}" [taken] "{TWO}"'
    at = text.index("[")
    span = Span(at, at + 7, b"<", b">", "words")
    read = Read(tmp_path, text, spans=(span,))
    assert read.texts == [ONE.encode(), b"[taken]", TWO.encode()]


def test_what_a_span_covers_is_not_taken_twice(tmp_path: Path) -> None:
    text = f'[{ONE}] "{TWO}"'
    span = Span(0, len(ONE) + 2, b"<", b">", "words")
    read = Read(tmp_path, text, spans=(span,))
    assert read.texts == [f"[{ONE}]".encode(), TWO.encode()]


def test_a_reader_may_go_on_further_down(tmp_path: Path) -> None:
    path = tmp_path / "document"
    path.write_bytes(f'{PLACEHOLDER} "{ONE}" "{TWO}"'.encode())
    with Source.open(path) as source:
        found = payloads_of(source, PurePath("a.txt"), Wanted())
        steps = iter(found)
        assert next(steps) == 0
        found.resume(len(PLACEHOLDER) + len(ONE) + 3)
        rest = [step for step in steps if isinstance(step, Payload)]
    assert len(rest) == 1


def test_a_payload_may_stay_after_all(tmp_path: Path) -> None:
    path = tmp_path / "document"
    path.write_bytes(f'<img src="{ONE}">'.encode())
    with Source.open(path) as source:
        found = payloads_of(source, PurePath("a.html"), Wanted())
        for each in found:
            assert isinstance(each, Payload)
            found.leave(each, Why.PURGED)
    (stay,) = found.stays.listed
    assert (stay.offset, stay.size, stay.why) == (10, len(ONE), Why.PURGED)


def test_what_nothing_of_is_known_is_no_payload(tmp_path: Path) -> None:
    for text in ("", "data:", "words " * 9, '{"data": "words"}', "as1", b64(b"no")):
        read = Read(tmp_path, text)
        assert (read.took, read.marks, read.stays) == ([], [], []), text

"""Every format's end is seen, and what has none, or another one, is not whole."""

import pytest

from assetstore.archiver.scan.ends import Read
from assetstore.archiver.scan.whole import is_whole
from support.media import ANNOUNCED, OTHERS, OTHERS_ANNOUNCED, PICTURES, coloured

WHOLE = {**PICTURES, **OTHERS}
# What is behind them may be a part that nobody knows.
LOOSE = ("tiff", "bigtiff", "psd", "ogg", "mp3", "webm", "pdf", "zip", "j2k")


def reads(data: bytes) -> Read:
    return lambda at, length: data[max(0, at) :][:length]


@pytest.mark.parametrize("name", WHOLE)
def test_a_file_ends_where_its_bytes_do(name: str) -> None:
    data = WHOLE[name]
    assert is_whole(data[:3000], data[-128:], len(data), reads(data)) is True
    cut = data[:-5]
    ended = is_whole(cut[:3000], cut[-128:], len(cut), reads(cut))
    assert ended is (None if name in ("pdf", "zip") else False)
    more = data + b"more"
    ended = is_whole(more[:3000], more[-128:], len(more), reads(more))
    assert not ended
    if not name.startswith(LOOSE):
        assert ended is False


@pytest.mark.parametrize("name", ["jxl, stream", "flac, unfinished"])
def test_a_format_without_an_end_is_not_decided(name: str) -> None:
    data = {**ANNOUNCED, **OTHERS_ANNOUNCED}[name]
    assert is_whole(data[:3000], data[-128:], len(data), reads(data)) is None


def test_what_cut_files_say_of_parts_that_are_gone() -> None:
    for data in WHOLE.values():
        for size in range(12, len(data), 61):
            cut = data[:size]
            assert not is_whole(cut[:3000], cut[-128:], size, reads(cut))


def test_a_gif_does_not_end_with_any_byte_that_is_like_its_last_one() -> None:
    data = coloured("GIF")
    places = [i for i in range(800, len(data) - 1) if data[i] == ord(";")]
    assert places
    for place in places:
        cut = data[: place + 1]
        assert is_whole(cut[:3000], cut[-128:], len(cut), reads(cut)) is False
    more = data + bytes(300)  # some fill up with zeros
    assert is_whole(more[:3000], bytes(128), len(more), reads(more)) is False
    more = data + bytes(60)
    assert is_whole(more[:3000], more[-128:], len(more), reads(more)) is True


def test_a_directory_that_names_itself_is_read_once() -> None:
    data = bytearray(PICTURES["tiff, little"])
    at = data.index((279).to_bytes(2, "little")) + 12
    data[at : at + 4] = (8).to_bytes(4, "little")
    assert is_whole(bytes(data[:3000]), bytes(128), len(data), reads(bytes(data)))


@pytest.mark.parametrize("name", [*PICTURES, *OTHERS])
def test_any_bytes_behind_a_beginning_are_read_to_an_end(name: str) -> None:
    data = {**PICTURES, **OTHERS}[name]
    for fill in (b"\0", b"\xff", b"\x01", b"\x80"):
        for kept in (12, 16, 26, 40):
            odd = data[:kept] + fill * 600
            found = is_whole(odd, odd[-128:], len(odd), reads(odd))
            assert found in (True, False, None)

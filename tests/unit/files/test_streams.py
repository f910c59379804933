"""File objects of a caller's: read whole, written whole, or refused in words."""

import io
import socket

import pytest

from assetstore.files.streams import WholeReader, WholeWriter


class Pieces:
    """Gives and takes what it likes.

    Attributes:
        given: What it was given.
    """

    def __init__(self, *replies: object):
        self.replies = list(replies)
        self.given: list[object] = []

    def read(self, size: int = -1, /) -> bytes:
        return self.replies.pop(0)  # type: ignore[return-value]

    def write(self, data: bytes | memoryview, /) -> object:
        self.given.append(data)
        return self.replies.pop(0)


class Raw(io.RawIOBase):
    """A pipe that takes three bytes at a time."""

    def __init__(self, *, waits: bool = True):
        self.taken = b""
        self.waits = waits

    def write(self, data: object, /) -> int | None:
        if not self.waits:
            return None
        part = bytes(data)[:3]  # type: ignore[call-overload]
        self.taken += part
        return len(part)


def test_pieces_of_any_length_are_handed_on_as_bytes() -> None:
    reader = WholeReader(Pieces(b"ab", bytearray(b"c"), memoryview(b"d"), b""))
    found = [reader.read(9) for _ in range(4)]
    assert found == [b"ab", b"c", b"d", b""]
    assert all(type(piece) is bytes for piece in found)
    assert WholeReader(io.BytesIO(b"abc")).read() == b"abc"


def test_none_yet_is_not_taken_for_the_end() -> None:
    with pytest.raises(BlockingIOError, match="make it blocking"):
        WholeReader(Pieces(None)).read(9)


@pytest.mark.parametrize("text", ["text", 7, ["b"]])
def test_what_gives_no_bytes_is_a_type_error(text: object) -> None:
    with pytest.raises(TypeError, match="binary file object"):
        WholeReader(Pieces(text)).read(9)


@pytest.mark.parametrize("file", [io.StringIO("text"), "a path", None, 7])
def test_what_is_no_binary_file_is_refused_at_once(file: object) -> None:
    with pytest.raises(TypeError, match=r'such as open.*"rb"'):
        WholeReader(file)  # type: ignore[arg-type]
    with pytest.raises(TypeError, match=r'such as open.*"wb"'):
        WholeWriter(file)  # type: ignore[arg-type]


def test_all_is_written_where_a_part_is_taken_at_a_time() -> None:
    raw = Raw()
    assert WholeWriter(raw).write(b"0123456789") == 10
    assert raw.taken == b"0123456789"
    assert WholeWriter(raw).write(b"") == 0


def test_what_takes_none_just_now_is_told() -> None:
    with pytest.raises(BlockingIOError, match="make it blocking"):
        WholeWriter(Raw(waits=False)).write(b"x")


def test_others_take_all_whatever_they_return() -> None:
    for reply in (None, 0, 3, "odd"):
        file = Pieces(reply)
        assert WholeWriter(file).write(b"abcdef") == 6
        assert file.given == [b"abcdef"]


def test_what_is_kept_does_not_change_with_the_buffer() -> None:
    buffer, file = bytearray(b"abc"), Pieces(3)
    WholeWriter(file).write(memoryview(buffer))
    buffer[:] = b"xyz"
    assert file.given == [b"abc"]


def test_a_socket_without_waiting_is_told() -> None:
    one, other = socket.socketpair()
    with one, other:
        one.setblocking(False)
        with one.makefile("rb", buffering=0) as file:
            with pytest.raises(BlockingIOError):
                WholeReader(file).read(9)
            other.sendall(b"words")
            assert WholeReader(file).read(9) == b"words"

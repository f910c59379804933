"""The standard streams."""

import errno
import io
import os
import sys

import pytest

from assetstore.cli import standard
from assetstore.errors import UsageError


class Text(io.TextIOWrapper):
    """A stream of text over bytes in memory."""

    def __init__(self, encoding: str = "ascii"):
        self.bytes = io.BytesIO()
        super().__init__(self.bytes, encoding=encoding, write_through=True)


def test_a_stream_takes_any_text(monkeypatch: pytest.MonkeyPatch) -> None:
    out, err = Text(), Text("latin-1")
    monkeypatch.setattr(sys, "stdout", out)
    monkeypatch.setattr(sys, "stderr", err)
    standard.prepare()
    print("€ \udcff", file=out)
    print("ü €", file=err)
    assert out.bytes.getvalue() == b"\\u20ac \\udcff\n"
    assert err.bytes.getvalue() == b"\xfc \\u20ac\n"


def test_streams_that_are_not_there_lead_nowhere(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    for name in ("stdin", "stdout", "stderr"):
        monkeypatch.setattr(sys, name, None)
    standard.prepare()
    opened = [sys.stdin, sys.stdout, sys.stderr]
    try:
        assert sys.stdin.read() == ""
        for stream in (sys.stdout, sys.stderr):
            stream.write("lost")
            stream.flush()
    finally:
        for stream in opened:
            os.close(stream.fileno())


def test_a_closed_descriptor_is_taken_before_a_file_gets_its_number(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """What is opened gets the lowest number that is free."""
    opened: list[tuple[str, int]] = []
    inherited: list[int] = []

    def fstat(number: int) -> None:
        if number == 1:
            raise OSError(errno.EBADF, "Bad file descriptor")

    def opens(name: str, flags: int) -> int:
        opened.append((name, flags))
        return 1

    with monkeypatch.context() as patch:  # pytest itself needs them
        patch.setattr(os, "fstat", fstat)
        patch.setattr(os, "open", opens)
        patch.setattr(os, "set_inheritable", lambda n, on: inherited.append(n))
        for name in ("stdin", "stdout", "stderr"):
            patch.setattr(sys, name, io.StringIO())
        standard.prepare()
    assert opened == [(os.devnull, os.O_RDWR)]
    assert inherited == [1]


def test_bytes_of_the_streams(monkeypatch: pytest.MonkeyPatch) -> None:
    out = Text()
    monkeypatch.setattr(sys, "stdout", out)
    monkeypatch.setattr(sys, "stdin", out)
    for name in ("__stdin__", "__stdout__"):
        monkeypatch.setattr(sys, name, out)
    assert standard.stdout() is out.buffer
    assert standard.stdin() is out.buffer


def test_a_document_neither_comes_from_nor_goes_to_a_closed_stream(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(sys, "__stdin__", None)
    monkeypatch.setattr(sys, "__stdout__", None)
    with pytest.raises(UsageError, match="standard input is closed"):
        standard.stdin()
    with pytest.raises(UsageError, match="standard output is closed"):
        standard.stdout()


def test_an_error_without_a_file_is_standard_outputs() -> None:
    with pytest.raises(OSError, match="No space") as error, standard.naming_stdout():
        raise OSError(errno.ENOSPC, "No space left on device")
    assert error.value.filename == "standard output"
    with pytest.raises(OSError, match="No space") as error, standard.naming_stdout():
        raise OSError(errno.ENOSPC, "No space left on device", "/file")
    assert error.value.filename == "/file"


def test_a_pipe_that_broke_is_left_without_a_word(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    read, write = os.pipe()
    os.close(read)
    with os.fdopen(write, "w") as pipe:
        monkeypatch.setattr(sys, "stdout", pipe)
        pipe.write("nobody reads this")
        standard.leave_stdout()
        pipe.flush()  # what was to be written goes nowhere
    monkeypatch.setattr(sys, "stdout", io.StringIO())  # has no number
    standard.leave_stdout()

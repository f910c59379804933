"""From one document to another."""

import io
from pathlib import Path
from typing import BinaryIO

import pytest

from assetstore.cli import standard
from assetstore.cli.invocation import Run
from assetstore.cli.streams import is_in_place, transfer
from assetstore.cli.views.files import files_outcome
from assetstore.errors import UsageError
from assetstore.results import FileResult
from support.shown import shown


def test_documents_are_changed_in_place_unless_a_stream_or_output_is_named() -> None:
    assert is_in_place(("a", "b"), None)
    assert is_in_place((), None)
    assert not is_in_place(("-",), None)
    assert not is_in_place(("-",), "-")
    assert not is_in_place(("a",), "b")
    assert not is_in_place(("a",), "-")


@pytest.mark.parametrize(
    ("paths", "output", "said"),
    [
        (("a", "-"), None, "exactly one PATH"),
        (("a", "b"), "c", "exactly one PATH"),
        ((), "c", "exactly one PATH"),
        (("-",), "c", "does not go with '-'"),
    ],
)
def test_what_does_not_go_together(
    paths: tuple[str, ...], output: str | None, said: str
) -> None:
    with pytest.raises(UsageError, match=said) as error:
        is_in_place(paths, output)
    assert error.value.hint


def upper(source: BinaryIO, target: BinaryIO) -> FileResult:
    target.write(source.read().upper())
    return FileResult(path="-", status="archived")


def nothing(source: Path, target: Path) -> FileResult:
    raise AssertionError("no files were asked for")


@pytest.mark.parametrize(("path", "output"), [("-", None), ("-", "-"), ("a", "-")])
def test_a_stream_gets_the_document_and_reports_go_elsewhere(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, path: str, output: str | None
) -> None:
    out = io.BytesIO()
    monkeypatch.setattr(standard, "stdout", lambda: out)
    monkeypatch.setattr(standard, "stdin", lambda: io.BytesIO(b"text"))
    (tmp_path / "a").write_bytes(b"text")
    name = path if path == "-" else str(tmp_path / path)
    run = Run()
    report = transfer(run, name, output, files=nothing, streams=upper)
    assert (out.getvalue(), run.piped) == (b"TEXT", True)
    assert [file.path for file in report.files] == ["-"]


def test_a_file_goes_to_a_file() -> None:
    asked: list[tuple[Path, Path]] = []

    def files(source: Path, target: Path) -> FileResult:
        asked.append((source, target))
        return FileResult(path=str(source), status="archived")

    run = Run()
    transfer(run, "a", "b", files=files, streams=upper)
    assert asked == [(Path("a"), Path("b"))]
    assert not run.piped


def test_what_was_only_tried_was_not_done(tmp_path: Path) -> None:
    def tried(source: Path, target: Path) -> FileResult:
        return FileResult(path=str(source), status="restored")

    found = transfer(
        Run(), "a", str(tmp_path / "b"), files=tried, streams=upper, dry_run=True
    )
    (first, last) = shown(files_outcome(found, store=tmp_path))
    assert first.startswith("would restore a: ")
    assert last.startswith("1 file would be restored; ")

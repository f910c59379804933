"""A document on its way: how it ends, what its manifest says, and what is reported."""

from array import array
from collections.abc import Iterator
from pathlib import Path

import pytest

from assetstore.archiver.draft import Drafted
from assetstore.archiver.job import Job
from assetstore.errors import SourceRefused, StoreWriteError
from assetstore.files.replace import Draft
from assetstore.files.source import Source
from assetstore.formats.registry import named
from assetstore.results import Stay, Stays, Why
from assetstore.store.format.blob import BlobId, Kind

REF = (Kind.MEDIA, BlobId(b"1" * 32))
OTHER = (Kind.RECIPE, BlobId(b"2" * 32))


@pytest.fixture
def job(tmp_path: Path) -> Iterator[Job]:
    path = tmp_path / "page.md"
    path.write_bytes(b"a page of some length")
    with Source.open(path) as source:
        found = Job("./page.md", str(path), source, path, in_place=True)
        found.format = named("generic")
        yield found
        found.close()


def changed(job: Job, **result: object) -> None:
    """A draft of it was written."""
    job.draft = Draft(job.target)
    job.draft.write(b"slim")
    job.written = job.draft.size
    job.drafted = Drafted(
        size=4,
        digest=b"d" * 32,
        payloads=2,
        refs={REF, OTHER},
        **result,  # type: ignore[arg-type]
    )


def test_an_error_is_its_end_and_its_draft_goes(job: Job, tmp_path: Path) -> None:
    changed(job)
    with job.trying():
        raise SourceRefused("a device", hint="Choose a file.")
    assert job.over
    assert [path.name for path in tmp_path.iterdir()] == ["page.md"]
    result = job.result()
    assert (result.path, result.status, result.reason) == (
        "./page.md",
        "failed",
        "a device",
    )
    assert (result.hint, result.before, result.after) == ("Choose a file.", 21, 21)


def test_an_error_of_the_system_is_one_too(job: Job) -> None:
    with job.trying():
        raise PermissionError(13, "Permission denied", str(job.target))
    assert job.result().reason.startswith("Permission denied")
    assert job.result().code == 1


def test_one_of_the_store_ends_all_jobs(job: Job) -> None:
    with pytest.raises(StoreWriteError), job.trying():
        raise StoreWriteError("no room")
    assert not job.over
    with pytest.raises(ZeroDivisionError), job.trying():
        raise ZeroDivisionError


def test_what_went_well_is_not_over_yet(job: Job) -> None:
    with job.trying():
        pass
    assert (job.over, job.error) == (False, None)


def test_a_draft_that_cannot_be_removed_is_told(
    job: Job, monkeypatch: pytest.MonkeyPatch
) -> None:
    changed(job)
    assert job.draft is not None
    path = job.draft._path

    def busy(self: Path, missing_ok: bool = False) -> None:
        raise PermissionError(13, "busy")

    with monkeypatch.context() as patch:
        patch.setattr(Path, "unlink", busy)
        job.fail(SourceRefused("refused"))
    result = job.result()
    assert result.left == str(path)
    assert any(str(path) in warning for warning in result.warnings)


def test_the_manifest_of_its_archived_form(job: Job) -> None:
    changed(job, own=1, quoted=1)
    found = job.described()
    assert (found.document, found.state, found.profile) == (
        str(job.target),
        "archived",
        "generic",
    )
    assert (found.source_size, found.slim_size, found.slim_hash) == (21, 4, b"d" * 32)
    assert found.payloads == 4
    assert found.refs == (REF, OTHER)
    assert (found.last, found.replaced, found.left) == (None, None, None)


def test_of_a_log_what_it_quotes_is_not_its_own(job: Job) -> None:
    changed(job, own=1, quoted=1, appends=True)
    found = job.described()
    assert found.payloads == 3
    assert found.last is not None
    assert found.replaced is not None


def test_what_comes_through_a_pipe_is_called_by_its_content(job: Job) -> None:
    job.document = ""
    changed(job)
    assert job.described().document == "stdin:" + "64" * 8


@pytest.mark.parametrize(
    ("plain", "own", "state"),
    [(True, 0, "restored"), (True, 1, "archived"), (False, 0, "archived")],
)
def test_it_stays_restored_as_long_as_nothing_is_taken_out(
    job: Job, plain: bool, own: int, state: str
) -> None:
    job.plain = plain
    job.drafted = Drafted(size=21, own=own, digest=b"d" * 32)
    assert job.described().state == state


def test_what_is_reported(job: Job) -> None:
    stays = Stays.of([Stay(3, 1, 9, "image/png", Why.SMALL)])
    changed(job, new_blobs=1, stays=stays)
    job.stored = 77
    result = job.result()
    assert (result.status, result.before, result.after) == ("archived", 21, 4)
    assert (result.payloads, result.new_blobs, result.stored) == (2, 1, 77)
    assert result.stays is stays
    assert result.warnings == ()
    job.drafted = Drafted(size=21)
    assert job.result().status == "unchanged"


def test_what_the_user_should_know_is_a_sentence_each(job: Job) -> None:
    job.drafted = Drafted(
        size=21, quoted=1, unknown=2, lost=3, purged=4, kept=array("Q", [1])
    )
    warnings = job.result().warnings
    assert len(warnings) == 4
    for number, word in ((1, "of this store"), (2, "does not know"), (3, "lost")):
        assert any(str(number) in text and word in text for text in warnings), word
    assert any("purge --lift" in text for text in warnings)

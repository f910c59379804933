"""Archived forms take their documents' places, with the syncs of a batch together."""

from collections.abc import Sequence
from pathlib import Path

from assetstore.archiver.job import Job
from assetstore.files.durable import FEW, side_by_side, sync_folder
from assetstore.formats.beside import NOTHING
from assetstore.formats.registry import beside


def prepare(jobs: Sequence[Job]) -> None:
    """Begin to make the drafts of a batch durable, all at once."""
    if len(jobs) <= FEW:
        return
    for job in jobs:
        if not job.over and job.in_place and job.drafted.changed:
            with job.trying():
                assert job.draft is not None  # noqa: S101 for the type checker
                job.draft.begin_replacing(job.source)


def put_in_place(jobs: Sequence[Job]) -> None:
    """Let drafts take their places; what goes wrong is a job's error.

    A folder is synced once, when all that are in it have their places: until then a
    power cut leaves the one file or the other, which are both whole.
    """
    folders: set[Path] = set()
    placed: list[Job] = []
    for job in jobs:
        if not job.over:
            with job.trying():
                _put(job, folders, few=len(jobs) <= FEW)
                job.over = True
                job.close()
                placed.append(job)
    try:
        side_by_side(sync_folder, folders)
    except OSError as e:
        for job in placed:
            if job.in_place and job.target.parent in folders:
                job.fail(e)


def _put(job: Job, folders: set[Path], *, few: bool) -> None:
    assert job.draft is not None  # noqa: S101 for the type checker
    if job.in_place:
        if job.drafted.changed:
            around = beside(job.target)
            # What else changes with a log does so when its name is durable.
            alone = few or around is not NOTHING
            job.draft.folders = None if alone else folders
            around.replace(job.draft, job.source)
        return
    if not job.drafted.changed:
        job.draft.write_all(job.source)
    job.draft.publish()

"""A plain copy of a log, for whoever wants one before anything is changed."""

import os
from datetime import UTC, datetime
from pathlib import Path

from assetstore.agents.find import Thread
from assetstore.errors import VerifyMismatch
from assetstore.files.draft_names import is_temporary
from assetstore.files.durable import make_folder
from assetstore.files.replace import Draft
from assetstore.files.source import Source, same


def back_up(thread: Thread, folder: Path | None) -> str:
    """Copy a log to a folder.

    Args:
        thread: The thread.
        folder: Where the copy goes; None: there is to be none.

    Returns:
        The copy's path, or "".

    Raises:
        VerifyMismatch: The copy differs.
        OSError: It cannot be written.
    """
    if folder is None:
        return ""
    make_folder(folder, 0o777)
    for name in os.listdir(folder):  # what a killed rescue left
        if is_temporary(name) and name.startswith(f".{thread.path.name}."):
            (folder / name).unlink(missing_ok=True)
    stamp = datetime.now(UTC).strftime("%Y%m%dT%H%M%S")
    target = folder / f"{thread.path.name}.{stamp}"
    with Source.open(thread.path) as source, Draft(target) as draft:
        draft.write_all(source)
        with draft.reopened() as copy:
            if not same(copy.pieces(0, copy.size), source):
                raise VerifyMismatch(f"the copy {target} differs", path=str(target))
        draft.publish(like=source.fd)
    return str(target)

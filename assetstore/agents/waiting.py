"""Wait until the clients of some threads let go of them."""

import time
from collections.abc import Callable, Sequence
from pathlib import Path

from assetstore.agents.thread_clients import check_free
from assetstore.errors import SourceInUse, SourceRefused
from assetstore.files.find import find_documents
from assetstore.files.in_use import called, written_by_others
from assetstore.files.replace import absolute
from assetstore.formats.registry import home_shapes

_PAUSE = 0.5


def wait_for(
    paths: Sequence[Path],
    seconds: float,
    tell: Callable[[str], None],
    *,
    clock: Callable[[], float] = time.monotonic,
    sleep: Callable[[float], None] = time.sleep,
) -> None:
    """Wait until nobody is at work on any document at some paths and below them.

    What is in use when the time is over, whoever works on it next says.

    Args:
        paths: Files and folders.
        seconds: How long, all in all.
        tell: Told once of each document that is waited for.
        clock: Seconds that pass.
        sleep: Lets some pass.
    """
    until = clock() + seconds
    for path in _documents(paths):
        told = False
        while (problem := _problem(path)) and (left := until - clock()) > 0:
            if not told:
                tell(f"{problem}; waiting, up to {left:.0f} s")
                told = True
            sleep(min(_PAUSE, left))


def _documents(paths: Sequence[Path]) -> Sequence[Path]:
    logs = ["*.jsonl*", *(shape.log for shape in home_shapes().values())]
    found = find_documents([absolute(path) for path in paths], include=logs)
    return [Path(file.path) for file in found if file.error is None]


def _problem(path: Path) -> str:
    """Name who is at work on a document; "": nobody."""
    try:
        check_free(path)
        stat = path.stat()
    except SourceInUse as e:
        return str(e)
    except (SourceRefused, OSError):
        return ""  # no time will change that
    for process in written_by_others({(stat.st_dev, stat.st_ino)}).values():
        return f"{path} is open for writing in {called(process)}"
    return ""

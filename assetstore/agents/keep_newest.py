"""Leave some pictures where they are: the newest, and those that are too young."""

import time
from collections.abc import Callable
from pathlib import Path

from assetstore.agents.choose_pictures import chosen
from assetstore.agents.find import log_at
from assetstore.agents.reading import read_thread
from assetstore.agents.rescue_options import RescueOptions
from assetstore.errors import SourceRefused
from assetstore.files.replace import absolute


class KeepNewest:
    """Leaves the newest pictures of each document in it.

    In a thread's log a picture is as old as its line, elsewhere as its file.

    Args:
        keep_pictures: So many different pictures of each document stay.
        older_than: Pictures that are not older than this (seconds) stay.
        clock: Seconds since 1970.
    """

    def __init__(
        self,
        *,
        keep_pictures: int = 0,
        older_than: float | None = None,
        clock: Callable[[], float] = time.time,
    ):
        self.name = f"{keep_pictures} {older_than}"
        self._keep_pictures = keep_pictures
        self._older_than = older_than
        self._clock = clock
        self._young: set[Path] = set()

    def offsets(self, path: Path) -> frozenset[int]:
        """The pictures of a document that stay, by their offsets."""
        try:
            thread = log_at(path)
        except OSError as e:
            raise SourceRefused(f"{path} is gone", path=str(path)) from e
        reading = read_thread(thread)
        _, newest = chosen(reading, RescueOptions(keep_pictures=self._keep_pictures))
        stay = {image.offset for image in newest} if self._keep_pictures else set()
        if self._older_than is None:
            return frozenset(stay)
        if any(image.time for image in reading.images):
            options = RescueOptions(older_than=self._older_than)
            young = {image.offset for image in chosen(reading, options)[1]}
        elif self._clock() - thread.modified / 1e9 < self._older_than:
            young = {image.offset for image in reading.images}
        else:
            young = set()
        if young:
            self._young.add(path)
        return frozenset(stay | young)

    def settled(self, path: Path) -> bool:
        """Tell whether none stay only until they are older."""
        return absolute(path) not in self._young

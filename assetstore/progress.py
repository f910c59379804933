"""How long work tells its caller where it is.

The library reports through this Protocol and never prints; the command line has
the implementation that draws on a terminal.
"""

from typing import Protocol


class Progress(Protocol):
    """Somebody who wants to know how far the work is."""

    def start(self, total_bytes: int | None, label: str) -> None:
        """Begin a stretch of work, ending the one before.

        Args:
            total_bytes: How much there is to do, or None where nobody knows.
            label: What is being done, in a word or two.
        """
        ...

    def advance(self, n: int) -> None:
        """Count ``n`` more bytes as done."""
        ...

    def message(self, text: str) -> None:
        """Pass on a sentence for the user."""
        ...

    def close(self) -> None:
        """End the work. Calling it twice is allowed."""
        ...


class SilentProgress:
    """A `Progress` that nobody watches."""

    def start(self, total_bytes: int | None, label: str) -> None:
        """Do nothing."""

    def advance(self, n: int) -> None:
        """Do nothing."""

    def message(self, text: str) -> None:
        """Do nothing."""

    def close(self) -> None:
        """Do nothing."""


SILENT: Progress = SilentProgress()

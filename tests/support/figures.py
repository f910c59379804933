"""What the tests tried, in numbers, for the table of all long checks."""

from collections.abc import Iterator

_FIGURES: dict[str, list[int]] = {}


def count(what: str, tried: int = 1, failed: int = 0) -> None:
    """Add to what was tried of a kind, and to what of it failed."""
    figure = _FIGURES.setdefault(what, [0, 0])
    figure[0] += tried
    figure[1] += failed


def rows() -> Iterator[str]:
    """The rows of a table: kind, tried, failed."""
    for what, (tried, failed) in _FIGURES.items():
        yield f"| {what} | {tried:,} | {failed:,} |"

"""Sizes and durations as people write them."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from assetstore.quantities import (
    Portion,
    duration,
    many,
    parse_duration,
    parse_size,
    parse_subset,
)


@pytest.mark.parametrize(
    ("text", "bytes_"),
    [
        ("0", 0),
        ("4096", 4096),
        ("4k", 4096),
        ("4 KiB", 4096),
        ("4kB", 4000),
        ("1.5GB", 1_500_000_000),
        ("2TiB", 2 << 40),
    ],
)
def test_sizes(text: str, bytes_: int) -> None:
    assert parse_size(text) == bytes_


@pytest.mark.parametrize(
    ("text", "seconds"),
    [("0", 0), ("30s", 30), ("1h30m", 5400), ("14d", 14 * 86400), ("1.5m", 90)],
)
def test_durations(text: str, seconds: float) -> None:
    assert parse_duration(text) == seconds


@pytest.mark.parametrize("text", ["", "k", "-1", "4q", "1e3", "½", "1" * 40])
def test_no_sizes(text: str) -> None:
    with pytest.raises(ValueError, match="is not a size"):
        parse_size(text)


@pytest.mark.parametrize("text", ["", "5", "h", "-1h", "1y", "1h x", "9" * 40 + "h"])
def test_no_durations(text: str) -> None:
    with pytest.raises(ValueError, match="is not a duration"):
        parse_duration(text)


@pytest.mark.parametrize(
    ("text", "part"),
    [
        ("1/7", Portion(part=(1, 7))),
        ("5%", Portion(share=0.05)),
        (" 12.5 % ", Portion(share=0.125)),
        ("10GiB", Portion(size=10 << 30)),
        ("10G", Portion(size=10 << 30)),
        ("10GB", Portion(size=10_000_000_000)),
        ("512b", Portion(size=512)),
    ],
)
def test_parts(text: str, part: Portion) -> None:
    assert parse_subset(text) == part


@pytest.mark.parametrize(
    "text", ["", "5", "0/7", "8/7", "1/0", "0%", "101%", "-5%", "10X", "x", "1/2/3"]
)
def test_no_parts(text: str) -> None:
    with pytest.raises(ValueError, match=r"write 1/7, 5% or 10GiB"):
        parse_subset(text)


@given(st.integers(0, 10**9))
def test_what_is_written_is_read(seconds: int) -> None:
    assert parse_duration(duration(seconds)) == seconds


@pytest.mark.parametrize(
    ("count", "noun", "text"),
    [
        (1, "payload", "1 payload"),
        (0, "index", "0 indexes"),
        (2000, "batch", "2,000 batches"),
        (2, "loss", "2 losses"),
        (2, "brush", "2 brushes"),
    ],
)
def test_a_count_has_its_noun(count: int, noun: str, text: str) -> None:
    assert many(count, noun) == text

"""What a format says of a payload, and that every format can be asked."""

from dataclasses import dataclass
from pathlib import Path

import pytest

from assetstore.formats.base import IN_PLACE, Candidate, Format, Spelling, Swap
from assetstore.formats.registry import formats
from support.signatures import can_be_called


@dataclass
class Ends:
    end: int


@pytest.mark.parametrize("format", formats(), ids=lambda format: format.name)
def test_a_format_has_what_is_asked_of_it(format: Format) -> None:
    assert can_be_called(Format, format)
    for name, kind in (("lines", bool), ("appends", bool), ("typed", bool)):
        assert type(getattr(format, name)) is kind, name
    assert format.name
    assert all(type(each) is bytes for each in (*format.members, *format.tells))
    assert format.claims(Path("x"), b"") in (True, False)
    plain = Candidate(Spelling.URI_BASE64, 0, "image/png", b"", None)
    treatment = format.treat(plain)
    assert treatment is not None
    assert treatment.swap is None, "there is nothing around it"


def test_a_swap_ends_where_what_it_takes_ends() -> None:
    """It may not be known yet where that is."""
    ends = Ends(-1)
    swap = Swap(3, ends, b"before", b"after")
    assert swap.end == -1
    ends.end = 9
    assert swap.end == 9


def test_in_place_is_the_placeholder_alone() -> None:
    assert (IN_PLACE.swap, IN_PLACE.tail, IN_PLACE.why) == (None, b"", None)
    assert (IN_PLACE.reader, IN_PLACE.joins) == ("anyone", -1)
    assert (IN_PLACE.any_data, IN_PLACE.any_size) == (False, False)

"""What the process that decodes pictures answers."""

import io

import pytest
from PIL import Image

from assetstore.agents.picture_child import MOST_PIXELS, answer
from support.samples import picture


@pytest.mark.parametrize("mode", ["1", "L", "LA", "P", "RGB", "RGBA", "I;16"])
def test_a_small_copy_of_each_mode(mode: str) -> None:
    file = io.BytesIO()
    Image.new(mode, (60, 30)).save(file, "PNG")
    small = answer(file.getvalue(), 20)
    assert isinstance(small, bytes)
    with Image.open(io.BytesIO(small), formats=("PNG",)) as image:
        assert image.size == (20, 10)


@pytest.mark.parametrize("extra", [100, 10_000])
def test_many_pixels_are_not_decoded(extra: int) -> None:
    file = io.BytesIO()
    side = int(MOST_PIXELS**0.5) + extra
    Image.new("1", (side, side)).save(file, "PNG")
    assert "pixels" in str(answer(file.getvalue(), 16))


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"%!PS-Adobe-3.0 EPSF-3.0\n%%BoundingBox: 0 0 40 30\n",
        picture(60, 40, 1)[:90],
    ],
)
def test_what_is_no_whole_picture(data: bytes) -> None:
    assert "damaged" in str(answer(data, 16))

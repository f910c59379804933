"""Sizes of pictures behind headers of any length."""

import io

import pytest
from PIL import Image, PngImagePlugin

from assetstore.store.picture_headers import Read, is_cut_off, pixels
from support.samples import picture


def reader(data: bytes, asked: list[int] | None = None) -> Read:
    def read(at: int, length: int) -> bytes:
        if asked is not None:
            asked.append(length)
        return data[max(0, at) : max(0, at) + length]

    return read


@pytest.mark.parametrize("format", ["PNG", "JPEG", "GIF", "WEBP"])
@pytest.mark.parametrize(("width", "height"), [(1, 1), (300, 200), (2001, 3)])
def test_sizes(format: str, width: int, height: int) -> None:
    data = picture(width, height, 1, format)
    mime = f"image/{format.lower()}"
    assert pixels(reader(data), mime) == (width, height)
    assert not is_cut_off(reader(data), mime, len(data))


def made(format: str, **how: object) -> bytes:
    file = io.BytesIO()
    Image.new("RGBA" if format == "WEBP" else "RGB", (70, 50)).save(file, format, **how)
    return file.getvalue()


def test_a_jpeg_behind_long_headers() -> None:
    plain = made("JPEG")
    segment = b"\xff\xfe" + (65535).to_bytes(2, "big") + bytes(65533)
    data = plain[:2] + b"\xff\xff" + segment * 30 + plain[2:]
    asked: list[int] = []
    assert pixels(reader(data, asked), "image/jpeg") == (70, 50)
    assert sum(asked) < 1000
    progressive = made("JPEG", progressive=True, icc_profile=bytes(200_000))
    assert pixels(reader(progressive), "image/jpeg") == (70, 50)


def test_a_webp_of_each_kind() -> None:
    assert pixels(reader(made("WEBP", lossless=True)), "image/webp") == (70, 50)
    assert pixels(reader(made("WEBP", quality=50)), "image/webp") == (70, 50)
    extended = made("WEBP", icc_profile=bytes(200_000))
    assert b"VP8X" in extended[:20]
    assert pixels(reader(extended), "image/webp") == (70, 50)
    # A chunk in front of the picture's own.
    lossy = made("WEBP", lossless=True)
    data = lossy[:12] + b"ICCP" + (99_999).to_bytes(4, "little") + bytes(100_000)
    assert pixels(reader(data + lossy[12:]), "image/webp") == (70, 50)


def test_a_png_with_a_chunk_in_front() -> None:
    plain = made("PNG")
    data = plain[:8] + (4).to_bytes(4, "big") + b"CgBI" + bytes(8) + plain[8:]
    assert pixels(reader(data), "image/png") == (70, 50)


@pytest.mark.parametrize("format", ["PNG", "WEBP"])
@pytest.mark.parametrize("gone", [12, 13, 400])
def test_what_is_cut_off(format: str, gone: int) -> None:
    data = picture(60, 40, 1, format)[:-gone]
    assert is_cut_off(reader(data), f"image/{format.lower()}", len(data))


def test_what_stands_behind_a_picture_cuts_nothing_off() -> None:
    info = PngImagePlugin.PngInfo()
    info.add_text("a", "b" * 9000)
    data = made("PNG", pnginfo=info) + b"more"
    assert not is_cut_off(reader(data), "image/png", len(data))


@pytest.mark.parametrize("mime", ["image/png", "image/jpeg", "image/gif", "image/webp"])
@pytest.mark.parametrize(
    "data", [b"", b"\x89PNG", b"\xff\xd8\xff", bytes(90), b"\xff" * 90]
)
def test_nothing_is_known_of_what_is_none(mime: str, data: bytes) -> None:
    found = pixels(reader(data), mime)
    assert found in (None, (0, 0), (0xFFFF, 0xFFFF), (0x10000, 0x10000))
    assert pixels(reader(data), "image/svg+xml") is None

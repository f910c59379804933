"""A page and a log with pictures, and file objects of the odd kind."""

import io
from typing import Any

from support.samples import lines, picture, uri

PNG, JPEG = picture(20, 20, 1), picture(20, 20, 2, "JPEG")
PAGE = (
    f'<img src="{uri(PNG)}"><img src="{uri(JPEG, "image/jpeg")}">\n'
    f'<img src="{uri(PNG)}">\n'
).encode()
LOG = lines(
    {
        "role": "user",
        "content": [{"type": "image_url", "image_url": {"url": uri(PNG)}}],
    }
)


class Dribble(io.RawIOBase):
    """Not seekable; reads and writes a few bytes at a time."""

    def __init__(self, data: bytes = b""):
        self._given = io.BytesIO(data)
        self.taken = b""

    def readable(self) -> bool:
        return True

    def writable(self) -> bool:
        return True

    def read(self, size: int = -1, /) -> bytes:
        return self._given.read(min(size, 7))

    def write(self, data: Any, /) -> int:
        self.taken += bytes(data[:11])
        return len(data[:11])

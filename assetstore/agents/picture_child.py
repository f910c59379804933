"""The process in which pictures out of documents are decoded.

``python -P -m assetstore.agents.picture_child``, started by `small_copy`. What it is
given comes from anybody; a decoder that such bytes lead astray has nothing here: no
document, no store, no name of a file, and, where the system has limits for processes,
no file that could be opened, little memory and little time.
"""

import contextlib
import io
import struct
import sys
import warnings
from importlib import import_module
from typing import Any

from assetstore.store.media import SAFE_FORMATS

# How long the longer side is to be at most, and how many bytes follow.
REQUEST = struct.Struct(">II")
# Whether a PNG follows, or words on why there is none, and how many bytes.
ANSWER = struct.Struct(">?I")

# What is decoded for a view has at most so many pixels, 4 bytes each.
MOST_PIXELS = 50_000_000
# What the process may have: bytes of address space, seconds on a processor for each
# picture.
MEMORY = 1 << 30
SECONDS = 10
_KEPT_MODES = ("RGB", "RGBA", "L", "P", "1", "LA")


def main() -> None:
    """Answer requests from standard input until it ends."""
    _load()
    _confine()
    given, out = sys.stdin.buffer, sys.stdout.buffer
    while len(head := given.read(REQUEST.size)) == REQUEST.size:
        pixels, length = REQUEST.unpack(head)
        data = given.read(length)
        _allow_time()
        found = answer(data, pixels)
        is_png = isinstance(found, bytes)
        body = found if isinstance(found, bytes) else found.encode()
        out.write(ANSWER.pack(is_png, len(body)) + body)
        out.flush()


def answer(data: bytes, pixels: int) -> bytes | str:
    """Make a small PNG of a picture, or say why that is not done."""
    from PIL import Image

    try:
        with warnings.catch_warnings():
            warnings.simplefilter("error", Image.DecompressionBombWarning)
            with Image.open(io.BytesIO(data), formats=SAFE_FORMATS) as image:
                if image.width * image.height > MOST_PIXELS:
                    return f"it has more than {MOST_PIXELS:,} pixels"
                image.thumbnail((pixels, pixels))
                out = io.BytesIO()
                keep = image.mode in _KEPT_MODES
                (image if keep else image.convert("RGB")).save(out, "PNG")
                return out.getvalue()
    except (Image.DecompressionBombError, Image.DecompressionBombWarning):
        return f"it has more than {MOST_PIXELS:,} pixels"
    except MemoryError:
        return f"its decoder needs more than {MEMORY >> 20:,} MiB of memory"
    except Exception:  # parsers of pictures meet hostile bytes
        return "it is damaged, or of no format that is read here"


def _load() -> None:
    """Decode a picture of each kind: what decoders import, they can now."""
    from PIL import Image

    with contextlib.suppress(ImportError):
        plugin: Any = import_module("PIL.AvifImagePlugin")
        plugin.DEFAULT_MAX_THREADS = 1  # each takes address space
    for format in SAFE_FORMATS:
        with contextlib.suppress(Exception):  # not every Pillow writes them all
            file = io.BytesIO()
            Image.new("RGB", (2, 2)).save(file, format)
            answer(file.getvalue(), 1)


def _confine() -> None:
    """Give up what a decoder does not need, as far as the system can take it.

    Windows has no such limits, and macOS counts no address space.
    """
    with contextlib.suppress(ImportError):
        import resource

        for what, most in (
            ("RLIMIT_AS", MEMORY),
            ("RLIMIT_NOFILE", 3),
            ("RLIMIT_FSIZE", 0),
            ("RLIMIT_CORE", 0),
        ):
            with contextlib.suppress(AttributeError, ValueError, OSError):
                resource.setrlimit(getattr(resource, what), (most, most))


def _allow_time() -> None:
    """Let the next picture take its seconds on a processor, and no more."""
    with contextlib.suppress(ImportError):
        import resource

        with contextlib.suppress(ValueError, OSError):
            used = resource.getrusage(resource.RUSAGE_SELF)
            soft = int(used.ru_utime + used.ru_stime) + SECONDS
            _, hard = resource.getrlimit(resource.RLIMIT_CPU)
            resource.setrlimit(resource.RLIMIT_CPU, (soft, hard))


if __name__ == "__main__":
    main()

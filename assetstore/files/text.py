"""Documents as text in UTF-8: those in UTF-16 are read as if they were.

Payloads, placeholders, offsets and hashes are those of this text. It says all that the
file does: the file's own bytes come from it again, whichever way it was written.
"""

from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING

from assetstore.files.source import Source

if TYPE_CHECKING:
    from assetstore.files.utf16 import Utf16Encoder

# What text in UTF-16 begins with. One that goes on with a NUL is taken for UTF-32.
_MARKS = {b"\xff\xfe": "utf-16-le", b"\xfe\xff": "utf-16-be"}
_UTF_32 = b"\xff\xfe\0\0"


def open_text(path: Path, name: str = "") -> Source:
    """Open a document to be read as text in UTF-8; what is in no such text, as it is.

    Args:
        path: The file.
        name: What errors call it; "": by its path.

    Raises:
        SourceRefused: It is not a regular file (a link, a FIFO, a device).
        SourceChanged: It became shorter meanwhile.
        OSError: It cannot be read.
    """
    return as_text(Source.open(path, name))


def as_text(source: Source) -> Source:
    """Read a document that was opened as text in UTF-8.

    Args:
        source: The document, which is closed with what is returned.

    Returns:
        It itself, unless all of it is exact UTF-16 behind a byte order mark.

    Raises:
        SourceChanged: It became shorter meanwhile.
        OSError: It cannot be read.
    """
    try:
        encoding = encoding_of(source.read(0, len(_UTF_32)))
        if not encoding:
            return source
        from assetstore.files.utf16 import Utf16Text  # few need it

        try:
            return Source(source.fd, source.name, Utf16Text(source, encoding))
        except UnicodeDecodeError:
            return source
    except BaseException:
        source.close()
        raise


def encoding_of(head: bytes) -> str:
    """The encoding that a byte order mark says a document is in; "": UTF-8, or any."""
    return "" if head.startswith(_UTF_32) else _MARKS.get(head[:2], "")


def as_written(
    pieces: Iterable[bytes | memoryview], source: Source
) -> Iterable[bytes | memoryview]:
    """Text that was made of a document, as its file would have it.

    Args:
        pieces: The text in UTF-8; each piece is valid until the next is asked for.
        source: The document.

    Raises:
        SourceRefused: It is no text that could be written so.
    """
    encoder = encoder_for(source.encoding, source.name)
    return pieces if encoder is None else _encoded(pieces, encoder)


def _encoded(
    pieces: Iterable[bytes | memoryview], encoder: "Utf16Encoder"
) -> Iterator[bytes | memoryview]:
    yield from map(encoder.encode, pieces)
    encoder.finish()


def encoder_for(encoding: str, name: str) -> "Utf16Encoder | None":
    """Make what writes text in an encoding; None: it is written as it is."""
    if not encoding:
        return None
    from assetstore.files.utf16 import Utf16Encoder

    return Utf16Encoder(encoding, name)

"""Values of databases that are compressed with Zstandard, a frame each (RFC 8878)."""

# How a frame begins.
PACKED = b"\x28\xb5\x2f\xfd"
_PIECE = 1 << 20
_LEVEL = 3


def unpacked(data: bytes, most: int) -> bytes | None:
    """Read a compressed value; None where it is damaged, or says more than ``most``.

    Args:
        data: The value.
        most: So many bytes it may be.
    """
    import zstandard

    reader = zstandard.ZstdDecompressor().stream_reader(data)
    pieces, size = [], 0
    try:
        while piece := reader.read(_PIECE):
            pieces.append(piece)
            size += len(piece)
            if size > most:
                return None
    except zstandard.ZstdError:
        return None
    return b"".join(pieces)


def packed_again(text: bytes) -> bytes:
    """Compress a value as programs do who write it piece by piece: level 3."""
    import zstandard

    compressor = zstandard.ZstdCompressor(
        level=_LEVEL, write_content_size=False
    ).compressobj()
    return compressor.compress(text) + compressor.flush()

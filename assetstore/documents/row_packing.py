"""Values of databases that are compressed with Zstandard, a frame each (RFC 8878)."""

# How a frame begins.
PACKED = b"\x28\xb5\x2f\xfd"
_PIECE = 1 << 12  # becomes 128 MiB at most
_LEVEL = 3


def unpacked(data: bytes, most: int) -> bytes | None:
    """Read a compressed value; None where it is damaged, cut off, or over ``most``.

    Args:
        data: The value.
        most: So many bytes it may be.
    """
    import zstandard

    pieces, size, at = [], 0, 0
    try:
        while at < len(data):  # a frame each
            frame = zstandard.ZstdDecompressor().decompressobj()
            while not frame.eof:
                if at >= len(data):  # there is more behind its last block
                    return None
                piece = frame.decompress(data[at : at + _PIECE])
                at = min(at + _PIECE, len(data)) - len(frame.unused_data)
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

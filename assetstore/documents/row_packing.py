"""Values of databases that are compressed with Zstandard, a frame each (RFC 8878)."""

from typing import Literal

# How programs write frames: "zstd" piece by piece at level 3, as Rust's writers do;
# "zstd-1" at level 1, with the text's size and a sum of it, as Node's do.
Packing = Literal["zstd", "zstd-1"]

# How a frame begins.
PACKED = b"\x28\xb5\x2f\xfd"
_PIECE = 1 << 12  # becomes 128 MiB at most


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


def packed_again(text: bytes, packing: Packing = "zstd") -> bytes:
    """Compress a value as its program does, to the same bytes by the same library."""
    import zstandard

    if packing == "zstd":
        plain = zstandard.ZstdCompressor(level=3, write_content_size=False)
        compressor = plain.compressobj()
    else:
        summed = zstandard.ZstdCompressor(level=1, write_checksum=True)
        compressor = summed.compressobj(size=len(text))
    return compressor.compress(text) + compressor.flush()

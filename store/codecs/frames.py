"""Whole Zstandard frames (RFC 8878) in memory."""

from assetstore.errors import DamagedBlob
from assetstore.store.codecs.zstd import MAX_WINDOW


def expand(frame: bytes, limit: int) -> bytes:
    """Decompress a Zstandard frame.

    Raises:
        DamagedBlob: It is damaged, or holds more than ``limit`` bytes.
    """
    import zstandard

    try:
        size = zstandard.frame_content_size(frame)
        if not 0 <= size <= limit:
            raise DamagedBlob("a compressed part of a record has an impossible size")
        squeezed = zstandard.ZstdDecompressor(max_window_size=MAX_WINDOW)
        out = squeezed.decompress(frame, max_output_size=size or 1)
    except zstandard.ZstdError as e:
        raise DamagedBlob(f"a compressed part of a record is damaged: {e}") from e
    if len(out) != size:
        raise DamagedBlob("a compressed part of a record has another length")
    return out


def squeeze(data: bytes, level: int) -> bytes:
    """A Zstandard frame that `expand` reads."""
    import zstandard

    # Long matches need a window; more than a reader allows is never asked for.
    window = min(23, max(10, len(data).bit_length()))
    parameters = zstandard.ZstdCompressionParameters.from_level(
        level, source_size=len(data), window_log=window
    )
    return zstandard.ZstdCompressor(compression_params=parameters).compress(data)

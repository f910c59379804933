"""Take media out that are written in hexadecimal digits."""

from collections.abc import Callable

from assetstore.archiver.scan.hexadecimal import digits_end, is_quoted
from assetstore.archiver.scan.hit import Hit
from assetstore.archiver.scan.scanner import Scanner
from assetstore.archiver.scan.whole import is_whole
from assetstore.archiver.take.fit import HEAD_BYTES, Fitted
from assetstore.store.format.blob import Kind
from assetstore.store.format.dialect import HEX, UPPER_HEX
from assetstore.store.format.recipe import Media
from assetstore.store.sink import Sink

# Shorter text is not told; it may be a checksum.
_TOLD = 400
_LAST = 128
_LOWER, _UPPER = b"abcdef", b"ABCDEF"


class Digits:
    """Takes pictures out of literals that hold nothing else.

    Args:
        session: Where their bytes go.
        scanner: The document's.
    """

    def __init__(self, session: Sink, scanner: Scanner):
        self._session = session
        self._scanner = scanner
        self._outside = 0  # behind the last literal: no string is open there

    def take(
        self, hit: Hit, approve: Callable[[int], bool]
    ) -> tuple[int, Fitted | None, bool]:
        """Take what a hit begins.

        Args:
            hit: What begins a literal.
            approve: Told where it ends, says whether to take it.

        Returns:
            Where its digits end; what was stored, or None; whether what stays is told.

        Raises:
            OSError: The document or the store cannot be read or written.
        """
        scanner, source, body = self._scanner, self._scanner.source, hit.body
        end = digits_end(scanner.peek, body)

        def read(at: int, length: int) -> bytes:
            start, size = max(0, at), length + min(0, at)
            room = min(2 * size, end - body - 2 * start)
            return bytes.fromhex(
                source.read(body + 2 * start, max(0, room & ~1)).decode()
            )

        size = (end - body) // 2
        closing = b"\\" * hit.escapes + hit.closer
        behind = scanner.peek(end, len(closing) + 1)
        closed = behind.startswith(closing) if closing else not behind[:1].isalnum()
        even = (end - body) % 2 == 0 and closed and not hit.odd
        head = read(0, HEAD_BYTES)
        if not even or not is_whole(head, read(size - _LAST, _LAST), size, read):
            return end, None, end - body >= _TOLD
        cases = {
            case
            for piece in source.pieces(body, end)
            for case in (_LOWER, _UPPER)
            if len(piece.translate(None, case)) < len(piece)
        }
        if len(cases) > 1:  # no dialect spells both
            return end, None, True
        if hit.after:
            if is_quoted(scanner.peek, self._outside, hit):
                return end, None, True
            self._outside = end
        elif closing == b"'":
            self._outside = end + 1
        if not approve(end):
            return end, None, False
        writer = self._session.writer(Kind.MEDIA)
        held = b""
        try:
            for piece in source.pieces(body, end):
                held += piece
                cut = len(held) & ~1
                writer.write(bytes.fromhex(held[:cut].decode()))
                held = held[cut:]
            blob, size, new = writer.finish()
        except BaseException:
            writer.abort()
            raise
        media = Media(blob, UPPER_HEX if _UPPER in cases else HEX)
        return end, Fitted(media=media, head=head, size=size, new=new), False

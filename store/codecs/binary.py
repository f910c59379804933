"""Small numbers and strings of bytes, one behind the other.

A number is a varint: seven bits a byte, the lowest first, the high bit set on all
bytes but the last (as in Protocol Buffers' encoding).
"""

from assetstore.errors import DamagedBlob


class Fields:
    """Collects fields."""

    def __init__(self) -> None:
        self._out = bytearray()

    def number(self, value: int) -> None:
        """A number that is not negative."""
        while value > 0x7F:
            self._out.append(value & 0x7F | 0x80)
            value >>= 7
        self._out.append(value)

    def signed(self, value: int) -> None:
        """A number of either sign, folded: 0, -1, 1, -2 are 0, 1, 2, 3."""
        self.number(value << 1 if value >= 0 else (-value << 1) - 1)

    def string(self, value: bytes) -> None:
        """Bytes, their length first."""
        self.number(len(value))
        self._out += value

    def take(self) -> bytes:
        """All fields so far."""
        return bytes(self._out)


class FieldReader:
    """Reads fields back.

    Raises:
        DamagedBlob: By any method, where the bytes end too early.
    """

    def __init__(self, data: bytes):
        self._data = data
        self.at = 0

    def number(self) -> int:
        """The next number; at most 2**49."""
        value = 0
        for shift in range(0, 49, 7):
            if self.at >= len(self._data):
                break
            byte = self._data[self.at]
            self.at += 1
            value |= (byte & 0x7F) << shift
            if byte < 0x80:
                return value
        raise DamagedBlob("a number in a stored picture is cut short")

    def signed(self) -> int:
        """The next number of either sign."""
        folded = self.number()
        return folded >> 1 if not folded & 1 else -(folded + 1 >> 1)

    def string(self) -> bytes:
        """The next string of bytes."""
        return self.take(self.number())

    def take(self, size: int) -> bytes:
        """The next ``size`` bytes."""
        end = self.at + size
        if end > len(self._data):
            raise DamagedBlob("a field in a stored picture is cut short")
        found = self._data[self.at : end]
        self.at = end
        return found

    def rest(self) -> bytes:
        """All that is left."""
        return self.take(len(self._data) - self.at)

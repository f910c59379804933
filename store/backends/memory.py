"""A backend in memory, for tests and for trying things out."""

from collections.abc import Iterator, Sequence

from assetstore.store.backends.base import Upload, checked


class MemoryBackend:
    """Objects in a dict.

    Attributes:
        objects: Everything that was published, by key.
    """

    def __init__(self) -> None:
        self.objects: dict[str, bytes] = {}

    def create(self, key: str) -> "MemoryUpload":
        """Begin an object."""
        return MemoryUpload(checked(key))

    def publish(self, uploads: Sequence[Upload]) -> None:
        """Make objects visible."""
        for upload in uploads:
            if not isinstance(upload, MemoryUpload):
                raise TypeError("an upload of another backend")
            if upload.key in self.objects:
                raise FileExistsError(upload.key)
            self.objects[upload.key] = bytes(upload.data)

    def read_into(self, key: str, offset: int, view: memoryview) -> int:
        """Read from an object."""
        try:
            data = self.objects[checked(key)][offset : offset + len(view)]
        except KeyError:
            raise FileNotFoundError(key) from None
        view[: len(data)] = data
        return len(data)

    def list(self, prefix: str) -> Iterator[tuple[str, int]]:
        """Keys below a prefix, with sizes."""
        found = [(k, len(v)) for k, v in self.objects.items() if k.startswith(prefix)]
        yield from sorted(found)

    def size(self, key: str) -> int | None:
        """An object's size."""
        data = self.objects.get(checked(key))
        return None if data is None else len(data)

    def link(self, key: str, new: str) -> None:
        """Give an object a second key."""
        if new in self.objects:
            raise FileExistsError(new)
        try:
            self.objects[checked(new)] = self.objects[checked(key)]
        except KeyError:
            raise FileNotFoundError(key) from None

    def mend(self, key: str, data: bytes) -> None:
        """Replace a damaged object."""
        self.objects[checked(key)] = data

    def delete(self, key: str) -> None:
        """Remove an object."""
        self.objects.pop(checked(key), None)


class MemoryUpload:
    """An object being written to memory."""

    def __init__(self, key: str):
        self.key = key
        self.data = bytearray()
        self.size = 0

    def write(self, pieces: Sequence[bytes | memoryview]) -> None:
        """Append pieces."""
        for piece in pieces:
            self.data += piece
        self.size = len(self.data)

    def patch(self, offset: int, data: bytes) -> None:
        """Overwrite bytes."""
        self.data[offset : offset + len(data)] = data

    def read_into(self, offset: int, view: memoryview) -> int:
        """Read back."""
        data = self.data[offset : offset + len(view)]
        view[: len(data)] = data
        return len(data)

    def sync(self) -> None:
        """Memory is as durable as it gets."""

    def abort(self) -> None:
        """Throw it away."""
        self.data = bytearray()

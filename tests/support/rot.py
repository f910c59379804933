"""Faults of storage media, and what a store makes of them."""

import os
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

from assetstore.errors import AssetstoreError
from assetstore.store.backends.memory import MemoryBackend
from assetstore.store.check.verify import VerifyReport, verify
from assetstore.store.format.blob import BlobId, Kind
from assetstore.store.optimize.optimize import optimize
from assetstore.store.store import Store
from support.figures import count
from support.samples import picture, svg, uri
from support.screens import session
from support.stores import archived, memory_store, restored

# Flip every bit of every file, not only every bit of headers and samples.
EVERYTHING = bool(os.environ.get("ASSETSTORE_TEST_ROT"))


def pages() -> dict[str, bytes]:
    """Documents with a picture of their own each, one that they share, a drawing."""
    shared = uri(picture(9, 9, 1))
    return {
        name: (
            f'<img src="{uri(picture(12, 10, seed))}"><img src="{shared}">'
            f'<img src="data:image/svg+xml;base64,{_drawing(seed)}">\n'
        ).encode()
        for seed, name in ((2, "a"), (3, "b"))
    }


def _drawing(seed: int) -> str:
    import base64

    return base64.b64encode(svg(seed).encode()).decode()


@dataclass(frozen=True)
class Rotten:
    """A store in memory of which any object can be spoilt.

    Attributes:
        objects: What a whole store holds.
        slim: Archived documents.
        whole: What they restore to.
        media: A blob that the first of them needs, and its bytes.
    """

    objects: dict[str, bytes]
    slim: dict[str, bytes]
    whole: dict[str, bytes]
    media: dict[BlobId, bytes]

    @classmethod
    def new(cls) -> "Rotten":
        """A store with two documents."""
        return cls._of(pages(), 0)

    @classmethod
    def optimized(cls) -> "Rotten":
        """A store whose pictures need each other."""
        seen = [uri(each) for each in session(4, height=60)]
        shared = f'<img src="data:image/svg+xml;base64,{_drawing(2)}">'
        return cls._of(
            {
                "a": f"<img src={seen[0]}>{shared}<img src={seen[1]}>\n".encode(),
                "b": f"<img src={seen[2]}>{shared}<img src={seen[3]}>\n".encode(),
            },
            1,
        )

    @classmethod
    def _of(cls, whole: dict[str, bytes], effort: int) -> "Rotten":
        store = memory_store()
        slim = {name: archived(store, data)[0] for name, data in whole.items()}
        if effort:
            optimize(store, effort=effort)
        media = {
            e.record.id: store.read(Kind.MEDIA, e.record.id)
            for e in store.entries()
            if e.record.kind is Kind.MEDIA
        }
        assert isinstance(store.backend, MemoryBackend)
        return cls(dict(store.backend.objects), slim, whole, media)

    def keys(self, folder: str) -> list[str]:
        """The keys below a folder."""
        return sorted(k for k in self.objects if k.startswith(folder))

    def spoilt(self, changes: dict[str, bytes | None]) -> MemoryBackend:
        """A copy with some objects changed, or gone (None)."""
        backend = MemoryBackend()
        for key, data in {**self.objects, **changes}.items():
            if data is not None:
                backend.objects[key] = data
        return backend

    def survives(self, changes: dict[str, bytes | None]) -> "Outcome":
        """What restores, reads and a check make of a spoilt store.

        Raises:
            AssertionError: Wrong bytes came out.
        """
        count("spoilt stores")
        try:
            store = Store.on(self.spoilt(changes), writer="test")
        except AssetstoreError as e:
            return Outcome(opened=False, failed=[e], report=None)
        failed: list[AssetstoreError] = []
        for name, data in self.slim.items():
            try:
                assert restored(store, data) == self.whole[name]
            except AssetstoreError as e:
                failed.append(e)
        for id, data in self.media.items():
            try:
                assert store.read(Kind.MEDIA, id) == data
            except AssetstoreError as e:
                failed.append(e)
        return Outcome(opened=True, failed=failed, report=verify(store, read_data=True))


@dataclass(frozen=True)
class Outcome:
    """What became of a spoilt store.

    Attributes:
        opened: Whether it could be opened.
        failed: Typed errors of restores and reads.
        report: What a check says.
    """

    opened: bool
    failed: list[AssetstoreError]
    report: VerifyReport | None

    @property
    def found(self) -> bool:
        """Whether the check found anything."""
        return self.report is None or bool(self.report.findings)


def flips(data: bytes, whole: Iterable[int], every: int) -> Iterator[bytes]:
    """The bytes with one bit flipped: each of some bytes, one of others.

    Args:
        data: The bytes.
        whole: Offsets of bytes of which each bit is flipped.
        every: Of the others, each so-manieth byte has one bit flipped.
    """
    exact = set(range(len(data)) if EVERYTHING else whole)
    for at in range(len(data)):
        if at in exact:
            bits: tuple[int, ...] = tuple(range(8))
        elif at % every == 0:
            bits = (at // every % 8,)
        else:
            continue
        for bit in bits:
            changed = bytearray(data)
            changed[at] ^= 1 << bit
            yield bytes(changed)


def harm(data: bytes) -> Iterator[tuple[str, bytes | None]]:
    """An object truncated, zeroed, overwritten, gone."""
    yield "deleted", None
    yield "emptied", b""
    yield "cut in half", data[: len(data) // 2]
    yield "one byte short", data[:-1]
    yield "one byte more", data + b"\0"
    yield "zeroed", bytes(len(data))
    yield (
        "zeroed at the end",
        data[: len(data) // 2] + bytes(len(data) - len(data) // 2),
    )
    yield "a page of zeros", bytes(min(64, len(data))) + data[64:]
    yield "noise", bytes(i * 37 & 255 for i in range(len(data)))


def files(folder: Path) -> list[Path]:
    """All files below a folder, sorted."""
    return sorted(p for p in folder.rglob("*") if p.is_file())

"""Documents that grow and change, with what was written to them."""

import base64
import os
import random
import shutil
import threading
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

_COUNT = 24
_PICTURES = 400  # different ones, so that documents share some
_LONGEST = 600_000
_PNG = b"\x89PNG\r\n\x1a\n"


@dataclass(slots=True)
class Document:
    """A document.

    Attributes:
        path: Where it is.
        truth: What was written to it, from the start.
        lock: Held by whoever writes to it or compares it.
    """

    path: Path
    truth: bytes = b""
    lock: threading.Lock = field(default_factory=threading.Lock)

    def put(self, data: bytes) -> None:
        """Write it anew, as an editor does: beside it, then over it."""
        beside = self.path.with_suffix(".new")
        beside.write_bytes(data)
        beside.replace(self.path)
        self.truth = data

    def keep(self, folder: Path) -> None:
        """Put aside what it is and what it should be."""
        (folder / f"{self.path.name}.truth").write_bytes(self.truth)
        shutil.copy(self.path, folder)


def picture(number: int) -> str:
    """A picture as a data URI."""
    r = random.Random(number)
    data = _PNG + r.randbytes(r.randrange(500, 40_000))
    return "data:image/png;base64," + base64.b64encode(data).decode()


class Documents:
    """All documents; what is written to them is known here.

    Attributes:
        appends: How often something was appended.
        again: Appends that had to be made again: the file was replaced between its
            opening and the writing, as happens to whoever writes to a file that is
            not open while it is archived.
        anew: How often a document was written anew.
    """

    def __init__(self, folder: Path, seed: int):
        folder.mkdir()
        self._random = random.Random(seed)
        self._all = [Document(folder / f"{n:02}.jsonl") for n in range(_COUNT)]
        self.appends = self.again = self.anew = 0
        for document in self._all:
            self._write(document)

    def __iter__(self) -> Iterator[Document]:
        return iter(self._all)

    def choose(self, r: random.Random) -> Document:
        """Any of them."""
        return r.choice(self._all)

    def edit(self) -> None:
        """Write to one of them as its program would."""
        document = self.choose(self._random)
        with document.lock:
            if len(document.truth) > _LONGEST:
                self._write(document)
                self.anew += 1
            else:
                self._append(document)
                self.appends += 1

    def _append(self, document: Document) -> None:
        line = self._line(document.path)
        while True:
            with document.path.open("ab", buffering=0) as file:
                file.write(line)
                mine = os.fstat(file.fileno())
            now = document.path.stat()
            if (mine.st_ino, mine.st_dev) == (now.st_ino, now.st_dev):
                break
            self.again += 1
        document.truth += line

    def _write(self, document: Document) -> None:
        count = self._random.randrange(2, 8)
        document.put(b"".join(self._line(None) for _ in range(count)))

    def _line(self, path: Path | None) -> bytes:
        r = self._random
        if path is not None and r.random() < 0.2:
            # What an agent reads of its own log: placeholders as text.
            data = path.read_bytes()
            at = data.rfind(b"as1:", 0, r.randrange(len(data)) + 1)
            if at >= 0:
                return b'{"read":"' + data[at : at + 31] + b'"}\n'
        if r.random() < 0.3:
            return b'{"text":"%d"}\n' % r.randrange(1 << 60)
        return b'{"image_url":"%b"}\n' % picture(r.randrange(_PICTURES)).encode()

"""A store with a bit of every kind, some of which is to be forgotten.

Pictures as they are, PNG coded anew and from others, JPEG coded anew, text with a
dictionary, recipes with words of their own, packs of which little is dead, packs of a
time to come, and what killed processes and repairs leave.
"""

import io
import os
import random
import time
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path

from PIL import Image

from assetstore.archiver.run import ArchiveOptions, archive_one
from assetstore.files.draft_names import NameSwap
from assetstore.store.format.pack import pack_key
from assetstore.store.repair.quarantine import preserve
from assetstore.store.store import Store
from support.program import Program
from support.purged import pieces
from support.samples import picture, svg, uri
from support.screens import session
from support.searched import everything, holders, pixels

# What is in drawings that go, and in the heads of data URIs that go.
WORDS, NAME = "Kestrel's password is hunter2", "q7Zt-kestrel-plan"
_DRAWINGS = 90
_YEARS = 10 * 365 * 86400.0


def photograph(seed: int) -> bytes:
    """A JPEG file that `optimize` codes anew."""
    r = random.Random(seed)
    rgb = bytes(
        value % 256
        for y in range(120)
        for x in range(160)
        for value in (x, x * y // 90 + r.randrange(9), 255 - y)
    )
    file = io.BytesIO()
    Image.frombytes("RGB", (160, 120), rgb).save(file, "JPEG", quality=85)
    return file.getvalue()


def drawings(first: int, words: str = "") -> list[bytes]:
    """Small drawings; a dictionary takes in the words, since they repeat."""
    told = f"<text>{words}</text><rect" if words else "<rect"
    drawn = [svg(first + number) for number in range(_DRAWINGS)]
    return [each.replace("<rect", told, 1).encode() for each in drawn]


@dataclass
class ShelfOfKinds:
    """A store of many kinds, and the documents that it is of.

    Attributes:
        program: Runs commands on it.
        kept: Documents that stay, as they were.
        gone: Documents that are to go.
        secrets: The pictures of these alone.
        others: All other pictures.
    """

    program: Program
    kept: dict[Path, bytes] = field(default_factory=dict)
    gone: list[Path] = field(default_factory=list)
    secrets: list[bytes] = field(default_factory=list)
    others: list[bytes] = field(default_factory=list)

    def fill(self) -> None:
        """Archive documents of all kinds, and code some."""
        program, seen = self.program, session(12, seed=5)
        story = " ".join(random.Random(3).randbytes(5).hex() for _ in range(40))
        words = f"{story} {WORDS} {story[::-1]}"
        first = [
            self.goes("screens-gone.html", seen[:3]),
            self.stays("screens.html", seen[3:9]),
            self.goes("screens-gone-2.html", seen[9:]),
            self.stays("drawings.html", drawings(0)),
            self.goes("drawings-gone.html", drawings(1000, words)),
            self.stays("photo.html", [photograph(1)]),
            self.goes("photo-gone.html", [photograph(2)]),
        ]
        assert program("archive", *first).code == 0
        assert program("optimize", "--max-effort", "3").code == 0
        # Of this pack only little goes.
        noise = [picture(40, 30, 100 + number) for number in range(9)]
        stays = self.stays("noise.html", noise[1:])
        assert (
            program("archive", stays, self.goes("noise-gone.html", noise[:1])).code == 0
        )
        # The clock was ahead.
        later = [picture(40, 30, 200 + number) for number in range(6)]
        with self.opened(_YEARS) as store:
            archive_one(store, self.stays("later.html", later[2:]), ArchiveOptions())
            archive_one(
                store, self.goes("later-gone.html", later[:2]), ArchiveOptions()
            )

    def stays(self, name: str, raws: Sequence[bytes]) -> Path:
        """Write a document that stays."""
        path = self._written(name, raws)
        self.kept[path] = path.read_bytes()
        self.others += raws
        return path

    def goes(self, name: str, raws: Sequence[bytes]) -> Path:
        """Write a document that is to go."""
        path = self._written(name, raws, f";name={NAME}")
        self.gone.append(path)
        self.secrets += raws
        return path

    def _written(self, name: str, raws: Sequence[bytes], more: str = "") -> Path:
        path = self.program.folder / "docs" / name
        path.parent.mkdir(exist_ok=True)
        tags = [f'<img src="{uri(raw, _type(raw) + more)}">\n' for raw in raws]
        path.write_text("".join(tags))
        return path

    def opened(self, ahead: float = 0.0) -> Store:
        """The store, as the program opens it, with a clock that may be ahead."""
        xdg = self.program.folder / "xdg"
        return Store.open(
            self.program.store,
            cache_dir=xdg / "cache" / "assetstore",
            state_dir=xdg / "state" / "assetstore",
            clock=lambda: time.time() + ahead,
        )

    def leave_pieces(self, spools: Path) -> None:
        """Leave what killed processes and repairs leave of documents that go."""
        raw = self.secrets[-1]
        with self.opened() as store:
            names = sorted(store.packs())
            for name in names:
                preserve(store.backend, pack_key(name))
        folders = [
            self.program.store / "tmp" / names[0],
            spools / f"assetstore-{os.getuid()}" / names[0],
        ]
        for folder in folders:
            folder.mkdir(mode=0o700, parents=True)
            folder.parent.chmod(0o700)
            (folder / "lock").touch()
            (folder / "1").write_bytes(raw)
        for path in self.gone:
            draft = path.with_name(f".{path.name}.assetstore-{'0' * 16}.tmp")
            draft.write_text(uri(raw))
        # One was killed when the two had exchanged their names.
        path = self.gone[0]
        old = path.with_name("old")
        old.write_text(uri(self.secrets[-2]))
        swap = NameSwap.of(path.stat(), old.stat()).name(path)
        old.rename(path.with_name(swap))

    def marks(self) -> list[bytes]:
        """What must not be found: words, pictures' bytes, pictures' pixels."""
        common = b"".join(self.others)
        known = set[bytes]().union(*map(_pixels, self.others))
        marks = [WORDS.encode(), WORDS[-16:].encode()]
        for raw in self.secrets:
            if _type(raw) != "image/svg+xml":
                marks += [piece for piece in pieces(raw) if piece not in common]
                own = sorted(_pixels(raw) - known)
                marks += own[:: len(own) // 8 + 1]
        return marks

    def found(self, marks: list[bytes]) -> list[str]:
        """Where some of these are, on the whole disk."""
        return holders(everything(self.program.folder), marks)


def _type(raw: bytes) -> str:
    if raw.startswith(b"<svg"):
        return "image/svg+xml"
    return "image/jpeg" if raw.startswith(b"\xff\xd8") else "image/png"


def _pixels(raw: bytes) -> set[bytes]:
    return set() if raw.startswith(b"<svg") else pixels(raw)

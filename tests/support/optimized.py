"""Stores with documents of screens, coded and not."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from assetstore.store.backends.memory import MemoryBackend
from assetstore.store.check.verify import VerifyReport, verify
from assetstore.store.dependencies import needs
from assetstore.store.format.blob import Kind
from assetstore.store.format.pack import pack_effort, records
from assetstore.store.optimize.optimize import optimize
from assetstore.store.reports import OptimizeReport
from assetstore.store.store import Store
from support.samples import picture, svg, uri
from support.screens import session
from support.stores import archived, memory_store, restored


def page(*pictures: bytes, text: str = "") -> bytes:
    """A document with pictures."""
    tags = "".join(f'<img src="{uri(each)}">\n' for each in pictures)
    return f"<p>{text}</p>\n{tags}".encode()


def pages(count: int = 3, of: int = 3, seed: int = 1) -> dict[str, bytes]:
    """Documents with screens: each is a part of what somebody saw."""
    seen = session(count * of, seed=seed)
    drawn = uri(svg(seed).encode(), "image/svg+xml")
    return {
        f"{seed}-{number}": page(*seen[number * of : number * of + of])
        + f'<img src="{drawn}">'.encode()
        for number in range(count)
    }


@dataclass
class Shown:
    """A store in memory, and what its documents were.

    Attributes:
        store: The store.
        whole: Documents.
        slim: They, archived.
    """

    store: Store = field(default_factory=memory_store)
    whole: dict[str, bytes] = field(default_factory=dict)
    slim: dict[str, bytes] = field(default_factory=dict)

    @classmethod
    def of(cls, documents: Mapping[str, bytes], effort: int = 0) -> "Shown":
        """A store with these documents, coded with an effort."""
        shown = cls()
        shown.archive(documents)
        if effort:
            optimize(shown.store, effort=effort)
        return shown

    @property
    def backend(self) -> MemoryBackend:
        """Where the store is."""
        backend = self.store.backend
        assert isinstance(backend, MemoryBackend)
        return backend

    def archive(self, documents: Mapping[str, bytes]) -> None:
        """Archive more documents."""
        for name, data in documents.items():
            self.whole[name] = data
            self.slim[name], _ = archived(self.store, data)

    def forget(self, *names: str) -> None:
        """Retract what was said of documents; the store's own manifests only."""
        from blake3 import blake3

        for name in names:
            wanted = blake3(self.slim[name]).digest()
            for key in list(self.store.manifest_keys()):
                if self.store.load_manifest(key).slim_hash == wanted:
                    self.backend.delete(key)
            del self.whole[name], self.slim[name]

    def opened(self) -> Store:
        """Another writer's view, which has no cache."""
        return Store.on(self.backend, writer="another")

    def check(self) -> VerifyReport:
        """Every document comes back, and the store is sound."""
        store = self.opened()
        for name, data in self.slim.items():
            assert restored(store, data) == self.whole[name], name
        report = verify(store, read_data=True)
        assert report.findings == ()
        return report

    def optimize(self, effort: int = 3) -> OptimizeReport:
        """Code what was coded with less."""
        return optimize(self.store, effort=effort)

    def efforts(self) -> list[int]:
        """The efforts of the packs there are, sorted."""
        backend = self.backend
        return sorted(pack_effort(backend, name) for name in self.store.packs())

    def codecs(self) -> dict[int, int]:
        """How many media records each codec keeps."""
        found: dict[int, int] = {}
        for name in self.store.packs():
            for _, record in records(self.backend, name):
                if record.kind is Kind.MEDIA:
                    found[record.codec] = found.get(record.codec, 0) + 1
        return found

    def copies(self) -> int:
        """How many records there are beyond one for each blob."""
        ids = [
            record.id
            for name in self.store.packs()
            for _, record in records(self.store.backend, name)
        ]
        return len(ids) - len(set(ids))

    def related(self) -> dict[bytes, list[bytes]]:
        """What records need others: how the ids of these begin."""
        self.store.refresh()
        return {
            entry.record.id: wanted
            for entry in self.store.entries()
            if entry.pack in self.store.packs()
            and (wanted := needs(self.backend, entry))
        }


def unlike(count: int, first: int = 0) -> dict[str, bytes]:
    """Documents whose pictures have nothing in common."""
    return {
        f"noise-{number}": page(picture(40, 30, 100 + number))
        for number in range(first, first + count)
    }

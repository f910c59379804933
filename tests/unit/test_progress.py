"""How long work tells its caller where it is."""

from assetstore.progress import SILENT, Progress, SilentProgress
from assetstore.store.check.verify import verify
from support.blobs import manifest_of, media, pack_of
from support.signatures import can_be_called
from support.stores import memory_store


def test_nobody_can_be_told() -> None:
    assert can_be_called(Progress, SILENT)
    assert isinstance(SILENT, SilentProgress)
    SILENT.start(None, "searching")
    SILENT.advance(7)
    SILENT.message("a sentence")
    for _ in range(2):
        SILENT.close()
    SILENT.advance(7)


class Told:
    """Remembers what it was told."""

    def __init__(self) -> None:
        self.said: list[tuple[str, object]] = []

    def start(self, total_bytes: int | None, label: str) -> None:
        self.said.append(("start", total_bytes))

    def advance(self, n: int) -> None:
        self.said.append(("advance", n))

    def message(self, text: str) -> None:
        self.said.append(("message", text))

    def close(self) -> None:
        self.said.append(("close", None))


def test_whoever_watches_is_told_from_beginning_to_end() -> None:
    store, told = memory_store(), Told()
    pack_of(store, b"one", b"two")
    manifest_of(store, "/a", media(b"one"))
    assert can_be_called(Progress, told)
    verify(store, read_data=True, progress=told)
    kinds = [kind for kind, _ in told.said]
    assert kinds[0] == "start"
    assert kinds[-1] == "close"
    total = next(n for kind, n in told.said if kind == "start")
    done = [n for kind, n in told.said if kind == "advance"]
    assert all(isinstance(n, int) and n > 0 for n in done)
    assert isinstance(total, int)
    assert 0 < sum(done) <= total  # type: ignore[arg-type]

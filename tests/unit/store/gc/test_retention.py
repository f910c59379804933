"""Which states of a document are kept, and what a collection then frees."""

import io

from assetstore.documents.upkeep import collect
from assetstore.store.format.blob import BlobId, Kind
from assetstore.store.format.manifest import Manifest
from assetstore.store.gc.retention import Retention, decide, never
from assetstore.store.store import Store
from support.stores import memory_store

DAY = 86400.0


def state(seq: int, day: float, refs: int) -> Manifest:
    return Manifest(
        document="/d",
        writer="me",
        seq=seq,
        created=day * DAY,
        source_size=1,
        slim_size=1,
        refs=tuple((Kind.MEDIA, BlobId(bytes([n]) * 32)) for n in (refs, refs + 1)),
    )


STATES = [state(4, 90, 8), state(3, 60, 6), state(2, 30, 4), state(1, 0, 2)]


def kept(retention: Retention, *, now: float = 100, grace: float = 1) -> list[int]:
    decisions = decide(
        STATES,
        writer="me",
        retention=retention,
        now=now * DAY,
        grace=grace * DAY,
        gone=never,
    )
    assert all(d.reason for d in decisions)
    pairs = zip(STATES, decisions, strict=True)
    return [s.seq for s, d in pairs if d.keep]


def test_without_rules_what_nothing_covers_is_kept() -> None:
    assert kept(Retention()) == [4, 3, 2, 1]


def test_keep_last() -> None:
    assert kept(Retention(keep_last=1)) == [4]
    assert kept(Retention(keep_last=3)) == [4, 3, 2]


def test_keep_within() -> None:
    assert kept(Retention(keep_within=45 * DAY)) == [4, 3]
    assert kept(Retention(keep_within=DAY)) == [4]


def test_either_rule_keeps() -> None:
    assert kept(Retention(keep_last=1, keep_within=75 * DAY)) == [4, 3, 2]


def test_what_was_superseded_lately_stays() -> None:
    assert kept(Retention(keep_last=1), grace=15) == [4, 3]


def test_a_document_that_is_gone_loses_all_states() -> None:
    decisions = decide(
        STATES,
        writer="me",
        retention=Retention(),
        now=100 * DAY,
        grace=DAY,
        gone=lambda manifest: "it is gone",
    )
    assert [(d.keep, d.reason) for d in decisions] == [(False, "it is gone")] * 4


def test_another_clients_states_stay() -> None:
    decisions = decide(
        STATES,
        writer="somebody",
        retention=Retention(keep_last=1),
        now=100 * DAY,
        grace=DAY,
        gone=lambda manifest: "it is gone",
    )
    assert all(d.keep for d in decisions)


def document(store: Store, name: str, *media: bytes) -> None:
    with store.session() as session:
        refs = tuple(
            sorted((kind, session.put(kind, raw)[0]) for kind, raw in _media(media))
        )
        session.commit()
    store.put_manifest(
        Manifest(document=name, source_size=9, slim_size=1, refs=refs, payloads=1)
    )


def _media(media: tuple[bytes, ...]) -> list[tuple[Kind, bytes]]:
    return [(Kind.MEDIA, raw * 5000) for raw in media]


def test_a_collection_drops_what_is_gone_and_nothing_else() -> None:
    store = memory_store()
    document(store, "/gone", b"a", b"shared")
    document(store, "/here", b"b", b"shared")

    def gone(manifest: Manifest) -> str:
        return "it is gone" if manifest.document == "/gone" else ""

    dry = collect(store, grace=0, dry_run=True, gone=gone)
    assert [(d.document, d.keep) for d in dry.decisions] == sorted(
        [("/gone", False), ("/here", True)],
        key=lambda pair: [m.document for m in store.manifests()].index(pair[0]),
    )
    assert {m.document for m in store.manifests()} == {"/gone", "/here"}

    real = collect(store, grace=0, gone=gone)
    assert [d.document for d in real.decisions] == ["/gone"]
    assert real.freed > 0
    assert [m.document for m in store.manifests()] == ["/here"]
    (here,) = store.manifests()
    for kind, id in here.refs:
        assert io.BytesIO(b"".join(map(bytes, store.stream(kind, id)))).read()

"""Hypothesis strategies of what lies in a store, and bits that are flipped."""

from hypothesis import strategies as st

from assetstore.store.format.blob import BlobId, Kind, new_name
from assetstore.store.format.index import Entry
from assetstore.store.format.manifest import Manifest
from assetstore.store.format.pack import Record

IDS = st.binary(min_size=32, max_size=32).map(BlobId)
RECORDS = st.builds(
    Record,
    kind=st.sampled_from(Kind),
    id=IDS,
    codec=st.integers(0, 255),
    raw=st.integers(0, (1 << 62)),
    stored=st.integers(0, (1 << 62)),
)
NAMES = st.builds(
    lambda t, r: new_name(lambda: t, lambda n: r),
    st.floats(0, 4e9),
    st.binary(min_size=10, max_size=10),
)
ENTRIES = st.builds(Entry, record=RECORDS, pack=NAMES, offset=st.integers(0, (1 << 62)))
MANIFESTS = st.builds(
    Manifest,
    document=st.text(st.characters(codec="utf-8"), max_size=30),
    writer=NAMES,
    seq=st.integers(0, 10**9),
    created=st.floats(0, 1e10),
    state=st.sampled_from(["archived", "restored"]),
    source_size=st.integers(0, 1 << 60),
    slim_size=st.integers(0, 1 << 60),
    slim_hash=st.binary(min_size=32, max_size=32),
    payloads=st.integers(0, 1 << 40),
    refs=st.lists(st.tuples(st.sampled_from(Kind), IDS), max_size=9, unique=True).map(
        lambda refs: tuple(sorted(refs))
    ),
)


def flipped(data: bytes, at: int, bit: int) -> bytes:
    """The bytes with one bit turned over."""
    changed = bytearray(data)
    changed[at % len(data)] ^= 1 << bit
    return bytes(changed)

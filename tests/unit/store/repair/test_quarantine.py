"""What is damaged is put aside as it is, and kept once."""

from assetstore.store.backends.base import get, put
from assetstore.store.backends.memory import MemoryBackend
from assetstore.store.repair.quarantine import preserve

KEY = "packs/ab/somethingab"


def aside(backend: MemoryBackend) -> list[str]:
    return [key for key, _ in backend.list("quarantine/")]


def test_the_bytes_are_kept_below_another_key() -> None:
    backend = MemoryBackend()
    put(backend, KEY, [b"damaged"])
    assert preserve(backend, KEY) == f"quarantine/{KEY}"
    assert get(backend, f"quarantine/{KEY}") == b"damaged"
    assert get(backend, KEY) == b"damaged"  # whoever removes it does that


def test_what_was_kept_already_is_not_kept_again() -> None:
    backend = MemoryBackend()
    put(backend, KEY, [b"damaged"])
    assert preserve(backend, KEY) == preserve(backend, KEY)
    assert len(aside(backend)) == 1


def test_other_damage_under_the_same_key_is_kept_beside_it() -> None:
    backend = MemoryBackend()
    for data in (b"damaged", b"damaged otherwise"):
        backend.delete(KEY)
        put(backend, KEY, [data])
        preserve(backend, KEY)
    kept = {get(backend, key) for key in aside(backend)}
    assert kept == {b"damaged", b"damaged otherwise"}
    assert preserve(backend, KEY) in aside(backend)
    assert len(aside(backend)) == 2


def test_what_is_gone_meanwhile_needs_no_keeping() -> None:
    backend = MemoryBackend()
    preserve(backend, KEY)
    assert aside(backend) == []

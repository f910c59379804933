"""The compressors at hand are relied upon only where they write what is known."""

import hashlib
import importlib.util
import sys
import zlib

import pytest

from assetstore.store.codecs.deflate import proof


def test_the_sample_is_the_same_everywhere() -> None:
    digest = hashlib.sha256(proof.sample()).hexdigest()
    assert digest == "321033bf127e7ca4ab9f8bb56e51187267908148e60c606bb680e5717a67d883"


def test_another_zlib_is_noticed(monkeypatch: pytest.MonkeyPatch) -> None:
    real = zlib.compressobj

    def cheaper(
        level: int, method: int, wbits: int, mem_level: int, strategy: int
    ) -> object:
        return real(level - (level == 9), method, wbits, mem_level, strategy)

    monkeypatch.setattr(zlib, "compressobj", cheaper)
    assert not proof.is_classic.__wrapped__()


@pytest.mark.parametrize(
    ("package", "known"),
    [("cramjam", proof.is_miniz), ("zlib_ng", proof.is_zlib_ng)],
)
def test_encoders_that_are_not_installed(package: str, known: object) -> None:
    assert callable(known)
    if importlib.util.find_spec(package) is None:
        assert not known()
    else:
        assert isinstance(known(), bool)


@pytest.mark.parametrize(
    ("package", "known"),
    [("cramjam", proof.is_miniz), ("zlib_ng", proof.is_zlib_ng)],
)
def test_a_missing_package_proves_nothing(
    package: str, known: object, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(sys.modules, package, None)
    assert known.__wrapped__() is False  # type: ignore[attr-defined]

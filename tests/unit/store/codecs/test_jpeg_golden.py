"""The constant pictures are what they are said to be, whatever decodes them."""

import base64

import pytest

from assetstore.store.codecs import jpeg
from assetstore.store.codecs.jpeg_golden import GOLDEN
from assetstore.store.codecs.lepton import check_file


@pytest.mark.parametrize(("text", "size", "digest"), GOLDEN)
def test_a_constant_picture_is_a_lepton_file_of_that_length(
    text: str, size: int, digest: str
) -> None:
    file = base64.b85decode(text)
    check_file(file, size)
    assert len(bytes.fromhex(digest)) == 32


def test_one_is_sequential_and_one_progressive() -> None:
    kinds = [base64.b85decode(text)[3:4] for text, _, _ in GOLDEN]
    assert kinds == [b"Z", b"X"]


def test_a_package_that_reads_otherwise_is_noticed(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    pytest.importorskip("lepton_jpeg_python")
    assert jpeg.self_test.__wrapped__()
    text, size, digest = GOLDEN[1]
    wrong = f"{int(digest[:1], 16) ^ 1:x}" + digest[1:]
    monkeypatch.setattr(jpeg, "GOLDEN", (GOLDEN[0], (text, size, wrong)))
    assert not jpeg.self_test.__wrapped__()

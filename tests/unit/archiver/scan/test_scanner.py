"""The scanner finds the same, whether it sifts what comes to nothing or not."""

import random
from pathlib import Path

import pytest

from assetstore.archiver.scan import scanner
from assetstore.archiver.scan.hit import Hit
from assetstore.archiver.scan.needle import Needle
from assetstore.archiver.scan.scanner import Scanner
from assetstore.files.source import Source

VAIN = [b"data:image/", b"as1:", b"a:", b"DATA:", b"as1:" + b"A" * 20]
FOUND = [
    b"data:image/png;base64,AAAA",
    b"DATA:image/png,%3Csvg",
    b"dat=\na:image/png;base64,AAAA",
    b"data:im=\r\nage/png;base64,AAAA",
    b"data:image\\/svg\\u002bxml ;utf8,<svg>",
    b"data:image/" + b"p" * 80 + b";base64,",
    b"data:image/png;name=" + b"n" * 128 + b";base64,",
    b"as1:" + b"A" * 24,
    b'"iVBORw0KGgo',
]


def hits(folder: Path, text: bytes) -> list[Hit]:
    path = folder / "document"
    path.write_bytes(text)
    with Source.open(path) as source:
        found = Scanner(source)
        return list(iter(found.next, None))


@pytest.mark.parametrize("size", [3_000, 60_000, 2_500_000])
@pytest.mark.parametrize("seed", range(4))
def test_what_is_sifted_out_is_nothing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, seed: int, size: int
) -> None:
    dice = random.Random(f"{seed} {size}")
    # In the odd ones no soft line break switches the sieves off.
    known = [text for text in FOUND if seed % 2 == 0 or b"=" not in text[:9]]
    known = [text for text in known if seed % 2 == 0 or b"=\r\n" not in text]
    parts = []
    total = 0
    while total < size:
        parts.append(dice.choice(VAIN) * dice.randrange(1, 2_000))
        parts.append(dice.choice(known) + dice.choice([b" ", b"", b'"']))
        total += len(parts[-1]) + len(parts[-2])
    text = b"".join(parts)
    sifted = hits(tmp_path, text)
    monkeypatch.setattr(scanner, "_VAIN", 1 << 60)
    assert sifted == hits(tmp_path, text)
    assert sifted


@pytest.mark.parametrize("piece", [b"data:image/", b"as1:", b"A:"])
def test_what_is_repeated_is_hardly_looked_at(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, piece: bytes
) -> None:
    looked = [0]
    before = Needle.fails

    def counted(self: Needle, at: int) -> None:
        looked[0] += 1
        before(self, at)

    monkeypatch.setattr(Needle, "fails", counted)
    assert hits(tmp_path, piece * (2_500_000 // len(piece))) == []
    assert looked[0] < 3_000


@pytest.mark.parametrize("edge", [1 << 15, 3 << 15, (1 << 20) - 2, 1 << 20])
@pytest.mark.parametrize("hit", [b"data:image/png;base64,AAAA", b' "iVBORw0KGgo'])
def test_what_an_edge_of_what_is_searched_cuts_is_found(
    tmp_path: Path, edge: int, hit: bytes
) -> None:
    for front in range(len(hit) + 1):
        text = b" " * (edge - front) + hit + b" " * 10_000
        (found,) = hits(tmp_path, text)
        assert found.start == edge - front + (2 if hit[:1] == b" " else 0)

"""Notes, and what becomes of a placeholder by them."""

import contextlib
import os
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from blake3 import blake3

from assetstore.documents.ownership import Ancestry, Judge
from assetstore.errors import DamagedManifest
from assetstore.files.source import Source
from assetstore.store.format.blob import BlobId, Kind
from assetstore.store.format.manifest import Manifest
from assetstore.store.format.notes import LastLine, NotedPlace, Notes
from assetstore.store.format.placeholder import format_placeholder
from support.stores import memory_store

ONE, TWO = bytes(range(20)), bytes(range(20, 40))
P, Q = format_placeholder(ONE), format_placeholder(TWO)


@contextlib.contextmanager
def opened(tmp_path: Path, data: bytes) -> Iterator[Source]:
    path = tmp_path / "file"
    path.write_bytes(data)
    with Source.open(path) as source:
        yield source


def manifest(
    source: Source, *places: NotedPlace, log: bool = True, **more: object
) -> Manifest:
    fields = {
        "document": "/d",
        "profile": "codex" if log else "generic",
        "source_size": source.size,
        "slim_size": source.size,
        "slim_hash": source.blake3(),
        "payloads": sum(place.own for place in places),
        "refs": tuple((Kind.RECIPE, BlobId(p.prefix + bytes(12))) for p in places),
        "notes": Notes.of(places, source),
        "last": LastLine.of(source) if log else None,
        **more,
    }
    return Manifest(**fields)  # type: ignore[arg-type]


@pytest.mark.parametrize("chunk", [4, 1 << 20])
@pytest.mark.parametrize(
    ("data", "number"),
    [(b"a", 0), (b"a\n", 0), (b"a\nbc", 1), (b"a\nbc\n\n\n\n\n\n\n", 1)],
)
def test_the_last_line(
    tmp_path: Path,
    data: bytes,
    number: int,
    chunk: int,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr("assetstore.store.format.notes.CHUNK", chunk)
    with opened(tmp_path, data) as source:
        last = LastLine.of(source)
        assert last.number == number
        assert last.is_in(source)
    with opened(tmp_path, data + b"\nlater\nand later\n") as source:
        assert last.is_in(source)
    with opened(tmp_path, b"on top\n" + data) as source:
        assert not last.is_in(source)
    with opened(tmp_path, b"\n\n") as source:
        assert not LastLine.of(source).is_in(source)


def test_the_last_line_is_known_whatever_its_picture_is(tmp_path: Path) -> None:
    begin = b'{"timestamp":"t","type":"event_msg","payload":{"shot":"'
    with opened(tmp_path, b"{}\n" + begin + P + b'"}}\n') as source:
        last = LastLine.of(source)
    assert 0 < last.length < len(begin)
    with opened(tmp_path, b"{ }\n" + begin + b"data:image" + b'"}}\n{}\n') as source:
        assert last.is_in(source)
    with opened(tmp_path, b"{}\n{}\n" + begin + b"data:image" + b'"}}\n') as source:
        assert not last.is_in(source)


def test_a_manifest_with_notes_is_read_back(tmp_path: Path) -> None:
    data = b"x " + P + b"\n" + Q + b" y\n"
    with opened(tmp_path, data) as source:
        places = (
            NotedPlace(2, ONE, known=True, own=True),
            NotedPlace(34, TWO, known=False),
        )
        known = manifest(source, *places)
        known = known.signed("c", 1, 0.5)
    packed = known.pack()
    assert packed[4] == 2
    again = Manifest.unpack(packed, known.key)
    assert again == known
    assert [(n.offset, n.line, n.own) for n in again.notes] == [
        (2, 0, True),
        (34, 1, False),
    ]
    assert again.notes.at(34) == list(again.notes)[1]
    assert again.notes.at(33) is None
    for cut in (packed[:-33] + packed[-32:], packed[:4] + b"\3" + packed[5:]):
        with pytest.raises(DamagedManifest):
            Manifest.unpack(cut, known.key)


def test_without_notes_it_is_what_it_was() -> None:
    plain = Manifest(document="/d", source_size=1, slim_size=1)
    assert plain.pack()[4] == 1
    assert Manifest.unpack(plain.pack(), "") == plain


def test_a_store_with_notes_is_refused_by_older_versions() -> None:
    store = memory_store()
    plain = Manifest(document="/d", source_size=1, slim_size=1)
    store.put_manifest(plain)
    config = bytearray(1 << 10)
    store.backend.read_into("config", 0, memoryview(config))
    assert b"notes" not in config
    refs = ((Kind.RECIPE, BlobId(bytes(32))),)
    store.put_manifest(
        Manifest(document="/d", source_size=1, slim_size=1, refs=refs, keeps=refs)
    )
    config = bytearray(1 << 10)
    store.backend.read_into("config", 0, memoryview(config))
    assert config.count(b'"notes"') == 2


def verdicts(source: Source, known: Ancestry, *, strict: bool) -> list[str]:
    from assetstore.documents.placeholders import find_placeholders

    judge = Judge(known, source, strict=strict)
    return [judge(offset, prefix).name for offset, prefix in find_placeholders(source)]


@pytest.mark.parametrize(
    "head",
    [
        '"last":[Infinity,1,"0011223344556677"]',
        '"last":[1,-1,"0011223344556677"]',
        '"last":[1,1,"00"]',
        '"last":[true,1,"0011223344556677"]',
        '"replaced":[Infinity,"0011223344556677"]',
        '"replaced":[2,"0011223344556677"]',
        '"replaced":[0.5,"0011223344556677"]',
        '"replaced":[0,""]',
        '"left":[-5,{}]',
        '"left":[5,{"why":true}]',
        '"left":[5,[]]',
        '"left":[5]',
    ],
)
def test_what_a_hostile_head_says_is_no_manifest(head: str) -> None:
    """Its hash is right, as whoever wrote it made it."""
    kept = (Kind.RECIPE, BlobId(bytes(32)))
    packed = Manifest(
        document="/d", source_size=1, slim_size=1, refs=(kept,), keeps=(kept,)
    ).pack()
    size = int.from_bytes(packed[8:12], "little")
    text, rest = packed[12 : 12 + size], packed[12 + size : -32]

    def with_head(text: bytes) -> bytes:
        body = packed[:8] + len(text).to_bytes(4, "little") + text + rest
        return body + blake3(body).digest()

    assert Manifest.unpack(with_head(text), "").keeps == (kept,)
    with pytest.raises(DamagedManifest):
        Manifest.unpack(with_head(text[:-1] + b"," + head.encode() + b"}"), "")


def test_in_the_bytes_that_a_manifest_knows(tmp_path: Path) -> None:
    data = P + b"\n" + Q + b"\n"
    with opened(tmp_path, data) as source:
        state = manifest(source, NotedPlace(32, TWO, known=False), log=False)
    with opened(tmp_path, data + P + b"\n") as source:
        known = Ancestry(state=state)
        assert verdicts(source, known, strict=False) == ["OWN", "STRANGE", "OPEN"]
        assert verdicts(source, known, strict=True) == ["OWN", "TEXT", "TEXT"]
        plain = Ancestry(state=replace(state, state="restored"))
        assert verdicts(source, plain, strict=False) == ["TEXT", "STRANGE", "OPEN"]


def test_in_a_log_whose_lines_are_where_they_were(tmp_path: Path) -> None:
    """Another store put back what was its own."""
    data = b'{"t":1,"x":"%b"}\n{"t":2,"x":"%b"}\n{"t":3,"y":"%b"}\n' % (P, Q, P)
    with opened(tmp_path, data) as source:
        own = manifest(
            source,
            NotedPlace(12, ONE, known=False),
            NotedPlace(data.index(Q), TWO, known=True, own=True),
            NotedPlace(data.rindex(P), ONE, known=True, own=True),
        )
    grown = data.replace(P, b"x" * 500, 1) + b'{"t":4,"x":"%b %b"}\n' % (P, Q)
    with opened(tmp_path, grown) as source:
        found = verdicts(source, Ancestry(own), strict=True)
        assert found == ["LIKELY", "LIKELY", "TEXT", "TEXT"]


def test_in_a_log_that_was_formatted_anew(tmp_path: Path) -> None:
    data = b'{"t":1,"x":"%b"}\n{"t":2,"read":"%b"}\n' % (P, P)
    with opened(tmp_path, data) as source:
        own = manifest(
            source,
            NotedPlace(data.index(P), ONE, known=True, own=True),
            NotedPlace(data.rindex(P), ONE, known=True),
        )
    anew = data.replace(b"{", b"{\n  ").replace(b",", b",\n  ").replace(b":", b": ")
    anew = anew.replace(b"as1: ", b"as1:")
    with opened(tmp_path, anew + P + b"\n") as source:
        found = verdicts(source, Ancestry(own), strict=True)
        assert found == ["LIKELY", "TEXT", "TEXT"]


def test_unknown_placeholders_do_not_list_the_index_again(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    store = memory_store()
    listed: list[str] = []
    real = store.backend.list

    def counted(prefix: str) -> Iterator[tuple[str, int]]:
        listed.append(prefix)
        return real(prefix)

    monkeypatch.setattr(store.backend, "list", counted)
    monkeypatch.setattr("assetstore.store.store.time.monotonic", lambda: 5.0)
    for _ in range(1000):
        assert store.find_recipe(os.urandom(20)) is None
    assert listed.count("index/") <= 2
    store.expect_news()
    store.find_recipe(ONE)
    assert listed.count("index/") <= 4

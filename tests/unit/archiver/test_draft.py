"""The archived form of a document: its own text, and placeholders for payloads."""

import io
from collections.abc import Callable
from pathlib import Path

import pytest
from blake3 import blake3

from assetstore.archiver import draft as module
from assetstore.archiver.draft import Drafted, Drafter, Nowhere
from assetstore.archiver.dry_run import DryRun
from assetstore.archiver.payload import Wanted
from assetstore.documents.ownership import Ancestry
from assetstore.errors import SourceRefused
from assetstore.files.source import Source
from assetstore.formats.registry import named
from assetstore.formats.text import is_json
from assetstore.results import Why
from assetstore.store.backends.base import put
from assetstore.store.format.blob import Kind
from assetstore.store.format.notes import Verdict
from assetstore.store.format.placeholder import LENGTH
from assetstore.store.store import Store
from support.blobs import media, recipe_of
from support.samples import picture, uri
from support.stores import memory_store, restored

PNG = picture(20, 16, 1)
ONE = uri(PNG).encode()
STRANGE = b"as1:" + b"A" * 27


def drafted(
    folder: Path,
    data: bytes,
    store: Store | None = None,
    *,
    format: str = "generic",
    dry: bool = False,
    progress: Callable[[int], None] = lambda done: None,
    **wanted: object,
) -> tuple[bytes, Drafted]:
    """The draft of a document of which nothing is known, and what became of it."""
    path = folder / "document"
    path.write_bytes(data)
    out = io.BytesIO()
    store = store or memory_store()
    with Source.open(path) as source, store.session() as session:
        drafter = Drafter(
            source,
            DryRun(store) if dry else session,
            Nowhere() if dry else out,  # type: ignore[arg-type]
            format=named(format),
            undecided=False,
            json=is_json(data),
            wanted=Wanted(**wanted),  # type: ignore[arg-type]
            ancestry=Ancestry,
            progress=progress,
        )
        result = drafter.run()
        session.commit()
    return out.getvalue(), result


def test_a_payload_becomes_a_placeholder_and_the_rest_stays(tmp_path: Path) -> None:
    store = memory_store()
    data = b'in front <img src="' + ONE + b'"> behind'
    slim, result = drafted(tmp_path, data, store)
    assert slim.startswith(b'in front <img src="as1:')
    assert slim.endswith(b'"> behind')
    assert (result.payloads, result.new_blobs, result.first) == (1, 1, 19)
    assert result.changed
    assert (result.size, result.digest) == (len(slim), blake3(slim).digest())
    assert {kind for kind, _ in result.refs} == {Kind.MEDIA, Kind.RECIPE}
    assert restored(store, slim) == data


def test_a_document_without_any_is_not_even_written(tmp_path: Path) -> None:
    slim, result = drafted(tmp_path, b"nothing but words")
    assert slim == b""
    assert not result.changed
    assert (result.size, result.refs, result.digest) == (17, set(), b"")


def test_one_picture_twice_is_one_blob(tmp_path: Path) -> None:
    data = b'"%b" and "%b"' % (ONE, ONE)
    slim, result = drafted(tmp_path, data)
    assert (result.payloads, result.new_blobs) == (2, 1)
    assert slim[1 : 1 + LENGTH] == slim[-1 - LENGTH : -1]


def test_what_looks_like_a_placeholder_stays_and_is_noted(tmp_path: Path) -> None:
    data = b'see %b and "%b" and as1:short' % (STRANGE, ONE)
    slim, result = drafted(tmp_path, data)
    assert slim.startswith(b"see " + STRANGE)
    assert (result.unknown, result.quoted, result.own) == (1, 0, 0)
    assert list(result.kept) == [4]
    assert list(result.noted) == [8]
    assert result.judge(4, b"") is Verdict.TEXT
    assert result.judge(slim.index(b"as1:", 9), b"") is Verdict.OWN


def test_a_placeholder_of_this_store_is_claimed(tmp_path: Path) -> None:
    store = memory_store()
    slim, first = drafted(tmp_path, b'"%b"' % ONE, store)
    quote = b"as they say, " + slim
    _, result = drafted(tmp_path, quote, store)
    assert (result.quoted, result.unknown, result.lost) == (1, 0, 0)
    assert result.refs == first.refs
    assert list(result.noted) == [2 * quote.index(b"as1:") + 1]


def test_one_whose_picture_the_store_lost_is_told(tmp_path: Path) -> None:
    whole, lost = memory_store(), memory_store()
    slim, result = drafted(tmp_path, b'"%b"' % ONE, whole)
    (id,) = (id for kind, id in result.refs if kind is Kind.RECIPE)
    recipe_of(lost, whole.read(Kind.RECIPE, id))
    _, result = drafted(tmp_path, b"see " + slim, lost)
    assert result.lost == 1
    assert result.gone == {(Kind.MEDIA, media(PNG))}
    assert (Kind.MEDIA, media(PNG)) in result.refs


def test_what_was_purged_stays(tmp_path: Path) -> None:
    store = memory_store()
    put(store.backend, f"purged/{media(PNG).hex()}", [])
    data = b'"%b"' % ONE
    slim, result = drafted(tmp_path, data, store)
    assert (slim, result.payloads, result.purged) == (b"", 0, 1)
    assert result.stays.reasons == {Why.PURGED.value: 1}


@pytest.mark.parametrize("front", [b"as1:", b"as1:" + b"A" * 10, b"as1:" + b"A" * 26])
def test_no_placeholder_is_made_of_what_stands_in_front(
    tmp_path: Path, front: bytes
) -> None:
    """Text that begins one would take its other characters from ours."""
    store = memory_store()
    data = front + b"(" + ONE + b")"
    slim, _ = drafted(tmp_path, data, store)
    assert restored(store, slim or data) == data
    bare = front + ONE + b" "
    slim, _ = drafted(tmp_path, bare, store)
    assert restored(store, slim or bare) == bare


def test_a_dry_run_says_the_same_and_writes_nothing(tmp_path: Path) -> None:
    data = b'"%b" %b' % (ONE, STRANGE)
    store = memory_store()
    before = dict(store.backend.objects)  # type: ignore[attr-defined]
    slim, said = drafted(tmp_path, data, store, dry=True)
    assert slim == b""
    assert store.backend.objects == before  # type: ignore[attr-defined]
    _, done = drafted(tmp_path, data)
    assert (said.payloads, said.size, said.digest) == (1, done.size, done.digest)
    assert said.refs == done.refs


def test_all_of_it_is_told_as_progress(tmp_path: Path) -> None:
    data = b"words " * 400_000 + b'"%b"' % ONE + b" words" * 400_000
    told: list[int] = []
    slim, _ = drafted(tmp_path, data, progress=told.append)
    assert sum(told) == len(data)
    assert len(told) > 2
    assert slim.startswith(b"words " * 400_000)
    assert slim.endswith(b" words" * 400_000)


def test_a_log_is_told_from_other_documents(tmp_path: Path) -> None:
    assert not drafted(tmp_path, b"words")[1].appends
    assert drafted(tmp_path, b"{}\n", format="json-lines")[1].appends


def test_a_document_that_quotes_too_many_is_refused(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(module, "MOST_NOTES", 5)
    drafted(tmp_path, (STRANGE + b" ") * 5)
    with pytest.raises(SourceRefused, match="more than 5"):
        drafted(tmp_path, (STRANGE + b" ") * 6)


def test_many_blobs_are_committed_meanwhile(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(module, "_MOST_PENDING", 2)
    store = memory_store()
    data = b" ".join(b'"%b"' % uri(picture(9, 9, n)).encode() for n in range(9))
    slim, result = drafted(tmp_path, data, store)
    assert result.payloads == 9
    assert len(store.packs()) > 2
    assert restored(store, slim) == data

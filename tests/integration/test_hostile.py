"""Hostile files, documents and stores: bounded memory, bounded work, typed errors."""

import base64
import io
import os
import socket
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest
import zstandard

from assetstore.archiver.run import archive_paths
from assetstore.errors import AssetstoreError, DamagedBlob, ForeignStore, SourceChanged
from assetstore.files import replace as replacing
from assetstore.files.draft_names import is_temporary
from assetstore.files.source import Source
from assetstore.restore.run import restore_paths
from assetstore.store.backends.base import put
from assetstore.store.backends.memory import MemoryBackend
from assetstore.store.format.blob import BlobId, Kind
from assetstore.store.format.dialect import RAW
from assetstore.store.format.index import Entry, write_index
from assetstore.store.format.pack import PACK_HEADER, Record, pack_key
from assetstore.store.format.placeholder import format_placeholder
from assetstore.store.format.recipe import Media, Recipe
from assetstore.store.store import Store
from support.figures import count
from support.program import Program
from support.samples import b64, picture, uri
from support.stores import archived, folder_store, memory_store, restored

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="POSIX files, limits")
FULL = bool(os.environ.get("ASSETSTORE_TEST_HOSTILE"))
MIB = 1 << 20


def peak(program: Program, *words: str | Path) -> tuple[int, int, str]:
    """Exit code, peak memory in bytes and errors of a run of the program."""
    count("hostile documents through the program")
    code = (
        "import resource, subprocess, sys\n"
        "done = subprocess.run(sys.argv[1:], stdout=subprocess.DEVNULL)\n"
        "peak = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss\n"
        "print(done.returncode, peak * (1 if sys.platform == 'darwin' else 1024))\n"
    )
    done = subprocess.run(
        [sys.executable, "-c", code, *program.words(*words)],
        env=program.environment,
        capture_output=True,
        text=True,
        check=True,
    )
    exit_code, bytes_ = map(int, done.stdout.split())
    return exit_code, bytes_, done.stderr


def with_record(
    kind: Kind, id: bytes, codec: int, raw: int, stored: bytes
) -> MemoryBackend:
    """A store with one record of any claims."""
    store = memory_store()
    record = Record(kind=kind, id=BlobId(id), codec=codec, raw=raw, stored=len(stored))
    name = "01hf7yat000000000000000001"
    put(store.backend, pack_key(name), [PACK_HEADER, record.pack(), stored])
    entry = Entry(record=record, pack=name, offset=len(PACK_HEADER))
    put(store.backend, f"index/{name}", [write_index([entry])])
    assert isinstance(store.backend, MemoryBackend)
    return store.backend


@pytest.mark.parametrize("claim", [100, 1 << 20, 1 << 28, 1 << 62])
@pytest.mark.parametrize("kind", Kind)
def test_a_frame_that_unpacks_to_much_more(kind: Kind, claim: int) -> None:
    frame = zstandard.ZstdCompressor(level=1).compress(bytes(1 << 28))
    assert len(frame) < 1 << 16
    backend = with_record(kind, b"x" * 32, 1, claim, frame)
    with Store.on(backend, writer="a") as store, pytest.raises(DamagedBlob):
        store.read(kind, BlobId(b"x" * 32))


def test_a_frame_with_a_huge_window_is_refused() -> None:
    big = zstandard.ZstdCompressionParameters(window_log=27)
    frame = zstandard.ZstdCompressor(compression_params=big).compressobj()
    stored = frame.compress(bytes(1000)) + frame.flush()
    backend = with_record(Kind.MEDIA, b"x" * 32, 1, 1000, stored)
    with (
        Store.on(backend, writer="a") as store,
        pytest.raises(DamagedBlob, match="decompress"),
    ):
        store.read(Kind.MEDIA, BlobId(b"x" * 32))


def bombs() -> dict[str, bytes]:
    """Pictures that claim to be enormous, and text in text in text."""
    png = bytearray(picture(4, 4, 1))
    png[16:24] = (60_000).to_bytes(4, "big") * 2
    gif = bytearray(picture(4, 4, 1, "GIF"))
    gif[6:10] = b"\xff" * 4
    jpeg = bytearray(picture(4, 4, 1, "JPEG"))
    at = jpeg.index(b"\xff\xc0")
    jpeg[at + 5 : at + 9] = b"\xff" * 4
    webp = bytearray(picture(40, 40, 1, "WEBP"))
    at = webp.index(b"\x9d\x01\x2a")
    webp[at + 3 : at + 7] = b"\xff\x3f" * 2
    text = png[:8] + _chunk(b"zTXt", b"a\0\0" + _deflated(64 * MIB)) + png[8:]
    nested = uri(bytes(png))
    for _ in range(12):
        nested = "data:image/svg+xml;base64," + b64(f"<svg>{nested}</svg>".encode())
    return {
        "png": bytes(png),
        "gif": bytes(gif),
        "jpeg": bytes(jpeg),
        "webp": bytes(webp),
        "png with a text of 64 MiB": bytes(text),
        "nested": nested.encode(),
    }


def _chunk(kind: bytes, data: bytes) -> bytes:
    import zlib

    crc = zlib.crc32(kind + data).to_bytes(4, "big")
    return len(data).to_bytes(4, "big") + kind + data + crc


def _deflated(size: int) -> bytes:
    import zlib

    return zlib.compress(bytes(size), 9)


def test_pictures_that_claim_to_be_enormous(program: Program) -> None:
    page = program.folder / "rollout.jsonl"
    lines = [
        '{"timestamp":"t","type":"response_item","payload":{"content":[{"type":'
        f'"input_image","image_url":"data:image/{name.split()[0]};base64,'
        f'{b64(data)}"}}]}}}}\n'
        for name, data in bombs().items()
    ]
    whole = "".join(lines).encode()
    page.write_bytes(whole)
    code, memory, errors = peak(program, "archive", page)
    assert code == 0, errors
    assert memory < 200 * MIB
    assert page.stat().st_size < len(whole) / 10
    assert program("ls", "--blobs", "--json").code == 0
    assert program("restore", page).code == 0
    assert page.read_bytes() == whole


def test_a_great_many_tiny_payloads_in_one_line(program: Program) -> None:
    payloads = 1_000_000 if FULL else 5_000
    page = program.folder / "many.json"
    tiny = base64.b64encode(picture(1, 1, 1)).decode()
    with page.open("w") as file:
        file.write("[")
        for i in range(payloads):
            file.write(f'"data:image/png;base64,{tiny}{i % 1000:04}",')
        file.write("0]")
    whole = page.read_bytes()
    code, memory, errors = peak(program, "archive", page, "--min-size", "0")
    assert code == 0, errors
    assert memory < 400 * MIB
    code, memory, errors = peak(program, "restore", page)
    assert code == 0, errors
    assert memory < 400 * MIB
    assert page.read_bytes() == whole


REPEATED = {
    "prefixes": b"data:image/",
    "heads": b"data:image/png;base64,",
    "quoted heads": b'"data:image/png;base64,',
    "text heads": b'"data:image/svg+xml,',
    "url heads": b"url(data:image/svg+xml,",
    "deep url heads": b"url(data:image/svg+xml,(",
    "unquoted text heads": b"data:image/svg+xml,",
    "unquoted text heads with a mark": b"data:image/svg+xml,as1:",
    "marks": b"as1:",
    "lookalikes": b"as1:" + b"A" * 27,
    "bare": b'"iVBORw0KGgo',
    "escaped slashes": b"\\\\\\\\/9j\\\\/4",
    "lines": b"data:image/png;base64,AAAA=\r\n",
    "broken lines": b"data:image/png;base64,\n" + b"A" * 76 + b"\n",
}


@pytest.mark.parametrize("name", REPEATED)
def test_work_grows_no_faster_than_the_document(
    name: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Bytes that are read, for a document and for one four times as long."""
    read = [0]
    before = Source.read_into

    def counted(self: Source, view: memoryview, offset: int) -> int:
        got = before(self, view, offset)
        read[0] += got
        return got

    monkeypatch.setattr(Source, "read_into", counted)
    work: list[int] = []
    for size in (60_000, 240_000):
        text = REPEATED[name] * (size // len(REPEATED[name]))
        read[0] = 0
        slim, _ = archived(memory_store(), text)
        work.append(read[0])
        assert len(slim) <= len(text) * 2
    assert work[1] <= work[0] * 6


@pytest.mark.skipif(not FULL, reason="ASSETSTORE_TEST_HOSTILE is not set")
@pytest.mark.timeout(3000)
@pytest.mark.parametrize("name", ["prefixes", "quoted heads", "marks"])
def test_a_gibibyte_of_it(program: Program, name: str) -> None:
    page = program.folder / "page.json"
    block = REPEATED[name] * (MIB // len(REPEATED[name]))
    with page.open("wb") as file:
        for _ in range(1024):
            file.write(block)
    code, memory, errors = peak(program, "archive", page, "--dry-run")
    assert code == 0, errors
    assert memory < 200 * MIB


@pytest.mark.parametrize("depth", [100, 100_000])
def test_json_of_any_depth(program: Program, depth: int) -> None:
    page = (
        program.folder
        / "rollout-2026-01-01T00-00-00-0199aaaa-0000-7000-8000-000000000001.jsonl"
    )
    home = program.folder / "codex" / "sessions" / "2026" / "01" / "01"
    home.mkdir(parents=True)
    page = home / (
        "rollout-2026-01-01T00-00-00-0199aaaa-0000-7000-8000-000000000001.jsonl"
    )
    start = '{"timestamp":"t","type":"response_item","payload":'
    text = (
        f'{{"timestamp":"t","type":"session_meta","payload":{{"id":"x"}}}}\n{start}'
        + "[" * depth
        + '{"type":"input_image","image_url":"'
        + uri(picture(30, 30, 1))
        + '"}'
        + "]" * depth
        + "}\n"
    )
    page.write_text(text)
    program.environment["CODEX_HOME"] = str(program.folder / "codex")
    for words in (["doctor"], ["archive", page], ["handoff", page], ["show", page]):
        ran = program(*words)
        assert ran.code in (0, 1, 4), ran.err
        assert "defect" not in ran.err
    assert program("restore", page).code == 0
    assert page.read_text() == text


def crafted(store: Store, recipe: Recipe) -> bytes:
    """A placeholder of a recipe that no archiver wrote."""
    with store.session() as session:
        session.put(Kind.RECIPE, recipe.raw)
        session.commit()
    return format_placeholder(recipe.id)


def test_a_placeholder_in_what_a_placeholder_stands_for_is_text() -> None:
    store = memory_store()
    inner = crafted(store, Recipe(was=(b"inner",)))
    outer = crafted(store, Recipe(was=(b"<", inner, b">")))
    assert restored(store, outer) == b"<" + inner + b">"


def test_a_recipe_of_a_blob_that_is_not_there_or_a_recipe() -> None:
    store = memory_store()
    recipe = Recipe(was=(b"secret",))
    crafted(store, recipe)
    for blob in (BlobId(bytes(32)), recipe.id):
        text = crafted(store, Recipe(was=(Media(blob, RAW),)))
        with pytest.raises(AssetstoreError):
            restored(store, text)


def test_links_pipes_sockets_and_devices_among_the_paths(program: Program) -> None:
    folder = program.folder / "docs"
    folder.mkdir()
    page = folder / "page.html"
    page.write_text(f"<img src={uri(picture(30, 30, 1))}>")
    secret = program.folder / "secret.html"
    secret.write_bytes(page.read_bytes())
    (folder / "link.html").symlink_to(secret)
    (folder / "loop").symlink_to(folder)
    os.mkfifo(folder / "pipe.html")
    os.link(secret, folder / "hard.html")
    with socket.socket(socket.AF_UNIX) as listener:
        listener.bind(str(folder / "s"))
        strange = [folder / n for n in ("link.html", "pipe.html", "s")]
        strange += [Path("/dev/zero"), Path("/dev/full")]
        for path in strange:
            for command in ("archive", "restore"):
                ran = program(command, path)
                assert ran.code == 1, (path, ran.err)
                assert "regular file" in ran.err or "symbolic link" in ran.err
            assert program("repair", "--from", path).code in (0, 1, 10)
        ran = program("archive", folder)
        assert ran.code == 3
        assert "hard links" in ran.err
    assert "data:" not in page.read_text()
    assert "data:" in secret.read_text()


@pytest.mark.parametrize("command", ["archive", "restore"])
@pytest.mark.parametrize("moment", ["copy_attributes", "check_unchanged"])
def test_a_file_that_is_swapped_for_a_link_at_the_last_moment(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, command: str, moment: str
) -> None:
    page, secret = tmp_path / "page.html", tmp_path / "secret"
    whole = f"<img src={uri(picture(30, 30, 1))}>".encode()
    page.write_bytes(whole)
    secret.write_bytes(b"of somebody else")
    with folder_store(tmp_path) as store:
        if command == "restore":
            archive_paths(store, [page])
        before: Callable[..., None] = getattr(replacing, moment)

        def swapping(*given: object) -> None:
            if not page.is_symlink():
                page.rename(tmp_path / "moved")
                page.symlink_to(secret)
            before(*given)

        monkeypatch.setattr(replacing, moment, swapping)
        run = archive_paths if command == "archive" else restore_paths
        (done,) = run(store, [page]).files
    assert isinstance(done.error, SourceChanged)
    assert page.is_symlink()
    assert secret.read_bytes() == b"of somebody else"
    assert not [p for p in tmp_path.iterdir() if is_temporary(p.name)]


def test_a_store_of_another_user(program: Program) -> None:
    if os.geteuid() != 0:
        pytest.skip("only root can give a store away")
    page = program.folder / "page.html"
    page.write_text(f"<img src={uri(picture(30, 30, 1))}>")
    assert program("archive", page).code == 0
    for path in (program.store, program.store / "config"):
        os.chown(path, 12345, -1)
        for words in (["restore", page], ["archive", page], ["verify"], ["repair"]):
            ran = program(*words)
            assert ran.code == 1
            assert "belongs to another user" in ran.err
            assert "ASSETSTORE_SAFE_STORES" in ran.err
        for safe in ("*", f"/nowhere{os.pathsep}{program.store}"):
            assert program("verify", ASSETSTORE_SAFE_STORES=safe).code == 0
        assert program("verify", ASSETSTORE_SAFE_STORES="/nowhere").code == 1
        assert program("verify", SUDO_UID="12345").code == 0
        with pytest.raises(ForeignStore):
            Store.open(program.store)
        os.chown(path, 0, -1)


def test_a_store_whose_folders_are_links(program: Program) -> None:
    """A crafted store cannot lead a reader elsewhere."""
    page = program.folder / "page.html"
    page.write_text(f"<img src={uri(picture(30, 30, 1))}>")
    assert program("archive", page).code == 0
    (pack,) = (p for p in (program.store / "packs").rglob("*") if p.is_file())
    outside = program.folder / "outside"
    pack.rename(outside)
    pack.symlink_to(outside)
    assert program("restore", page).code == 12
    assert program("verify").code == 4


def test_standard_input_that_says_nothing_ends_well(program: Program) -> None:
    assert program("archive", "-", stdin=b"").code == 0
    assert program("restore", "-", stdin=b"").out == b""
    assert io.BytesIO(program("restore", "-", stdin=b"as1:").out).read() == b"as1:"

"""JPEG: exact or not at all, whatever the bytes are."""

import functools
import io
import random
import struct
import subprocess
import sys
import types
import zlib
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from PIL import Image

from assetstore.errors import DamagedBlob, UnsupportedStore
from assetstore.installation import how_to_get
from assetstore.store.codecs import jpeg
from assetstore.store.codecs.lepton import MAX_SIZE, Refused, check_file

pytest.importorskip("lepton_jpeg_python")

WIDTH, HEIGHT = 200, 152


def photo(mode: str = "RGB", format: str = "JPEG", **options: Any) -> bytes:
    rng = random.Random(7)
    small = Image.frombytes("RGB", (25, 19), rng.randbytes(25 * 19 * 3))
    soft = small.resize((WIDTH, HEIGHT), Image.Resampling.BICUBIC)
    noise = Image.frombytes("RGB", soft.size, rng.randbytes(WIDTH * HEIGHT * 3))
    file = io.BytesIO()
    Image.blend(soft, noise, 0.1).convert(mode).save(file, format, **options)
    return file.getvalue()


PHOTO = photo(quality=90)
PROGRESSIVE = photo(quality=85, progressive=True)
KEPT = {
    "baseline": PHOTO,
    "progressive": PROGRESSIVE,
    "444": photo(quality=80, subsampling=0),
    "422": photo(quality=80, subsampling=1),
    "grey": photo("L", quality=85),
    "grey progressive": photo("L", quality=85, progressive=True),
    "optimised": photo(quality=80, optimize=True),
    "restarts by block": photo(quality=80, restart_marker_blocks=5),
    "restarts by row": photo(quality=80, restart_marker_rows=1),
    "exif": photo(quality=90, exif=b"Exif\0\0" + b"camera" * 9000),
    "profile": photo(quality=90, icc_profile=b"curve" * 40_000),
    "garbage": PHOTO + random.Random(3).randbytes(500),
    "zeros": PHOTO + bytes(5000),
    "two pictures": photo(
        format="MPO", save_all=True, append_images=[Image.new("RGB", (64, 64))]
    ),
}


def at_frame(data: bytes) -> int:
    return next(i for m in (b"\xff\xc0", b"\xff\xc2") if (i := data.find(m)) > 0)


def patched(data: bytes, offset: int, new: bytes) -> bytes:
    """Bytes of the frame's header are replaced."""
    at = at_frame(data) + offset
    return data[:at] + new + data[at + len(new) :]


REFUSED = {
    "nothing": b"",
    "a head": PHOTO[: at_frame(PHOTO)],
    "no scan": PHOTO[: PHOTO.index(b"\xff\xda")],
    "png": photo(format="PNG"),
    "noise": random.Random(1).randbytes(3000),
    "marked noise": b"\xff\xd8\xff" + random.Random(1).randbytes(3000),
    "cmyk": photo("CMYK", quality=80),
    "arithmetic": patched(PHOTO, 1, b"\xc9"),
    "lossless": patched(PHOTO, 1, b"\xc3"),
    "12 bits": patched(PHOTO, 4, b"\x0c"),
    "short frame": PHOTO[:20] + b"\xff\xc0\0\7\x08\0\2\0\3" + PHOTO[20:],
    "huge": patched(PHOTO, 5, b"\xff\xff\xff\xff"),
    "a scan twice": PROGRESSIVE[:-2] + PROGRESSIVE[PROGRESSIVE.rindex(b"\xff\xda") :],
    "little to gain": PHOTO[:-2] + random.Random(4).randbytes(20 * len(PHOTO)),
}


def stored(raw: bytes) -> bytes:
    found = jpeg.encode(raw)
    assert found is not None
    return found


@pytest.mark.parametrize("name", KEPT)
def test_a_jpeg_comes_back_exactly_and_takes_less(name: str) -> None:
    raw = KEPT[name]
    found = stored(raw)
    assert len(found) <= len(raw) * 0.95
    assert jpeg.decode(found, len(raw)) == raw
    assert jpeg.encode(raw) == found


@pytest.mark.parametrize("name", REFUSED)
def test_what_does_not_pay_or_is_of_another_kind_is_left(name: str) -> None:
    assert jpeg.encode(REFUSED[name]) is None


def test_other_kinds_are_refused_before_the_package_sees_them(
    fake: Callable[..., Any],
) -> None:
    module = fake()
    for raw in list(REFUSED.values())[:-1]:
        assert jpeg.encode(raw) is None
    assert jpeg.encode(PHOTO + bytes(MAX_SIZE)) is None
    assert module.seen == []


def exact_or_none(raw: bytes) -> bool:
    found = jpeg.encode(raw)
    assert found is None or jpeg.decode(found, len(raw)) == raw
    return found is not None


@pytest.mark.parametrize("raw", [PHOTO, PROGRESSIVE], ids=["baseline", "progressive"])
def test_a_truncated_jpeg_is_exact_or_left(raw: bytes) -> None:
    step = len(raw) // 60
    kept = [exact_or_none(raw[:cut]) for cut in range(1, len(raw), step)]
    assert len(kept) >= 60
    assert not all(kept)


def damaged(data: bytes, rng: random.Random) -> bytes:
    out = bytearray(data)
    for _ in range(rng.choice((1, 1, 2, 8))):
        at = rng.randrange(len(out))
        match rng.randrange(5):
            case 0 | 1:
                out[at] ^= 1 << rng.randrange(8)
            case 2:
                out[at] = rng.choice(b"\x00\xff\xd9\xda\xc4")
            case 3:
                del out[at : at + rng.randint(1, 20)]
            case 4:
                out[at:at] = rng.randbytes(rng.randint(1, 9))
    return bytes(out)


def test_three_hundred_damaged_jpegs_are_exact_or_left() -> None:
    rng = random.Random(11)
    raws = [PHOTO, PROGRESSIVE, KEPT["grey"], KEPT["restarts by block"]]
    kept = [exact_or_none(damaged(rng.choice(raws), rng)) for _ in range(300)]
    assert 30 < sum(kept) < 270


def exact_or_damage(data: bytes, raw: bytes) -> bool:
    try:
        assert jpeg.decode(data, len(raw)) == raw
    except DamagedBlob:
        return False
    return True


def test_damaged_records_are_exact_or_damage() -> None:
    rng = random.Random(12)
    raws = [PHOTO, PROGRESSIVE, KEPT["grey"], KEPT["restarts by block"]]
    records = [(stored(raw), raw) for raw in raws]
    for _ in range(400):
        record, raw = rng.choice(records)
        exact_or_damage(damaged(record, rng), raw)


def test_a_truncated_record_is_damage() -> None:
    record = stored(PHOTO)
    cuts = [*range(200), *range(200, len(record), 97), len(record) - 1]
    assert not any(exact_or_damage(record[:cut], PHOTO) for cut in cuts)


@pytest.mark.parametrize("size", [0, 1, -1, len(PHOTO) - 1, len(PHOTO) + 1, 1 << 40])
def test_another_length_is_damage(size: int) -> None:
    with pytest.raises(DamagedBlob):
        jpeg.decode(stored(PHOTO), size)


def test_noise_is_damage() -> None:
    rng = random.Random(13)
    for n in range(200):
        for front in (b"", b"\1\1x", b"\1\1xcrc!\xcf\x84\1Z\1"):
            assert not exact_or_damage(front + rng.randbytes(n), PHOTO)


def test_another_layout_is_damage() -> None:
    with pytest.raises(DamagedBlob, match="layout"):
        jpeg.decode(b"\2" + stored(PHOTO)[1:], len(PHOTO))


def test_a_record_says_what_wrote_it() -> None:
    record = stored(PHOTO)
    assert record[0] == jpeg.LAYOUT
    assert record[2 : 2 + record[1]].startswith(b"lepton-jpeg-python ")
    crc = record[2 + record[1] :][:4]
    assert crc == zlib.crc32(PHOTO).to_bytes(4, "little")


def lepton_file(
    raw: bytes, change: Callable[[bytes], bytes], size: int | None = None
) -> bytes:
    """A record's Lepton file with another header, its lengths right."""
    record = stored(raw)
    file = record[6 + record[1] :]
    (length,) = struct.unpack("<I", file[24:28])
    header = zlib.compress(change(zlib.decompress(file[28 : 28 + length])))
    out = file[:20] + struct.pack("<II", size or len(raw), len(header)) + header
    out += file[28 + length : -4]
    return out + struct.pack("<I", len(out) + 4)


def scans(header: bytes, times: int) -> bytes:
    """The last scan's header is repeated."""
    end = 7 + int.from_bytes(header[3:7], "little")
    segments = header[7:end]
    last = segments[segments.rindex(b"\xff\xda") :]
    more = segments + last * times
    return b"HDR" + len(more).to_bytes(4, "little") + more + header[end:]


def before_scan(header: bytes, segment: bytes) -> bytes:
    at = header.index(b"\xff\xda")
    length = int.from_bytes(header[3:7], "little") + len(segment)
    body = header[7:at] + segment + header[at:]
    return b"HDR" + length.to_bytes(4, "little") + body


HOSTILE: dict[str, tuple[Callable[[bytes], bytes], str]] = {
    "inflates": (lambda h: h + bytes(1 << 25), "too long"),
    "empty": (lambda h: b"", "does not begin"),
    "long jpeg": (lambda h: h[:3] + b"\xff\xff\xff\xff" + h[7:], "cut short"),
    "long tail": (lambda h: h + b"GRB\xff\xff\xff\xff", "cut short"),
    "many restarts": (lambda h: h + b"CRS\xff\xff\xff\x7f", "cut short"),
    "long errors": (lambda h: h + b"FRS\0\0\0\x40", "cut short"),
    "second partition": (lambda h: h + b"HH\1" + bytes(16), "cut short"),
    "many partitions": (lambda h: h.replace(b"HH\1", b"HH\xff"), "partition"),
    "no partition": (lambda h: h[: h.index(b"HH\1")], "cut short"),
    "unknown section": (lambda h: h + b"XYZ", "unknown"),
    "pixels": (lambda h: patched(h, 5, b"\xff\xff\xff\xff"), "65535 x 65535"),
    "frames": (lambda h: before_scan(h, h[at_frame(h) :][:19]), "second frame"),
    "scans": (lambda h: scans(h, 1), "coded already"),
    "thousands of scans": (lambda h: scans(h, 1000), "coded already"),
}


@pytest.mark.parametrize("name", HOSTILE)
@pytest.mark.parametrize("raw", [PHOTO, PROGRESSIVE], ids=["baseline", "progressive"])
def test_a_header_that_asks_for_too_much_is_refused(name: str, raw: bytes) -> None:
    change, why = HOSTILE[name]
    with pytest.raises(Refused, match=why):
        check_file(lepton_file(raw, change), len(raw))
    check_file(lepton_file(raw, bytes), len(raw))


def test_many_tables_and_segments_are_refused() -> None:
    table = b"\xff\xc4\0\x13\0" + bytes(16)
    for segment in (table * 3500, b"\xff\xfe\0\2" * 8200):
        change = functools.partial(before_scan, segment=segment)
        hostile = lepton_file(PHOTO, change, 1 << 20)
        with pytest.raises(Refused, match="too many segments"):
            check_file(hostile, 1 << 20)


@pytest.mark.skipif(sys.platform != "linux", reason="limits memory as Linux does")
def test_hostile_records_need_little_memory() -> None:
    """In a process with 700 MB of addresses, where Rust ends what it cannot hold."""
    front = b"\1\1x\0\0\0\0"
    changes = [change for name, (change, _) in HOSTILE.items() if name != "inflates"]
    files = [lepton_file(raw, c) for raw in (PHOTO, PROGRESSIVE) for c in changes]
    script = (
        "import resource, sys\n"
        "resource.setrlimit(resource.RLIMIT_AS, (700 << 20,) * 2)\n"
        "from assetstore.errors import DamagedBlob\n"
        "from assetstore.store.codecs import jpeg\n"
        "assert jpeg.self_test()\n"
        "for line in sys.stdin:\n"
        "    size, data = line.split()\n"
        "    try:\n"
        "        jpeg.decode(bytes.fromhex(data), int(size))\n"
        "    except DamagedBlob:\n"
        "        print('damage')\n"
    )
    lines = [
        f"{size} {(front + file).hex()}"
        for file in files
        for size in (len(PHOTO), len(PROGRESSIVE))
    ]
    done = subprocess.run(
        [sys.executable, "-c", script],
        input="\n".join(lines),
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr[-2000:]
    assert done.stdout.split() == ["damage"] * len(lines)


class PanicException(BaseException):
    """What a panic in Rust is to Python."""


@pytest.fixture
def fake(monkeypatch: pytest.MonkeyPatch) -> Iterator[Callable[..., Any]]:
    """Puts a module in the package's place, which does what it is told."""
    import lepton_jpeg_python as real

    jpeg.self_test.cache_clear()
    assert jpeg.self_test()

    def install(
        compress: Callable[[bytes], bytes] | None = None,
        decompress: Callable[[bytes], bytes] | None = None,
    ) -> Any:
        module: Any = types.ModuleType("lepton_jpeg_python")
        module.seen = []

        def call(
            mine: Callable[[bytes], bytes] | None, name: str
        ) -> Callable[[bytes, object], bytes]:
            def function(data: bytes, config: object) -> bytes:
                module.seen.append(name)
                result = mine(data) if mine else getattr(real, name)(data, config)
                assert isinstance(result, bytes)
                return result

            return function

        module.compress_bytes = call(compress, "compress_bytes")
        module.decompress_bytes = call(decompress, "decompress_bytes")
        monkeypatch.setitem(sys.modules, "lepton_jpeg_python", module)
        return module

    yield install
    jpeg.self_test.cache_clear()


def raising(error: BaseException) -> Callable[[bytes], bytes]:
    def function(data: bytes) -> bytes:
        raise error

    return function


@pytest.mark.parametrize(
    "error", [PanicException("index"), RuntimeError("no"), MemoryError()], ids=repr
)
def test_however_the_package_fails_it_is_damage(
    fake: Callable[..., Any], error: BaseException
) -> None:
    record = stored(PHOTO)
    fake(decompress=raising(error))
    with pytest.raises(DamagedBlob):
        jpeg.decode(record, len(PHOTO))
    assert jpeg.encode(PHOTO) is None
    fake(compress=raising(error))
    assert jpeg.encode(PHOTO) is None
    assert jpeg.decode(record, len(PHOTO)) == PHOTO


def test_an_interrupt_is_no_damage(fake: Callable[..., Any]) -> None:
    record = stored(PHOTO)
    fake(decompress=raising(KeyboardInterrupt()))
    with pytest.raises(KeyboardInterrupt):
        jpeg.decode(record, len(PHOTO))


def test_what_the_package_does_not_give_back_exactly_is_not_stored(
    fake: Callable[..., Any],
) -> None:
    for wrong in (PHOTO[:-1], PHOTO + b"\0", PHOTO[:-1] + b"\0"):
        fake(decompress=lambda data, wrong=wrong: wrong)
        assert jpeg.encode(PHOTO) is None


def test_without_the_package_the_error_says_what_to_install(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    record = stored(PHOTO)
    monkeypatch.setitem(sys.modules, "lepton_jpeg_python", None)
    assert jpeg.encode(PHOTO) is None
    with pytest.raises(UnsupportedStore) as caught:
        jpeg.decode(record, len(PHOTO))
    assert caught.value.hint == f"Install it: {how_to_get('codecs', jpeg.PACKAGE)}"


def test_a_package_that_decodes_otherwise_is_not_used(
    fake: Callable[..., Any],
) -> None:
    record = stored(PHOTO)
    fake(decompress=lambda data: bytes(int.from_bytes(data[20:24], "little")))
    jpeg.self_test.cache_clear()
    assert not jpeg.self_test()
    assert jpeg.encode(PHOTO) is None
    with pytest.raises(UnsupportedStore, match=r"lepton-jpeg-python \d.*wrote"):
        jpeg.decode(record, len(PHOTO))

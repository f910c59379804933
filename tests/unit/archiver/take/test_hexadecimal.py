"""Pictures in hexadecimal digits are one blob with the same in base64, or stay."""

import pytest

from assetstore.archiver.options import ArchiveOptions
from assetstore.results import Why
from assetstore.store.format.blob import Kind, blob_id
from support.media import OTHERS, PICTURES
from support.stores import archived, memory_store, restored

# One WebP here has no zeros near its beginning, where nothing else has any.
FORMATS = [n for n in PICTURES if n.startswith(("png", "jpeg", "gif")) or n == "webp"]
LITERALS = {
    "X'{}'": "'{}'",
    "x'{}'": "'{}'",
    "'\\x{}'": "'{}'",
    "E'\\\\x{}'": "E'{}'",
    "1\t\\\\x{}\t2": "1\t{}\t2",
    "(1,0x{},2)": "(1,'{}',2)",
    "_binary 0x{}": "_binary '{}'",
    '{{"a":"\\\\x{}"}}': '{{"a":"{}"}}',
    '["0x{}"]': '["{}"]',
}


@pytest.mark.parametrize("literal", LITERALS)
@pytest.mark.parametrize("upper", [False, True])
def test_a_literal_becomes_a_string(literal: str, upper: bool) -> None:
    for name in FORMATS:
        data = PICTURES[name]
        digits = data.hex().upper() if upper else data.hex()
        document = f"{literal.format(digits)}\n".encode()
        store = memory_store()
        slim, result = archived(store, document, ArchiveOptions(min_size=0))
        assert result.payloads == 1
        at = slim.index(b"as1:")
        mark = slim[at : at + 31].decode()
        assert slim.decode() == f"{LITERALS[literal].format(mark)}\n"
        assert store.holds(blob_id(Kind.MEDIA, data))
        assert restored(store, slim) == document


def test_other_media_where_they_are_asked_for() -> None:
    document = f"(1, X'{OTHERS['pdf'].hex()}');\n".encode()
    for media, count in (("image", 0), ("any", 1)):
        options = ArchiveOptions(min_size=0, media=media)  # type: ignore[arg-type]
        assert archived(memory_store(), document, options)[1].payloads == count


PNG, GIF = PICTURES["png"].hex(), PICTURES["gif"].hex()
LEFT = {
    "a function": f"UNHEX('{PNG}')",
    "half a byte": f"X'{PNG}0'",
    "no end": f"X'{PNG[:-30]}'",
    "not closed": f"X'{PNG}",
    "more behind": f"X'{PNG}00'",
    "both cases": f"X'{PNG[:900]}{PNG[900:].upper()}'",
    "a string of a program": f"x = 'VALUES (1, 0x{GIF})'",
    "lines": f"{{\\pict\\pngblip\n{PNG[:512]}\n{PNG[512:]}}}",
}


@pytest.mark.parametrize("name", LEFT)
def test_what_stays_is_told(name: str) -> None:
    document = f"{LEFT[name]}\n".encode()
    slim, result = archived(memory_store(), document, ArchiveOptions(min_size=0))
    assert slim == document
    assert result.stays.reasons == {Why.NOT_UNDERSTOOD.value: 1}


def test_rows_of_a_long_line_go_one_after_the_other() -> None:
    row = f"(1,'it\\'s',0x{PNG}),(2,X'{PNG}',0x{GIF}),('\\x{PNG}',0x{PNG})"
    document = f"({','.join([row] * 9)});\n".encode()
    store = memory_store()
    slim, result = archived(store, document, ArchiveOptions(min_size=0))
    assert (result.payloads, result.stays.count) == (45, 0)
    assert slim.count(b"'") == 9 * (2 + 1 + 2 * 5)
    assert restored(store, slim) == document


def test_a_try_that_failed_says_nothing_of_quotes() -> None:
    document = f"x = 'a iVBORw0KGgoAAAA 0x89504E470D0A1A0A (1, 0x{PNG})'\n".encode()
    slim, result = archived(memory_store(), document, ArchiveOptions(min_size=0))
    assert (slim, result.stays.count) == (document, 1)


def test_checksums_are_nothing() -> None:
    document = ("'ffd8ffe0" + "00" * 28 + "'\n").encode() * 9
    slim, result = archived(memory_store(), document, ArchiveOptions(min_size=0))
    assert (slim, result.stays.count) == (document, 0)


def test_a_long_one_is_read_in_pieces() -> None:
    data = PICTURES["png"]
    long = data[:-12] + (3 << 20).to_bytes(4, "big") + b"teST" + bytes(3 << 20)
    long += bytes(4) + data[-12:]
    document = b"INSERT INTO a VALUES ('" + b"'), ('" * 7 + b"', X'"
    document += long.hex().encode() + b"');\n"
    store = memory_store()
    slim, result = archived(store, document, ArchiveOptions(min_size=1024))
    assert (result.payloads, len(slim)) == (1, len(document) - 2 * len(long) - 1 + 31)
    assert restored(store, slim) == document

"""Records of a log, read as its client would."""

import base64
import json
import random
import re
from pathlib import Path

import pytest

from assetstore.agents import records as module
from assetstore.agents.records import (
    cut_in,
    first_of,
    in_words,
    lines,
    records,
    sent_size,
    without_cuts,
)
from assetstore.files import source as source_module
from assetstore.files.source import Source

LONG = base64.b64encode(bytes(range(256)) * 5).decode()


def written(folder: Path, data: bytes) -> Path:
    path = folder / "log.jsonl"
    path.write_bytes(data)
    return path


def parsed(folder: Path, data: bytes) -> list[object]:
    with Source.open(written(folder, data)) as source:
        return [record.value for record in records(source)]


def whole(words: bytes, cuts: list[module.Cut], data: bytes) -> bytes:
    def put_back(found: re.Match[bytes]) -> bytes:
        cut = cuts[int(found[1])]
        return data[cut.offset : cut.offset + cut.length]

    return re.sub(rb"\x7f[0-9a-f]{16}(\d+)\x7f", put_back, words)


@pytest.mark.parametrize("chunk", [600, 1000, 1 << 20])
def test_lines_are_whole_with_their_payloads_wherever_pieces_end(
    tmp_path: Path, chunk: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    r = random.Random(chunk)
    rows = []
    for i in range(60):
        size = r.choice([3, 90, 500, 511, 512, 513, 700, 5000])
        data = base64.b64encode(r.randbytes(size)).decode()
        head = r.choice(["", "data:image/png;base64,", "as it is: "])
        row = {
            "type": "user",
            "n": i,
            "text": 'it\'s "quoted" \\ and so on ' * r.randrange(40),
            "data": head + data,
        }
        rows.append(json.dumps(row, separators=r.choice([(",", ":"), (", ", ": ")])))
    text = r.choice(["\n", "\r\n"]).join(rows).replace("iVBO", "iV\\/O").encode()
    monkeypatch.setattr(module, "CHUNK", chunk)
    monkeypatch.setattr(source_module, "CHUNK", chunk)
    with Source.open(written(tmp_path, text)) as source:
        found = list(lines(source))
        assert b"".join(whole(bytes(f.words), f.cuts, text) for f in found) == text
        assert [f.number for f in found] == list(range(1, 61))
        assert sum(f.length for f in found) == len(text)
        assert len([cut for f in found for cut in f.cuts]) > 10
        for record in records(source):
            row = json.loads(rows[record.line.number - 1])
            assert record.value["n"] == row["n"]
            assert sent_size(record.value, record.line) == len(
                json.dumps(row, separators=(",", ":"), ensure_ascii=False)
            )


def test_memory_holds_no_payload(tmp_path: Path) -> None:
    data = base64.b64encode(bytes(3 << 20)).decode()
    text = json.dumps({"type": "user", "data": data, "more": [data]}).encode()
    with Source.open(written(tmp_path, text)) as source:
        (line,) = lines(source)
        assert len(line.words) < 100
        assert [cut.length for cut in line.cuts] == [4 << 20, 4 << 20]
        (record,) = records(source)
        assert cut_in(record.value["data"], record.line) == ("", line.cuts[0])
        assert cut_in(record.value["more"][0], record.line) == ("", line.cuts[1])


def test_a_uri_keeps_its_head(tmp_path: Path) -> None:
    text = json.dumps({"type": "x", "url": f"data:image/png;base64,{LONG}"}).encode()
    with Source.open(written(tmp_path, text)) as source:
        (record,) = records(source)
    found = cut_in(record.value["url"], record.line)
    assert found is not None
    assert found[0] == "data:image/png;base64,"
    assert text[found[1].offset :].startswith(LONG.encode())


def test_slashes_with_backslashes_are_sent_without(tmp_path: Path) -> None:
    data = "/" * 600
    text = json.dumps({"type": "x", "data": data}).replace("/", "\\/").encode()
    with Source.open(written(tmp_path, text)) as source:
        (record,) = records(source)
    assert record.line.cuts[0].length == 1200
    size = len(json.dumps({"type": "x", "data": data}, separators=(",", ":")))
    assert sent_size(record.value, record.line) == size


ONE, TWO = {"type": "user", "n": 1}, {"type": "user", "n": 2}
A, B = json.dumps(ONE).encode(), json.dumps(TWO).encode()


@pytest.mark.parametrize(
    ("data", "expected"),
    [
        (b"\xef\xbb\xbf" + A + b"\n" + B, [ONE, TWO]),
        (bytes(600) + b"\n" + A + b"\n", [ONE]),
        (bytes(600) + A + b"\n" + B + b"\n", [ONE, TWO]),
        (A + b"\n" + bytes(70) + b"\n" + B, [ONE, TWO]),
        (A + bytes(70) + B, [ONE, TWO]),
        (A + b"\r\n\r\n" + B + b"\r\n", [ONE, TWO]),
        (A + B + b"\n", [ONE, TWO]),
        (b'{"type":"user","text":"torn in' + A + b"\n" + B, [ONE, TWO]),
        (b'{"type":"user","text":"torn in\n' + A + b"\n", [ONE]),
        (A + b"\n" + B[:-3], [ONE]),
        (b"[1,2]\n7\nnull\n" + A, [ONE]),
        (b"", []),
        (b"\n\n", []),
        (b"{" * 5000 + b"\n" + A, [ONE]),
        (b'{"type":"user","n":"\xff"}', [{"type": "user", "n": "�"}]),
        (b'{"type":"user","n":"\\ud83d"}', [{"type": "user", "n": "\ud83d"}]),
    ],
)
def test_what_is_met_in_the_wild(
    tmp_path: Path, data: bytes, expected: list[object]
) -> None:
    assert parsed(tmp_path, data) == expected


def test_half_a_surrogate_pair_is_sent_with_an_escape(tmp_path: Path) -> None:
    with Source.open(written(tmp_path, b'{"type":"x","n":"\\ud83d"}')) as source:
        (record,) = records(source)
    assert sent_size(record.value, record.line) == len('{"type":"x","n":"\\ud83d"}')


def test_marks_in_a_log_are_text(tmp_path: Path) -> None:
    text = json.dumps({"type": "x", "a": "\x7f0\x7f", "b": "\x7f7\x7f"}).encode()
    with Source.open(written(tmp_path, text)) as source:
        (record,) = records(source)
        assert cut_in(record.value["a"], record.line) is None
        assert in_words(record.value["b"], record.line, source) == "\x7f7\x7f"


ABOUT_MARKS = [
    "\x7f0\x7f \x7f1\x7f",
    "\x7f0\x7f",
    "x\x7f0000000000000000" + "0\x7f",
    "\x7f" * 40,
    "\\u007f0\\u007f",
]


@pytest.mark.parametrize("escaped", [False, True])
@pytest.mark.parametrize("words", ABOUT_MARKS)
def test_what_looks_like_a_mark_beside_a_payload_is_text(
    tmp_path: Path, words: str, escaped: bool
) -> None:
    row = {"type": "x", "a": words, "data": LONG, "b": [words, LONG]}
    data = json.dumps(row).encode()
    if escaped:
        data = data.replace(b"\x7f", b"\\u007f")
    with Source.open(written(tmp_path, data)) as source:
        (record,) = records(source)
        line = record.line
        assert len(line.cuts) == 2
        assert cut_in(record.value["a"], line) is None
        assert cut_in(record.value["data"], line) == ("", line.cuts[0])
        assert in_words(record.value["a"], line, source) == words
        assert without_cuts(record.value["a"], line) == words
        assert in_words(record.value["b"][1], line, source) == LONG
        plain = json.dumps(row, separators=(",", ":"), ensure_ascii=False)
        assert sent_size(record.value, line) == len(plain)


def test_no_two_readings_have_the_same_marks(tmp_path: Path) -> None:
    path = written(tmp_path, json.dumps({"type": "x", "data": LONG}).encode())
    with Source.open(path) as source:
        ((one,), (other,)) = ([*lines(source)], [*lines(source)])
    assert one.cuts == other.cuts
    assert one.words != other.words
    # What one reading shows of its marks is text to every other.
    path.write_bytes(
        bytes(one.words).replace(b'"x"', b'"x","more":"' + LONG.encode() + b'"')
    )
    with Source.open(path) as source:
        (record,) = records(source)
        assert cut_in(record.value["data"], record.line) is None


def test_a_text_is_not_shortened_in_the_middle_of_a_mark(tmp_path: Path) -> None:
    with Source.open(
        written(tmp_path, json.dumps({"type": "x", "a": LONG}).encode())
    ) as source:
        (record,) = records(source)
        text = "words " + record.value["a"]
        assert {first_of(text, n) for n in range(8, len(text))} == {"words "}
        assert first_of(text, len(text)) == text
        assert in_words(first_of(text, 900), record.line, source) == f"words {LONG}"
        assert without_cuts(text, record.line) == "words […]"


@pytest.mark.parametrize("depth", [10, 300, 1000])
@pytest.mark.parametrize("pair", ["[]", '{"k":}'])
def test_what_is_nested_deep_has_its_size(
    tmp_path: Path, depth: int, pair: str
) -> None:
    begin, end = pair[:-1], pair[-1]
    inner = f'["{LONG}",1,2.5,null,true,"é"]'
    text = f'{{"type":"x","a":{begin * depth}{inner}{end * depth}}}'
    with Source.open(written(tmp_path, text.encode())) as source:
        (record,) = records(source)
        assert len(record.line.cuts) == 1
        assert sent_size(record.value, record.line) == len(text.encode())


def test_long_text_without_quotes_is_text(tmp_path: Path) -> None:
    words = "no quote in here, but many words. " * 9000
    text = json.dumps({"type": "x", "a": words, "data": LONG}).encode()
    with Source.open(written(tmp_path, text)) as source:
        (record,) = records(source)
    assert record.value["a"] == words
    assert len(record.line.cuts) == 1


def test_cut_words_are_put_back_as_far_as_they_are_short(tmp_path: Path) -> None:
    text = json.dumps({"type": "x", "a": LONG, "b": "a" * 9000}).encode()
    with Source.open(written(tmp_path, text)) as source:
        (record,) = records(source)
        assert in_words(record.value["a"], record.line, source) == LONG
        words = in_words(record.value["b"], record.line, source)
    assert words == "a" * 4096 + "[…4,904 more]"


@pytest.mark.parametrize("depth", [1, 2, 3])
def test_json_in_json(tmp_path: Path, depth: int) -> None:
    value: object = {"data": LONG, "more": "x"}
    for _ in range(depth):
        value = {"type": "x", "text": json.dumps(value)}
    text = json.dumps(value).encode()
    with Source.open(written(tmp_path, text)) as source:
        (record,) = records(source)
        assert [cut.length for cut in record.line.cuts] == [len(LONG)]
        assert sent_size(record.value, record.line) == len(
            json.dumps(value, separators=(",", ":"))
        )
        words = in_words(record.value["text"], record.line, source)
    assert isinstance(value, dict)
    assert words == value["text"]

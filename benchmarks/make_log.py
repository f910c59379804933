"""Make the files that are measured; the same bytes on every run.

    python -m benchmarks.make_log log|text|single FILE BYTES
    python -m benchmarks.make_log many FOLDER FILES

A log has the shape of a Codex rollout: 8.5 % of it is text, the rest pictures as
data URIs; 28 % of the references repeat an earlier picture, and each hundredth
line or so is a long "compacted" record that holds twenty of the last ones again.
Pictures are valid PNG files of coloured noise, stored without compression, which
no tool can make smaller: as screenshots, they are compressed already.
"""

import base64
import json
import random
import struct
import sys
import zlib
from collections.abc import Iterator
from pathlib import Path

LOG = 611_000_000
TEXT_SHARE = 0.085
REPEATS = 0.155  # 28 % with the copies in "compacted" records
WORDS = (
    "the of and to in is that it for was on are with as at be this from or had by "
    "file function test error return value line class build commit branch merge "
    "please look here why does not work any more after update screenshot window "
    "button \\n \\t {} [] () == != => /usr/lib C:\\\\temp https://example.org/a?b=c&d "
    "naïve café 日本語 ✓"
).split()


def png(seed: int, size: int) -> bytes:
    """A picture of about this many bytes."""
    noise = random.Random(seed)
    width = 400
    height = max(1, size // (3 * width + 1))
    rows = b"".join(b"\0" + noise.randbytes(3 * width) for _ in range(height))
    head = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    chunks = ((b"IHDR", head), (b"IDAT", zlib.compress(rows, 0)), (b"IEND", b""))
    return b"\x89PNG\r\n\x1a\n" + b"".join(
        struct.pack(">I", len(data))
        + name
        + data
        + struct.pack(">I", zlib.crc32(name + data))
        for name, data in chunks
    )


def uri(seed: int) -> str:
    """A picture of 0.3 to 1.2 MB, as a data URI."""
    size = random.Random(~seed).randrange(300_000, 1_200_000)
    return "data:image/png;base64," + base64.b64encode(png(seed, size)).decode()


def line(kind: str, payload: object) -> bytes:
    """One record."""
    record = {"timestamp": "2026-03-01T09:30:00.000Z", "type": kind, "payload": payload}
    text = json.dumps(record, ensure_ascii=False, separators=(",", ":"))
    return text.encode() + b"\n"


def message(text: str, pictures: list[str]) -> dict[str, object]:
    """A user's message."""
    content = [{"type": "input_text", "text": text}]
    content += [{"type": "input_image", "image_url": url} for url in pictures]
    return {"type": "message", "role": "user", "content": content}


def records(size: int) -> Iterator[bytes]:
    """The log's lines, up to about this many bytes."""
    r = random.Random(1)
    texts = [" ".join(r.choices(WORDS, k=r.randrange(20, 1500))) for _ in range(3000)]
    done = said = seen = 0
    yield line("session_meta", {"id": "0199-bench", "cwd": "/x", "cli_version": "0.1"})
    last: list[int] = []
    while done < size:
        if said < done * TEXT_SHARE or not done:
            text = line("response_item", message(r.choice(texts), []))
            said += len(text)
        elif len(last) == 20 and r.random() < 0.009:
            history = [message("again", [uri(seed)]) for seed in last]
            text = line("compacted", {"message": "", "replacement_history": history})
        else:
            again = seen and r.random() < REPEATS
            seed = r.randrange(seen) if again else seen
            seen += not again
            last = [*last, seed][-20:]
            text = line("response_item", message("look", [uri(seed)]))
        done += len(text)
        yield text


def write_log(path: Path, size: int = LOG) -> None:
    """Write a session log."""
    with path.open("wb") as file:
        for record in records(size):
            file.write(record)


def write_text(path: Path, size: int) -> None:
    """Write a log without a picture."""
    r = random.Random(2)
    texts = [
        line("response_item", message(" ".join(r.choices(WORDS, k=700)), []))
        for _ in range(2000)
    ]
    with path.open("wb") as file:
        while file.tell() < size:
            file.writelines(texts)


def write_single(path: Path, size: int) -> None:
    """Write a document with a single payload of this many bytes of text."""
    picture = base64.b64encode(png(1, size // 4 * 3))
    path.write_bytes(b'{"url":"data:image/png;base64,' + picture + b'"}\n')


def write_many(folder: Path, count: int) -> None:
    """Write small pages, a third of them with a picture."""
    for i in range(count):
        sub = folder / f"{i // 500:02}"
        sub.mkdir(parents=True, exist_ok=True)
        text = f"<p>page {i}</p>\n" * 40
        if i % 3 == 0:
            picture = base64.b64encode(png(i % 60, 2000)).decode()
            text += f'<img src="data:image/png;base64,{picture}">\n'
        (sub / f"{i}.html").write_text(text)


MAKERS = {
    "log": write_log,
    "text": write_text,
    "single": write_single,
    "many": write_many,
}


if __name__ == "__main__":
    kind, target, number = sys.argv[1:]
    MAKERS[kind](Path(target), int(number))

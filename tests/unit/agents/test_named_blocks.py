from pathlib import Path

import pytest

from assetstore.agents.find import find_threads
from assetstore.agents.named_blocks import named_spans
from assetstore.agents.reading import read_thread
from assetstore.agents.request import BlockName
from assetstore.errors import UsageError
from support.claude_records import answer, text, user
from support.homes import SESSION
from support.samples import lines
from support.stores import memory_store


def spans(folder: Path, log: bytes, name: BlockName) -> list[bytes]:
    path = folder / f"{SESSION}.jsonl"
    path.write_bytes(log)
    (thread,) = find_threads([path])
    found = named_spans(memory_store(), read_thread(thread), name)
    return [log[span.start : span.end] for span in found]


LOG = lines(
    user(None, "1", [text("a"), text("b")]),
    user("1", "2", [text("c")]),
    answer("2", "3", text("d")),
)


@pytest.mark.parametrize(
    ("name", "texts"),
    [
        ((0, 1, None), ["a"]),
        ((0, 2, None), ["b"]),
        ((0, 3, None), ["c"]),
        ((0, None, None), ["a", "b", "c"]),
        ((1, 0, None), ["d"]),
    ],
)
@pytest.mark.parametrize("front", [b"", b"\xef\xbb\xbf", b"\0" * 70_000, b" \n\t"])
def test_the_bytes_of_a_block(
    tmp_path: Path, name: BlockName, texts: list[str], front: bytes
) -> None:
    found = spans(tmp_path, front + LOG, name)
    assert found == [b'{"type":"text","text":"%b"}' % t.encode() for t in texts]


@pytest.mark.parametrize("name", [(0, 0, None), (0, 4, None), (3, 0, None)])
def test_what_is_not_in_the_log_is_said(tmp_path: Path, name: BlockName) -> None:
    with pytest.raises(UsageError, match="the log has no block"):
        spans(tmp_path, LOG, name)

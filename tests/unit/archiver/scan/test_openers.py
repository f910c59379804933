"""What opens the string around a payload."""

from pathlib import Path

import pytest

from assetstore.archiver.scan.openers import of_text, of_uri
from assetstore.files.source import Source, Window


@pytest.mark.parametrize(
    ("front", "opened"),
    [
        (b'x = "', (b'"', 0)),
        (b'{\\"a\\":\\\\\\"', (b'"', 3)),
        (b"`", (b"`", 0)),
        (b"a=&quot;", (b"&quot;", 0)),
        (b"a=&amp;#34;", (b"&amp;#34;", 0)),
        (b"?u=%22", (b"%22", 0)),
        (b"<data>", (b"", 0)),
        (b"a: ", (b"", 0)),
        (b"", (b"", 0)),
        (b"word", None),
        (b"a/", None),
    ],
)
def test_bare_text(front: bytes, opened: tuple[bytes, int] | None) -> None:
    assert of_text(front) == opened


@pytest.mark.parametrize(
    ("front", "opened"),
    [
        (b'src="', (b'"', 0)),
        (b'{\\"a\\":\\"', (b'"', 1)),
        (b"url(&quot;", (b"&quot;", 0)),
        (b"url(", (b")", 0)),
        (b"](", (b")", 0)),
        (b"src=", (b"", 0)),
        (b"", (b"", 0)),
    ],
)
def test_a_uri(tmp_path: Path, front: bytes, opened: tuple[bytes, int]) -> None:
    path = tmp_path / "a"
    path.write_bytes(front + b"data:")
    with Source.open(path) as source:
        assert of_uri(Window(source), len(front)) == opened

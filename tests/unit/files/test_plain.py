"""What is no plain file is neither waited for nor followed."""

import os
from pathlib import Path

import pytest

from assetstore.files.plain import open_plain


def test_a_plain_file_is_read(tmp_path: Path) -> None:
    (tmp_path / "file").write_bytes(b"words")
    with open_plain(tmp_path / "file") as file:
        assert file.read() == b"words"


@pytest.mark.skipif(os.name == "nt", reason="links and FIFOs")
def test_what_is_none(tmp_path: Path) -> None:
    (tmp_path / "file").write_bytes(b"words")
    (tmp_path / "link").symlink_to("file")
    (tmp_path / "folder").mkdir()
    os.mkfifo(tmp_path / "fifo")
    for name in ("link", "folder", "fifo", "nothing", "/dev/zero"):
        with pytest.raises(OSError):  # noqa: PT011 each in its own words
            open_plain(tmp_path / name)
    with open_plain(tmp_path / "link", follow=True) as file:
        assert file.read() == b"words"

"""Who has a file open."""

import os
from pathlib import Path

import pytest

from assetstore.files import in_use
from support.held import held


@pytest.mark.parametrize("proc", [True, False], ids=["/proc", "psutil"])
def test_a_writer_is_named(tmp_path: Path, proc: bool) -> None:
    path = tmp_path / "log"
    path.write_bytes(b"x")
    seen = path.stat()
    file = seen.st_dev, seen.st_ino
    with held(path) as holder:
        found = in_use._open_files({file}) if proc else in_use._asked({file})
        assert [(f, int(p)) for f, p, _ in found] == [(file, holder)]
        assert in_use.written_by_others({file}) == {file: holder}
        assert f"process {holder}" in in_use.opened_by_others(path)
    assert in_use.written_by_others({file}) == {}
    assert in_use.called(os.getpid()).startswith("py")

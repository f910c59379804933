"""Who has a file open."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from assetstore import guard

HOLD = "import sys; f = open(sys.argv[1], 'ab'); print('open', flush=True); input()"


@pytest.mark.parametrize("proc", [True, False], ids=["/proc", "psutil"])
def test_a_writer_is_named(tmp_path: Path, proc: bool) -> None:
    path = tmp_path / "log"
    path.write_bytes(b"x")
    seen = path.stat()
    file = seen.st_dev, seen.st_ino
    with subprocess.Popen(
        [sys.executable, "-c", HOLD, str(path)],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
    ) as holder:
        assert holder.stdout is not None
        holder.stdout.readline()
        found = guard._open_files({file}) if proc else guard._asked({file})
        assert [(f, int(p)) for f, p, _ in found] == [(file, holder.pid)]
        assert guard.written_by_others({file}) == {file: holder.pid}
        assert f"process {holder.pid}" in guard.opened_by_others(path)
        holder.communicate(b"\n")
    assert guard.written_by_others({file}) == {}
    assert guard.called(os.getpid()).startswith("py")

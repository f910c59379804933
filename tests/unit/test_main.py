"""The script: what it does itself, before the command line is imported."""

import subprocess
import sys

import pytest

from assetstore.version import __version__


@pytest.mark.parametrize("word", ["--version", "-V"])
def test_the_version_is_said_without_the_command_line(word: str) -> None:
    script = (
        "import sys, assetstore.__main__ as program\n"
        f"sys.argv = ['assetstore', {word!r}]\n"
        "try:\n    program.main()\n"
        "except SystemExit as end:\n"
        "    sys.exit(end.code or 'click' in sys.modules)"
    )
    ran = subprocess.run(
        [sys.executable, "-c", script], capture_output=True, check=False
    )
    assert ran.stdout.decode().split() == ["assetstore", __version__]
    assert (ran.returncode, ran.stderr) == (0, b"")


@pytest.mark.skipif(sys.platform != "linux", reason="/dev/full")
def test_a_version_that_cannot_be_written_is_told() -> None:
    with open("/dev/full", "wb") as full:  # noqa: PTH123 a device
        ran = subprocess.run(
            [sys.executable, "-m", "assetstore", "--version"],
            stdout=full,
            stderr=subprocess.PIPE,
            check=False,
        )
    assert ran.returncode == 1
    assert b"No space left on device" in ran.stderr

"""The scripts that shells complete with: they can be read."""

import shutil
import subprocess

import pytest

from assetstore.cli import completion_scripts


@pytest.mark.parametrize(
    ("shell", "script"),
    [
        ("bash", completion_scripts.BASH),
        ("zsh", completion_scripts.ZSH),
        ("fish", completion_scripts.FISH),
    ],
)
def test_a_shell_reads_its_script(shell: str, script: str) -> None:
    program = shutil.which(shell)
    if program is None:
        pytest.skip(f"there is no {shell} here")
    words = [program, "--no-execute"] if shell == "fish" else [program, "-n"]
    done = subprocess.run(
        words, input=script, text=True, capture_output=True, check=False
    )
    assert (done.returncode, done.stderr) == (0, "")
    assert f"_ASSETSTORE_COMPLETE={shell}_complete" in script

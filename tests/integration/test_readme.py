"""What the README shows in Python is what happens; test_pages.py has its commands."""

import re
import shutil
import subprocess
import sys
from pathlib import Path

from support.program import Program

ROOT = Path(__file__).parents[2]
README = (ROOT / "README.md").read_text("utf-8")


def test_the_python_example(program: Program) -> None:
    found = re.search(r"```python\n(.*?)```", README, re.DOTALL)
    assert found is not None
    source = ROOT / "fixtures" / "documents" / "rollout.jsonl"
    demo = program.folder / "demo.jsonl"
    shutil.copyfile(source, demo)
    done = subprocess.run(
        [sys.executable, "-c", found[1]],
        cwd=program.folder,
        env=program.environment,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.stderr == ""
    sizes, *images = done.stdout.splitlines()
    before, after = map(int, sizes.split())
    assert before == source.stat().st_size > 10 * after
    assert len(images) > 2
    assert images[0].startswith("image/png ")
    assert demo.read_bytes() == source.read_bytes()

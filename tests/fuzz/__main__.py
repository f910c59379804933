"""Fuzz one target with atheris, which has to be installed (``pip install atheris``).

    python -m tests.fuzz roundtrip --seconds 240

It begins with the committed corpus and works on a copy; ``--corpus DIR`` keeps what
it finds. An input that breaks a target is printed, and is to be committed.
"""

import argparse
import importlib
import shutil
import sys
import tempfile
from pathlib import Path
from typing import Any

HERE = Path(__file__).parent
sys.path[:0] = [str(HERE.parents[1]), str(HERE.parent)]


def main() -> None:
    """Run libFuzzer, which ends the process."""
    atheris: Any = importlib.import_module("atheris")

    with atheris.instrument_imports(include=["assetstore", "fuzz"]):
        from fuzz.targets import TARGETS

    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("target", choices=sorted(TARGETS))
    parser.add_argument("--seconds", type=int, default=60)
    parser.add_argument("--corpus", type=Path)
    given = parser.parse_args()
    corpus = given.corpus or Path(tempfile.mkdtemp(prefix="assetstore-fuzz-"))
    shutil.copytree(HERE / "corpus" / given.target, corpus, dirs_exist_ok=True)
    target = TARGETS[given.target]
    words = [
        sys.argv[0],
        f"-max_total_time={given.seconds}",
        "-max_len=4096",
        "-timeout=20",
        "-rss_limit_mb=1500",
        "-print_final_stats=1",
        f"-artifact_prefix={corpus}/../{given.target}-",
        str(corpus),
    ]
    atheris.Setup(words, target)
    atheris.Fuzz()


if __name__ == "__main__":
    main()

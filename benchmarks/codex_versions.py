"""What holds with which version of Codex, as a table.

    python -m benchmarks.codex_versions [--versions 0.171.0,0.98.0] [-k SCENARIO]

Runs the tests of `tests/real_client` that Codex takes part in with each version that is
known, and prints a line a scenario. Exits with 1 where anything failed.
"""

import argparse
import os
import re
import subprocess
import sys
import tempfile
import xml.etree.ElementTree as ElementTree
from pathlib import Path

HERE = Path(__file__).parent
sys.path.insert(0, str(HERE.parent / "tests"))

from support.codex import VERSIONS  # noqa: E402

_VERSION = re.compile(r"\d+\.\d+\.\d+")
_SIGNS = {"failure": "FAILED", "error": "FAILED", "skipped": "-"}
Table = dict[str, dict[str, str]]


def ran(versions: str, wanted: str, report: Path) -> None:
    """Run the tests, and let them write what became of them."""
    tests = HERE.parent / "tests" / "real_client"
    words = ["-m", "pytest", "-q", "-n", "2", f"--junitxml={report}", str(tests)]
    only = "not claude" + (f" and ({wanted})" if wanted else "")
    subprocess.run(
        [sys.executable, *words, "-k", only],
        env={**os.environ, "ASSETSTORE_TEST_CODEX_VERSIONS": versions},
        cwd=HERE.parent,
        check=False,
    )


def table(report: Path) -> Table:
    """What became of each scenario, by version."""
    found: Table = {}
    for case in ElementTree.parse(report).iter("testcase"):  # noqa: S314 pytest wrote it
        name, _, parameters = case.get("name", "").partition("[")
        version = _VERSION.search(parameters)
        if version is None:
            continue
        more = parameters.rstrip("]").replace(version[0], "").strip("-")
        scenario = name.removeprefix("test_").replace("_", " ")
        scenario += f" ({more})" if more else ""
        signs = [sign for tag, sign in _SIGNS.items() if case.find(tag) is not None]
        found.setdefault(scenario, {})[version[0]] = signs[0] if signs else "ok"
    return found


def written(found: Table, versions: list[str]) -> str:
    """The table, in Markdown."""
    lines = [
        f"| Scenario | {' | '.join(versions)} |",
        "|---" * (len(versions) + 1) + "|",
    ]
    for scenario, by_version in sorted(found.items()):
        cells = [by_version.get(version, "") for version in versions]
        lines.append(f"| {scenario} | {' | '.join(cells)} |")
    return "\n".join(lines)


def main() -> None:
    """Run, and print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--versions", default=",".join(VERSIONS))
    parser.add_argument("-k", default="", dest="wanted")
    given = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="codex-versions-") as folder:
        report = Path(folder) / "report.xml"
        ran(given.versions, given.wanted, report)
        found = table(report)
    print(written(found, given.versions.split(",")))
    cells = [cell for by_version in found.values() for cell in by_version.values()]
    sys.exit(not cells or "FAILED" in cells)


if __name__ == "__main__":
    main()

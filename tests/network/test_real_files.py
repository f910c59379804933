"""Files that others wrote, from packages of PyPI and npm."""

import io
import re
import subprocess
import sys
import tarfile
import urllib.error
import urllib.request
import zipfile
from collections.abc import Callable
from pathlib import Path

import pytest

from support.program import Program

pytestmark = pytest.mark.network
Fetch = Callable[[str], dict[str, bytes]]

NPM = "https://registry.npmjs.org/{0}/-/{0}-{1}.tgz"
PAYLOAD = re.compile(
    rb"data:image/[a-z+.-]+(?:;[a-z0-9=-]+)*,[^\"')\s\\]{100}"
    rb"|\"image/(?:png|jpeg)\": ?\"[A-Za-z0-9+/]{100}",
    re.IGNORECASE,
)


@pytest.fixture
def npm(request: pytest.FixtureRequest) -> Fetch:
    """The files of an npm package, cached between runs."""

    def fetch(package: str) -> dict[str, bytes]:
        name, _, version = package.partition("@")
        assert request.config.cache is not None
        kept = request.config.cache.mkdir("packages") / f"{package}.tgz"
        if not kept.exists():
            try:
                with urllib.request.urlopen(NPM.format(name, version), timeout=60) as r:  # noqa: S310 addresses of this file
                    kept.write_bytes(r.read())
            except (urllib.error.URLError, TimeoutError) as e:
                pytest.skip(f"the npm registry is out of reach: {e}")
        with tarfile.open(fileobj=io.BytesIO(kept.read_bytes())) as tar:
            files = {m.name: tar.extractfile(m) for m in tar if m.isfile()}
            return {name: file.read() for name, file in files.items() if file}

    return fetch


@pytest.fixture
def pypi(request: pytest.FixtureRequest) -> Fetch:
    """The files of a wheel, cached between runs."""

    def fetch(package: str) -> dict[str, bytes]:
        assert request.config.cache is not None
        folder = request.config.cache.mkdir("packages")
        pattern = package.replace("==", "-") + "-*.whl"
        if not list(folder.glob(pattern)):
            pip = [sys.executable, "-m", "pip", "download", "-q", "--no-deps"]
            done = subprocess.run(
                [*pip, "--only-binary=:all:", "-d", folder, package],
                capture_output=True,
                text=True,
                check=False,
            )
            if done.returncode:
                pytest.skip(f"PyPI is out of reach: {done.stderr[-200:]}")
        [wheel] = folder.glob(pattern)
        with zipfile.ZipFile(wheel) as archive:
            return {n: archive.read(n) for n in archive.namelist() if n[-1] != "/"}

    return fetch


def check(
    program: Program, files: dict[str, bytes], *, least: int, include: str = "*"
) -> None:
    """Archive files, look at what is left and why, restore them."""
    folder = program.folder / "package"
    for name, data in files.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(data)
    words = ["--include", include, "--json", "--jobs", "2"]
    archived = program("archive", folder, *words)
    assert archived.code == 0, archived.err
    totals = archived.result["totals"]
    assert totals["failed"] == 0
    skipped = {
        Path(file["path"]).name: file["reason"]
        for file in archived.result["files"]
        if file["status"] == "skipped"
    }
    # A source map gives columns of a file, and names that file: both stay.
    assert all("source map" in why for why in skipped.values()), skipped
    assert totals["payloads"] >= least
    left = {
        name: found[0][:60]
        for name in files
        if name.rpartition("/")[2] not in skipped
        if (found := PAYLOAD.findall((folder / name).read_bytes()))
    }
    assert left == {}
    assert program("verify", "--read-data").code == 0
    restored = program("restore", folder)
    assert restored.code == 0, restored.err
    for name, data in files.items():
        assert (folder / name).read_bytes() == data, name


def test_bootstrap(npm: Fetch, program: Program) -> None:
    files = npm("bootstrap@5.3.3")
    check(program, {n: d for n, d in files.items() if "/dist/css/" in n}, least=200)


def test_ace(npm: Fetch, program: Program) -> None:
    files = npm("ace-builds@1.36.2")
    wanted = {n: d for n, d in files.items() if "/src-noconflict/" in n}
    themes = {n: d for n, d in wanted.items() if "theme" in n}
    check(program, themes, least=30, include="*.js")


def test_notebooks(pypi: Fetch, program: Program) -> None:
    files = pypi("nbdime==4.0.2")
    wanted = {n: d for n, d in files.items() if Path(n).suffix == ".ipynb"}
    assert len(wanted) > 5
    check(program, wanted, least=5)

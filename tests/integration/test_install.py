"""What is said to get a package does get it, however the program was installed.

Installs from this checkout by pip, uv, ``uv tool``, ``uvx`` and pipx, each with folders
of its own, and runs what the program says: ``ASSETSTORE_TEST_INSTALL=1``.
"""

import os
import shlex
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
pytestmark = pytest.mark.skipif(
    os.name != "posix" or not os.environ.get("ASSETSTORE_TEST_INSTALL"),
    reason="installs from an index; ASSETSTORE_TEST_INSTALL=1",
)


@pytest.fixture(scope="module")
def tools(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with uv and pipx."""
    folder = tmp_path_factory.mktemp("tools")
    subprocess.run([sys.executable, "-m", "venv", folder], check=True)
    python = str(folder / "bin" / "python")
    subprocess.run([python, "-m", "pip", "install", "-q", "uv", "pipx"], check=True)
    return folder / "bin"


@pytest.fixture(scope="module")
def wheel(tools: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("wheel")
    build = ["build", "-q", "--wheel", "--out-dir", str(folder), str(ROOT)]
    subprocess.run([str(tools / "uv"), *build], check=True)
    (made,) = folder.glob("*.whl")
    return made


class Machine:
    """A home in which tools install, and commands are run."""

    def __init__(self, home: Path, tools: Path):
        self.home = home
        names = ("ASSETSTORE", "XDG_", "UV_TOOL", "PIPX", "VIRTUAL_ENV", "PYTHONPATH")
        kept = {k: v for k, v in os.environ.items() if not k.startswith(names)}
        local = home / ".local" / "bin"
        self.environment = {
            **kept,
            "HOME": str(home),
            "UV_CACHE_DIR": str(tools.parent / "cache"),  # for all that are installed
            "PATH": f"{local}{os.pathsep}{tools}{os.pathsep}{os.environ['PATH']}",
        }

    def __call__(self, *words: str | Path) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            words,
            cwd=self.home,
            env=self.environment,
            capture_output=True,
            text=True,
            check=False,
        )

    def must(self, *words: str | Path) -> str:
        done = self(*words)
        assert done.returncode == 0, (words, done.stdout, done.stderr)
        return done.stdout


WAYS: dict[str, list[list[str | Path]]] = {
    "checkout": [["python3", "-m", "venv", "v"], ["v/bin/pip", "install", "-e", ROOT]],
    "wheel": [["python3", "-m", "venv", "v"], ["v/bin/pip", "install", "WHEEL"]],
    "uv": [
        ["uv", "venv", "v"],
        ["uv", "pip", "install", "-p", "v/bin/python", "WHEEL"],
    ],
    "uv tool": [["uv", "tool", "install", "--with", "iniconfig>=2", "WHEEL"]],
    "uv tool, a checkout": [["uv", "tool", "install", "--editable", ROOT]],
    "pipx": [["pipx", "install", "WHEEL"]],
    "uvx": [],
}


@pytest.mark.parametrize("way", WAYS)
def test_what_is_said_to_be_run_works(
    way: str, tools: Path, wheel: Path, tmp_path: Path
) -> None:
    machine = Machine(tmp_path, tools)
    for words in WAYS[way]:
        machine.must(*(wheel if word == "WHEEL" else word for word in words))
    program: list[str | Path] = ["assetstore"]
    if WAYS[way] and WAYS[way][0][-1] == "v":
        program = ["v/bin/assetstore"]
    elif way == "uvx":
        program = ["uvx", "-q", "--from", wheel, "assetstore"]
    machine.must(*program, "init")
    lacking = machine(*program, "optimize")
    assert lacking.returncode == 1
    said = lacking.stderr.partition("hint: Install what is missing: ")[2].strip()
    assert "assetstore[" not in said
    get = shlex.split(said)
    if way == "uvx":
        program = [*get[:-1], "-q", *get[-1:]]  # it runs assetstore with them
    else:
        machine.must(*get)
    assert "coded 0 packs" in machine.must(*program, "optimize")
    if way == "uv tool":
        receipt = tmp_path / ".local/share/uv/tools/assetstore/uv-receipt.toml"
        assert "iniconfig" in receipt.read_text("utf-8")
    text = machine.must(*program, "docs", "recovery")
    assert text == (ROOT / "docs" / "recovery.md").read_text("utf-8")

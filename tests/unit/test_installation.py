"""What a hint says to run is what works where the program is installed."""

import importlib.metadata
import importlib.util
import json
import shlex
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from assetstore import installation
from assetstore.installation import Installation, find_installation, how_to_get

PYTHON = "/env/bin/python"


@pytest.fixture(autouse=True)
def _asked_anew() -> Iterator[None]:
    how_to_get.cache_clear()
    yield
    how_to_get.cache_clear()


class Distribution:
    """What is installed, as far as it is asked for."""

    def __init__(self, origin: str | None):
        self._origin = origin

    def read_text(self, name: str) -> str | None:
        assert name == "direct_url.json"
        return self._origin


def came_from(patch: pytest.MonkeyPatch, origin: object) -> None:
    text = None if origin is None else json.dumps(origin)
    patch.setattr(importlib.metadata, "distribution", lambda _: Distribution(text))


def found(prefix: Path) -> Installation:
    return find_installation(prefix, PYTHON)


def test_a_plain_environment_takes_packages_by_its_own_pip(tmp_path: Path) -> None:
    (tmp_path / "pyvenv.cfg").write_text("home = /usr/bin\nversion = 3.12.1\n")
    here = found(tmp_path)
    assert here.way == "pip"
    assert here.command(["numpy>=2.0", "mcp"]) == (
        f"{PYTHON} -m pip install 'numpy>=2.0' mcp"
    )


def test_one_that_uv_made_has_no_pip(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "pyvenv.cfg").write_text("home = /usr/bin\nuv = 0.9.1\n")
    monkeypatch.setattr(importlib.util, "find_spec", lambda _: None)
    assert found(tmp_path).command(["mcp>=2.0"]) == (
        f"uv pip install --python {PYTHON} 'mcp>=2.0'"
    )
    assert how_to_get("view", "markdown_it").endswith(" 'markdown-it-py>=4.0'")
    monkeypatch.undo()  # where pip was put into it, pip does
    monkeypatch.setattr(importlib.util, "find_spec", lambda _: object())
    assert found(tmp_path).way == "pip"


def test_pipx_keeps_account_of_what_it_put_in(tmp_path: Path) -> None:
    venv = tmp_path / "venvs" / "assetstore-next"  # pipx install --suffix
    venv.mkdir(parents=True)
    (venv / "pipx_metadata.json").write_text("{}")
    assert found(venv).command(["mcp>=2.0"]) == (
        "pipx inject assetstore-next 'mcp>=2.0'"
    )


@pytest.mark.parametrize(
    ("own", "told"),
    [
        ('directory = "/src/a b"', "'/src/a b'"),
        ('editable = "/src"', "--editable /src"),
        ('path = "/d/assetstore-1.0-py3-none-any.whl"', "/d/assetstore-1.0-py3"),
        ('git = "https://example.org/a?rev=v1"', "'git+https://example.org/a?rev=v1'"),
        ('specifier = ">=1.0"', "assetstore"),
    ],
)
def test_a_tool_of_uv_is_made_anew_with_all_that_it_had(
    tmp_path: Path, own: str, told: str
) -> None:
    (tmp_path / "uv-receipt.toml").write_text(
        f'[tool]\nrequirements = [{{ name = "assetstore", {own} }},\n'
        '  { name = "zlib-ng", specifier = ">=1.0" }, { name = "tqdm" }]\n'
    )
    command = found(tmp_path).command(["mcp>=2.0"])
    before, _, source = command.partition(" 'zlib-ng>=1.0,tqdm,mcp>=2.0' ")
    assert before == "uv tool install --with"
    assert source.startswith(told)


def test_a_receipt_that_is_damaged_is_none(tmp_path: Path) -> None:
    (tmp_path / "uv-receipt.toml").write_text("tool = 1")
    assert found(tmp_path).way == "pip"


def test_what_uvx_runs_is_run_with_more(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    venv = tmp_path / "archive-v0" / "x1"
    venv.mkdir(parents=True)
    (venv / "pyvenv.cfg").write_text("uv = 0.9.1\n")
    came_from(monkeypatch, {"url": "file:///src/a%20b", "dir_info": {}})
    assert found(venv).command(["mcp>=2.0"]) == (
        "uvx --with 'mcp>=2.0' --from '/src/a b' assetstore"
    )


@pytest.mark.parametrize(
    ("origin", "source", "editable"),
    [
        (None, "assetstore", False),
        ({"url": "file:///src", "dir_info": {"editable": True}}, "/src", True),
        (
            {"url": "https://e.org/r", "vcs_info": {"vcs": "git"}},
            "git+https://e.org/r",
            False,
        ),
        ({"url": "https://e.org/a.whl"}, "https://e.org/a.whl", False),
    ],
)
def test_where_it_came_from(
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    origin: object,
    source: str,
    editable: bool,
) -> None:
    came_from(monkeypatch, origin)
    here = found(tmp_path)
    assert (here.source, here.editable) == (source, editable)


def test_what_is_missing_of_an_extra_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    real = importlib.metadata.distribution

    def lacking(name: str) -> importlib.metadata.Distribution:
        if name in ("numpy", "zlib-ng"):
            raise importlib.metadata.PackageNotFoundError(name)
        return real(name)

    monkeypatch.setattr(importlib.metadata, "distribution", lacking)
    named = shlex.split(how_to_get("codecs"))
    assert [word.partition(">=")[0] for word in named[-2:]] == ["numpy", "zlib-ng"]
    assert not any("cramjam" in word or "assetstore[" in word for word in named)
    assert how_to_get("codecs", "zlib_ng").endswith(" 'zlib-ng>=1.0'")
    monkeypatch.undo()  # where nothing is, all of it: some may be too old
    how_to_get.cache_clear()
    assert how_to_get("codecs").count(">=") == 4


def test_a_checkout_that_was_never_installed_is_told_by_python(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def nothing(name: str) -> importlib.metadata.Distribution:
        raise importlib.metadata.PackageNotFoundError(name)

    monkeypatch.setattr(importlib.metadata, "distribution", nothing)
    monkeypatch.setattr(importlib.metadata, "requires", nothing)
    assert find_installation(tmp_path).python == sys.executable
    root = Path(installation.__file__).parents[1]
    assert shlex.split(how_to_get("codecs"))[-1] == f"{root}[codecs]"

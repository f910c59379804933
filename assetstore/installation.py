"""How the running program was installed, and so how more gets beside it.

No index is relied on to know assetstore: what is missing are packages of others, and
the tool that made this environment can put them into it, whether assetstore came from
a checkout, a wheel or an index.
"""

import importlib.metadata
import importlib.util
import json
import re
import sys
import tomllib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cache
from pathlib import Path
from typing import Any, Literal
from urllib.parse import unquote, urlsplit
from urllib.request import url2pathname

from assetstore.command_line import quoted

NAME = "assetstore"
# What is imported by another name than it is installed by, apart from dashes.
_INSTALLED_AS = {"markdown_it": "markdown-it-py"}
Way = Literal["pip", "pipx", "uv", "uv tool", "uvx"]


@dataclass(frozen=True, slots=True)
class Installation:
    """An installed program.

    Attributes:
        way: What manages its environment: "pip", "pipx", "uv" (an environment that uv
            made, in which there is no pip), "uv tool" or "uvx".
        prefix: The environment's folder.
        python: Its interpreter.
        source: What was installed: a folder, a file or a URL, or the package's name
            where it came from an index.
        editable: Whether the source is a checkout that is used as it is.
        beside: What uv's receipt has in the environment apart from assetstore.
    """

    way: Way
    prefix: Path
    python: str
    source: str = NAME
    editable: bool = False
    beside: tuple[str, ...] = ()

    def command(self, wanted: Sequence[str]) -> str:
        """Give the command that puts packages into the program's environment.

        Args:
            wanted: Requirements, such as "numpy>=2.0".
        """
        words: list[str]
        together = ",".join([*self.beside, *wanted])
        if self.way == "pipx":
            words = ["pipx", "inject", self.prefix.name, *wanted]
        elif self.way == "uv tool":
            # uv makes the environment anew from what it is told: all of it, each time.
            source = ["--editable", self.source] if self.editable else [self.source]
            words = ["uv", "tool", "install", "--with", together, *source]
        elif self.way == "uvx":
            words = ["uvx", "--with", together, "--from", self.source, NAME]
        elif self.way == "uv":
            words = ["uv", "pip", "install", "--python", self.python, *wanted]
        else:
            words = [self.python, "-m", "pip", "install", *wanted]
        return " ".join(quoted(word) for word in words)


@cache  # it is asked for once a blob that cannot be read
def how_to_get(extra: str, *modules: str) -> str:
    """Give the command that installs what is missing of an extra.

    Args:
        extra: Its name, as in pyproject.toml.
        modules: What is wanted of it, by the names that it is imported by; else all.
    """
    known = requirements(extra)
    if modules:
        names = set(map(package_name, modules))
        known = [each for each in known if _name(each) in names]
    if not known:  # a checkout on the module path that nobody installed
        known = [f"{Path(__file__).parents[1]}[{extra}]"]
    return find_installation().command(_missing(known) or known)


def package_name(module: str) -> str:
    """Give the name that a package is installed by.

    Args:
        module: The name that it is imported by.
    """
    return _INSTALLED_AS.get(module, module.replace("_", "-"))


def requirements(extra: str) -> list[str]:
    """List what an extra takes, such as "numpy>=2.0"; [] where that is not known."""
    try:
        every = importlib.metadata.requires(NAME) or []
    except importlib.metadata.PackageNotFoundError:
        return []
    marker = re.compile(rf"""extra\s*==\s*["']{re.escape(extra)}["']""")
    parts = [each.partition(";") for each in every]
    return [name.strip() for name, _, rest in parts if marker.search(rest)]


def _name(requirement: str) -> str:
    found = re.match(r"[\w.-]+", requirement)
    return found[0] if found else requirement


def _missing(known: Sequence[str]) -> list[str]:
    missing = []
    for requirement in known:
        try:
            importlib.metadata.distribution(_name(requirement))
        except importlib.metadata.PackageNotFoundError:
            missing.append(requirement)
    return missing


def find_installation(
    prefix: Path | None = None, python: str | None = None
) -> Installation:
    """Tell how the running program was installed.

    Args:
        prefix: The folder of its environment, if not this one's.
        python: Its interpreter, if not this one.
    """
    here = Path(sys.prefix if prefix is None else prefix)
    source, editable = _origin()
    found = Installation(
        "pip", here, sys.executable if python is None else python, source, editable
    )
    if (here / "pipx_metadata.json").is_file():
        return replace(found, way="pipx")
    if receipt := _receipt(here / "uv-receipt.toml"):
        return _uv_tool(found, receipt)
    if _made_by_uv(here / "pyvenv.cfg"):
        # An environment of uvx is one of its cache, and takes nothing in.
        if any(part.startswith(("archive-v", "environments-v")) for part in here.parts):
            return replace(found, way="uvx")
        if importlib.util.find_spec("pip") is None:
            return replace(found, way="uv")
    return found


def _made_by_uv(config: Path) -> bool:
    try:
        lines = config.read_text("utf-8").splitlines()
    except (OSError, UnicodeDecodeError):
        return False
    return any(line.partition("=")[0].strip() == "uv" for line in lines)


def _receipt(path: Path) -> list[Mapping[str, Any]]:
    try:
        tool = tomllib.loads(path.read_text("utf-8"))["tool"]
        return [each for each in tool["requirements"] if "name" in each]
    except (OSError, ValueError, KeyError, TypeError):
        return []


def _uv_tool(found: Installation, receipt: list[Mapping[str, Any]]) -> Installation:
    """Take from uv's receipt what the environment was made of."""
    own = next((each for each in receipt if each["name"] == NAME), {})
    beside = [
        each["name"] + each.get("specifier", "")
        for each in receipt
        if each["name"] != NAME
    ]
    named = [own[key] for key in ("editable", "directory", "path", "url") if key in own]
    if "git" in own:
        named.append(f"git+{own['git']}")
    return replace(
        found,
        way="uv tool",
        source=str(named[0]) if named else NAME,
        editable="editable" in own,
        beside=tuple(beside),
    )


def _origin() -> tuple[str, bool]:
    """Tell where the package came from, and whether it is used there (PEP 610)."""
    try:
        text = importlib.metadata.distribution(NAME).read_text("direct_url.json")
        origin = json.loads(text or "{}")
        url = str(origin["url"])
    except (importlib.metadata.PackageNotFoundError, ValueError, KeyError, TypeError):
        return NAME, False
    editable = bool(origin.get("dir_info", {}).get("editable"))
    parts = urlsplit(url)
    if parts.scheme == "file":
        return url2pathname(unquote(parts.path)), editable
    kind = origin.get("vcs_info", {}).get("vcs")
    return (f"{kind}+{url}" if kind else url), editable

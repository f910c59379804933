"""Code in which nothing is a secret of anybody: what is redacted of it is a false alarm."""

import subprocess
import sys
import sysconfig
import tarfile
import zipfile
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

from assetstore.agents.redaction.redact import found_in

ROOT = Path(__file__).parents[2]
# Published packages that are about logins, headers and passwords; pinned, so that the
# figures are of the same code each time.
PYPI = ("django==5.2.8", "requests==2.32.5", "flask==3.1.2", "paramiko==4.0.0")
NPM = (
    "express@4.21.2",
    "jsonwebtoken@9.0.2",
    "passport@0.7.0",
    "axios@1.7.9",
    "next-auth@4.24.11",
)
_TEXT = (".py", ".pyi", ".js", ".mjs", ".ts", ".md", ".rst", ".txt", ".html", ".json")
_TEXT += (".toml", ".yml", ".yaml", ".cfg", ".sh", ".css")


def own() -> Iterator[tuple[str, str]]:
    """This repository's code and documents; its tests have secrets that are made up."""
    for folder in ("assetstore", "archiver", "restore", "store", "docs"):
        for path in sorted((ROOT / folder).rglob("*")):
            if path.suffix in _TEXT and "redaction" not in path.parts:
                yield str(path.relative_to(ROOT)), path.read_text("utf-8")


def standard_library() -> Iterator[tuple[str, str]]:
    """Python's own modules, without their tests."""
    folder = Path(sysconfig.get_path("stdlib"))
    for path in sorted(folder.rglob("*.py")):
        inner = path.relative_to(folder).parts
        if {"site-packages", "test", "tests"}.isdisjoint(inner):
            yield "/".join(inner), path.read_text("utf-8", "replace")


def published(cache: Path) -> Iterator[tuple[str, Iterator[tuple[str, str]]]]:
    """Each package's name and files, from a cache or a registry; none offline."""
    cache.mkdir(parents=True, exist_ok=True)
    for name in PYPI:
        file = _fetched(cache, name, "*.whl", _pip(name))
        if file is not None:
            yield name, _zipped(file)
    for name in NPM:
        file = _fetched(cache, name, "*.tgz", ("npm", "pack", "--silent", name))
        if file is not None:
            yield name, _tarred(file)


def _pip(name: str) -> tuple[str, ...]:
    words = ("download", "--quiet", "--no-deps", "--only-binary=:all:", name)
    return (sys.executable, "-m", "pip", *words)


def _fetched(
    cache: Path, name: str, pattern: str, words: tuple[str, ...]
) -> Path | None:
    folder = cache / name
    if not list(folder.glob(pattern)):
        folder.mkdir(exist_ok=True)
        try:
            subprocess.run(
                words, cwd=folder, check=True, capture_output=True, timeout=120
            )
        except (OSError, subprocess.SubprocessError):
            print(f"{name} could not be fetched", file=sys.stderr)
    return next(folder.glob(pattern), None)


def _zipped(file: Path) -> Iterator[tuple[str, str]]:
    with zipfile.ZipFile(file) as packed:
        for name in packed.namelist():
            if name.endswith(_TEXT):
                yield name, packed.read(name).decode("utf-8", "replace")


def _tarred(file: Path) -> Iterator[tuple[str, str]]:
    with tarfile.open(file) as packed:
        for member in packed:
            inner = packed.extractfile(member) if member.name.endswith(_TEXT) else None
            if inner is not None:
                yield member.name, inner.read().decode("utf-8", "replace")


def alarms(texts: Iterator[tuple[str, str]]) -> tuple[int, int, Counter[str]]:
    """Files, characters, and false alarms by rule."""
    files, size, rules = 0, 0, Counter[str]()
    for _, text in texts:
        files, size = files + 1, size + len(text)
        rules.update(found_in(text))
    return files, size, rules

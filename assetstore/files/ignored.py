"""What below a folder its owner would not mean by naming the folder.

What ignore files name (`.ignore` before `.gitignore`, the nearest first, as git and
ripgrep do), what other programs can make again (dependencies, caches, virtual
environments), programs' own source code, and the folders in which an agent keeps its
own things.
"""

import os
import re
from collections.abc import Callable, Collection, Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple, Protocol

from assetstore.files.linear_globs import linear
from assetstore.files.plain import open_plain
from assetstore.patterns import later

if TYPE_CHECKING:
    from pathspec import GitIgnoreSpec


_MADE_AGAIN = {
    "node_modules": "dependencies",
    "bower_components": "dependencies",
    "site-packages": "dependencies",
    "dist-packages": "dependencies",
    ".pnpm-store": "dependencies",
    ".yarn": "dependencies",
    ".cargo": "dependencies",
    ".gradle": "dependencies",
    ".m2": "dependencies",
    ".npm": "a cache",
    ".cache": "a cache",
    "__pycache__": "a cache",
    ".mypy_cache": "a cache",
    ".pytest_cache": "a cache",
    ".ruff_cache": "a cache",
    ".ipynb_checkpoints": "a cache",
    ".tox": "a virtual environment",
    ".nox": "a virtual environment",
    ".eggs": "dependencies",
}
_ENVIRONMENT = ("pyvenv.cfg", "conda-meta")
# https://bford.info/cachedir/
_CACHE_TAG = "CACHEDIR.TAG"
_CACHE_SIGNATURE = b"Signature: 8a477f597d28d172789f06886806bc55"
_LARGEST, _LONGEST_LINE = 1 << 18, 4096
_IGNORE_FILES = (".gitignore", ".ignore")
_EXCLUDES = later(r"^\s*excludesfile\s*=\s*\"?([^\"#;\n]+)", re.I | re.M)

CODE = "source code; --include takes it"
# Endings of programs: a placeholder in one changes what it does. Not of documents
# (.html, .css, .md, .json, .svg, .xml), in which it stands for a picture.
_CODE = """
    ada adb ads asm asp aspx astro awk bas bash bat c cc cjs cl clj cljc cljs cls cmake
    cmd coffee cpp cr cs cshtml csh cts cu cxx d dart diff el elm erb erl ex exs f f90
    fish frag fs fsi fsx gd glsl go gradle groovy h haml hh hpp hrl hs hxx inc inl ino
    java jl js jsp jsx ksh kt kts liquid lisp lua m m4 mjs mk ml mli mm mojo mts nim nix
    pas patch phtml php php3 php5 pl pm pro ps1 psd1 psm1 pug pxd py pyi pyw pyx qml r
    rake razor rb rkt rs s scala scm sed sh sol sv svelte swift t tcl ts tsx v vala vb
    vbs vert vhd vhdl vue wat zig zsh
"""
_ENDINGS = frozenset(f".{ending}" for ending in _CODE.split())


class Owned(Protocol):
    """A folder in which a program keeps its own files.

    Attributes:
        reason: What users are told of what is left alone in it.
    """

    @property
    def reason(self) -> str: ...  # noqa: D102

    def enters(self, way: str) -> bool:
        """Tell whether a folder may hold documents, by its way from the owned one."""

    def takes(self, way: str) -> bool:
        """Tell whether a file is a document, by its way from the owned folder."""


# Whose a folder is, by its path and, where they are known, the names in it.
Owner = Callable[[str, Collection[str] | None], Owned | None]


class _Rules(NamedTuple):
    """An ignore file.

    Attributes:
        spec: Its lines.
        base: The folder that they are written for, with a separator behind it.
        origin: The file.
    """

    spec: "GitIgnoreSpec"
    base: str
    origin: str


@dataclass(frozen=True, slots=True)
class Level:
    """A folder on the way down, with what is known of what may be below it.

    Attributes:
        ignore: Whether ignore files, caches and source code count.
        owner: Says whose a folder is.
        own: Rules of `.ignore` files, the nearest first.
        git: Rules of `.gitignore` files and git's excludes, the nearest first.
        owned: The program's folder that this one is in, or None.
        way: The way from there, with a slash behind it, or "".
    """

    ignore: bool = True
    owner: Owner | None = None
    own: tuple[_Rules, ...] = ()
    git: tuple[_Rules, ...] = ()
    owned: Owned | None = None
    way: str = ""

    def named(self, folder: str) -> "Level":
        """The level of a folder that the user named, with what is above it."""
        whole = os.path.abspath(folder)
        above = [whole, *map(str, Path(whole).parents)]
        if self.owner is not None:
            for place in above:
                if (owned := self.owner(place, None)) is not None:
                    way = whole[len(place) :].strip(os.sep)
                    way = way.replace(os.sep, "/") + "/" if way else ""
                    return replace(self, owned=owned, way=way)
        if not self.ignore:
            return self
        level = self
        root = next((n for n, f in enumerate(above) if _is_repository(f)), 0)
        for place in reversed(above[1 : root + 1]):
            level = level._with_files(place, (*_IGNORE_FILES, ".git"))
        # Who names a folder that is ignored means it.
        if root and level._ignored(whole + os.sep):
            return replace(self, own=(), git=())
        return level

    def inside(self, folder: str, names: Collection[str]) -> "Level":
        """The level of the files in a folder, once its names are known."""
        if self.owned is not None:
            return self
        owned = self.owner(folder, names) if self.owner is not None else None
        if owned is not None:
            return replace(self, owned=owned, way="")
        return self._with_files(folder, names) if self.ignore else self

    def leaves_folder(self, path: str, name: str) -> str:
        """Say why a folder in this one is not even entered; "": it is."""
        if self.owned is not None:
            return "" if self.owned.enters(f"{self.way}{name}") else self.owned.reason
        if not self.ignore:
            return ""
        reason = _MADE_AGAIN.get(name, "")
        if not reason and (self.own or self.git):
            reason = self._ignored(os.path.abspath(path) + os.sep)
        if reason and self.owner is not None and self.owner(path, None) is not None:
            return ""  # an agent's home: its logs are meant
        return reason

    def leaves_whole(self, folder: str, names: Collection[str]) -> str:
        """Say why nothing in a folder is touched, by what is in it; "": it may be."""
        if not self.ignore or self.owned is not None:
            return ""
        if any(name in names for name in _ENVIRONMENT):
            return "a virtual environment"
        return "a cache" if _CACHE_TAG in names and _is_cache(folder) else ""

    def leaves_file(self, entry: os.DirEntry[str], *, meant: bool) -> str:
        """Say why a file in this folder is left; "": it is not.

        Args:
            entry: The file.
            meant: Whether the user's globs name it: then it may be source code.
        """
        name = entry.name
        if self.owned is not None:
            return "" if self.owned.takes(f"{self.way}{name}") else self.owned.reason
        if not self.ignore:
            return ""
        if (self.own or self.git) and (
            reason := self._ignored(os.path.abspath(entry.path))
        ):
            return reason
        return CODE if not meant and _is_code(entry) else ""

    def below(self, name: str) -> "Level":
        """The level of a folder in this one."""
        if self.owned is None:
            return self
        return replace(self, way=f"{self.way}{name}/")

    def _with_files(self, folder: str, names: Collection[str]) -> "Level":
        own, git = self.own, self.git
        here = Path(folder)
        if ".git" in names:  # a repository knows nothing of what is around it
            git = tuple(_of_git(here))
        if ".gitignore" in names:
            git = (*_read_here(here / ".gitignore", here), *git)
        if ".ignore" in names:
            own = (*_read_here(here / ".ignore", here), *own)
        return replace(self, own=own, git=git)

    def _ignored(self, path: str) -> str:
        for rules in (*self.own, *self.git):
            way = path[len(rules.base) :].replace(os.sep, "/")
            found = rules.spec.check_file(way).include
            if found is not None:
                return f"ignored by {rules.origin}" if found else ""
        return ""


def _read(path: Path, folder: Path) -> Iterator[_Rules]:
    """The rules of an ignore file for a folder, if there are any."""
    try:
        spec = _compiled(_text(path))
    except (OSError, ValueError):
        return  # what cannot be read ignores nothing
    if spec.patterns:
        base = os.path.abspath(folder).rstrip(os.sep) + os.sep
        yield _Rules(spec, base, str(path))


def _read_here(path: Path, folder: Path) -> Iterator[_Rules]:
    """The rules of an ignore file that came with a folder, which leads nowhere else."""
    if not _leads_out(path, folder):
        yield from _read(path, folder)


def _text(path: Path) -> str:
    """The lines of an ignore file that are heeded.

    Raises:
        OSError: It cannot be read.
    """
    with open_plain(path, follow=True) as file:
        text = file.read(_LARGEST).decode("utf-8", "surrogateescape")
    return text if len(text) < _LARGEST else text.rpartition("\n")[0]


def _compiled(text: str) -> "GitIgnoreSpec":
    """Compile the lines of an ignore file.

    Raises:
        ValueError: One of them is none.
    """
    from pathspec import GitIgnoreSpec

    lines = [line for line in text.splitlines() if len(line) <= _LONGEST_LINE]
    spec = GitIgnoreSpec.from_lines(lines)
    patterns = []
    for pattern in spec.patterns:
        if pattern.regex is not None:
            source = linear(pattern.regex.pattern)
            if source != pattern.regex.pattern:
                pattern.regex = re.compile(source)
        patterns.append(pattern)
    return GitIgnoreSpec(patterns)


def _leads_out(path: Path, folder: Path) -> bool:
    """Tell whether a link leads from an ignore file to beside its own folder."""
    return not Path(os.path.realpath(path)).is_relative_to(os.path.realpath(folder))


def _of_git(folder: Path) -> Iterator[_Rules]:
    """A repository's own excludes, and those of its owner."""
    yield from _read_here(folder / ".git" / "info" / "exclude", folder)
    from platformdirs.unix import Unix  # git looks there on every system

    config = Unix("git").user_config_path
    excludes = config / "ignore"
    for settings in (Path.home() / ".gitconfig", config / "config"):
        try:
            found = _EXCLUDES.search(settings.read_text("utf-8", "replace"))
        except OSError:
            continue
        if found:
            excludes = Path(found[1].strip()).expanduser()
            break
    yield from _read(excludes, folder)


def _is_repository(folder: str) -> bool:
    return Path(folder, ".git").exists()


def _is_cache(folder: str) -> bool:
    try:
        with open_plain(Path(folder, _CACHE_TAG)) as file:
            return file.read(len(_CACHE_SIGNATURE)) == _CACHE_SIGNATURE
    except OSError:
        return False


def _is_code(entry: os.DirEntry[str]) -> bool:
    """Tell whether a file is a program, by its ending, or by its first line."""
    name = entry.name
    ending = name[name.rfind(".") :].lower() if "." in name[1:] else ""
    if ending:
        return ending in _ENDINGS
    if name in ("Makefile", "GNUmakefile", "Dockerfile", "Rakefile", "Gemfile"):
        return True
    try:
        if not entry.stat(follow_symlinks=False).st_mode & 0o111:
            return False
        with open_plain(entry.path) as file:
            return file.read(2) == b"#!"
    except OSError:
        return False

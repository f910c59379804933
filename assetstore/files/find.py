"""Find the documents that a user means."""

import os
import stat
import sys
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from fnmatch import fnmatchcase
from pathlib import Path
from typing import NamedTuple

from assetstore.errors import SourceRefused
from assetstore.files.draft_names import is_temporary
from assetstore.files.ignored import Level
from assetstore.files.spelling import as_spelled

# What Windows says of a junction, and of a volume that has a place in a folder.
_MOUNT_POINT = 0xA0000003
VCS_FOLDERS = frozenset({".git", ".hg", ".svn", ".jj", ".bzr", "CVS"})

StrPath = str | os.PathLike[str]


def several(paths: Iterable[StrPath]) -> list[Path]:
    """Some paths as a list.

    Raises:
        TypeError: It is one path: as a text, it would be taken for its letters, and
            "/" among them for the whole disk.
    """
    if isinstance(paths, str | bytes | os.PathLike):
        raise TypeError(f"paths must be several, not {paths!r}: write [{paths!r}]")
    return list(map(Path, paths))


class Found(NamedTuple):
    """A file; there may be many, and a tuple is made in a fifth of the time.

    Attributes:
        path: As the user named it, or the named folder and the way from there.
        stat: What the file system said of it; None where that failed.
        error: Why it cannot be worked on.
        named: Whether the user named it (and not a folder above it).
        left: Why it is left alone, or the folder that it is, or ""; only where
            the walk was to leave something.
    """

    path: str
    stat: os.stat_result | None = None
    error: SourceRefused | OSError | None = None
    named: bool = False
    left: str = ""


def find_documents(
    paths: Sequence[Path],
    *,
    include: Sequence[str] = (),
    exclude: Sequence[str] = (),
    without: Sequence[Path] = (),
    leave: Level | None = None,
) -> Iterator[Found]:
    """The files that are named, and those below the folders that are named.

    A name is the one that its folder has, where others lead to it. Links are not
    followed; version control's own folders and temporary files of
    this program are left alone.

    Args:
        paths: Files and folders.
        include: In folders, only files that match one of these globs. A glob
            without a slash is compared with the name, another with the way from
            the named folder.
        exclude: In folders, no files and no folders that match one of these.
        without: Folders to leave out (the store itself).
        leave: What else to leave in folders, and to tell; None: nothing.
    """
    paths = as_spelled(paths)
    folders = {os.path.abspath(folder) for folder in as_spelled(without)}
    meant = {os.path.abspath(path) for path in paths}
    seen: set[str] = set()
    for path in paths:
        name = os.fspath(path)
        try:
            found = os.stat(name, follow_symlinks=False)
        except OSError as e:
            yield Found(name, error=e, named=True)
            continue
        if stat.S_ISDIR(found.st_mode):
            walk = _Walk(tuple(include), tuple(exclude), folders)
            everything = walk.below(name, "", leave.named(name) if leave else None)
        else:
            everything = iter((Found(name, found, named=True),))
        if len(paths) == 1:
            yield from everything
            return
        for file in everything:
            whole = os.path.abspath(file.path)
            if whole in meant and not file.named:
                if file.left:
                    continue  # in this folder; its own turn comes, or came
                file = file._replace(named=True)
            if whole not in seen:
                seen.add(whole)
                yield file


@dataclass(frozen=True, slots=True)
class _Walk:
    """A way through all that is below a folder; see `find_documents`."""

    include: tuple[str, ...]
    exclude: tuple[str, ...]
    without: set[str]

    def below(self, folder: str, way: str, level: Level | None) -> Iterator[Found]:
        """The files below a folder.

        Args:
            folder: The folder.
            way: The way from the named folder, with a slash behind it, or "".
            level: What is left of what is in it.
        """
        try:
            with os.scandir(folder) as found:
                entries = sorted(found, key=lambda entry: entry.name)
        except OSError as e:
            yield Found(folder, error=e)
            return
        if level is not None:
            names = {entry.name for entry in entries}
            level = level.inside(folder, names)
            if way and (reason := level.leaves_whole(folder, names)):
                yield Found(folder, left=reason)
                return
        told = False  # of a program's own files, once for a folder
        for entry in entries:
            inner = f"{way}{entry.name}"
            if self.exclude and _matches(entry.name, inner, self.exclude):
                continue
            try:
                if entry.is_dir(follow_symlinks=False):
                    if not (self._is_out(entry) or _is_junction(entry)):
                        yield from self._folder(entry, inner, level)
                elif entry.is_file(follow_symlinks=False):
                    file = self._file(entry, inner, level)
                    if file is None or (file.left and told):
                        continue
                    if file.left and level is not None and level.owned is not None:
                        file, told = Found(folder, left=file.left), True
                    yield file
            except OSError as e:
                yield Found(entry.path, error=e)

    def _is_out(self, entry: os.DirEntry[str]) -> bool:
        return entry.name in VCS_FOLDERS or _is_one_of(entry.path, self.without)

    def _folder(
        self, entry: os.DirEntry[str], way: str, level: Level | None
    ) -> Iterator[Found]:
        if level is None:
            yield from self.below(entry.path, way + "/", None)
        elif reason := level.leaves_folder(entry.path, entry.name):
            yield Found(entry.path, left=reason)
        else:
            yield from self.below(entry.path, way + "/", level.below(entry.name))

    def _file(
        self, entry: os.DirEntry[str], way: str, level: Level | None
    ) -> Found | None:
        if self.include and not _matches(entry.name, way, self.include):
            return None
        if is_temporary(entry.name):
            return None
        reason = (
            level.leaves_file(entry, meant=bool(self.include))
            if level is not None
            else ""
        )
        return Found(entry.path, entry.stat(follow_symlinks=False), left=reason)


def _is_junction(entry: os.DirEntry[str]) -> bool:
    """Tell whether a folder is a junction: a link to one, on Windows.

    It may lead to a folder above, as `Application Data` in a user's own does.
    """
    if sys.platform != "win32":
        return False
    return entry.stat(follow_symlinks=False).st_reparse_tag == _MOUNT_POINT


def _is_one_of(folder: str, folders: set[str]) -> bool:
    return bool(folders) and os.path.abspath(folder) in folders


def _matches(name: str, way: str, globs: tuple[str, ...]) -> bool:
    return any(
        fnmatchcase(way, glob.rstrip("/"))
        if "/" in glob.rstrip("/")
        else fnmatchcase(name, glob.rstrip("/"))
        for glob in globs
    )

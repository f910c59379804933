"""Find the documents that a user means."""

import os
import stat
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from fnmatch import fnmatchcase
from pathlib import Path

from assetstore.errors import SourceRefused
from assetstore.files.draft_names import is_temporary

VCS_FOLDERS = frozenset({".git", ".hg", ".svn", ".jj", ".bzr", "CVS"})

StrPath = str | os.PathLike[str]


@dataclass(frozen=True, slots=True)
class Found:
    """A file.

    Attributes:
        path: As the user named it, or the named folder and the way from there.
        stat: What the file system said of it; None where that failed.
        error: Why it cannot be worked on.
        named: Whether the user named it (and not a folder above it).
    """

    path: str
    stat: os.stat_result | None = None
    error: SourceRefused | OSError | None = None
    named: bool = False


def find_documents(
    paths: Sequence[Path],
    *,
    include: Sequence[str] = (),
    exclude: Sequence[str] = (),
    without: Sequence[Path] = (),
) -> Iterator[Found]:
    """The files that are named, and those below the folders that are named.

    Links are not followed; version control's own folders and temporary files of
    this program are left alone.

    Args:
        paths: Files and folders.
        include: In folders, only files that match one of these globs. A glob
            without a slash is compared with the name, another with the way from
            the named folder.
        exclude: In folders, no files and no folders that match one of these.
        without: Folders to leave out (the store itself).
    """
    folders = {os.path.abspath(folder) for folder in without}
    seen: set[str] = set()
    for path in paths:
        name = os.fspath(path)
        try:
            found = os.stat(name, follow_symlinks=False)
        except OSError as e:
            yield Found(name, error=e, named=True)
            continue
        if stat.S_ISDIR(found.st_mode):
            everything = _below(name, "", tuple(include), tuple(exclude), folders)
        else:
            everything = iter((Found(name, found, named=True),))
        for file in everything:
            whole = os.path.abspath(file.path) if len(paths) > 1 else file.path
            if whole not in seen:
                if len(paths) > 1:
                    seen.add(whole)
                yield file


def _below(
    folder: str,
    way: str,
    include: tuple[str, ...],
    exclude: tuple[str, ...],
    without: set[str],
) -> Iterator[Found]:
    try:
        with os.scandir(folder) as found:
            entries = sorted(found, key=lambda entry: entry.name)
    except OSError as e:
        yield Found(folder, error=e)
        return
    for entry in entries:
        name = entry.name
        inner = f"{way}{name}"
        if exclude and _matches(name, inner, exclude):
            continue
        try:
            if entry.is_dir(follow_symlinks=False):
                if name in VCS_FOLDERS or _is_one_of(entry.path, without):
                    continue
                yield from _below(entry.path, inner + "/", include, exclude, without)
            elif entry.is_file(follow_symlinks=False):
                if include and not _matches(name, inner, include):
                    continue
                if not is_temporary(name):
                    yield Found(entry.path, entry.stat(follow_symlinks=False))
        except OSError as e:
            yield Found(entry.path, error=e)


def _is_one_of(folder: str, folders: set[str]) -> bool:
    return bool(folders) and os.path.abspath(folder) in folders


def _matches(name: str, way: str, globs: tuple[str, ...]) -> bool:
    return any(
        fnmatchcase(way, glob.rstrip("/"))
        if "/" in glob.rstrip("/")
        else fnmatchcase(name, glob.rstrip("/"))
        for glob in globs
    )

"""Whether what is installed here works: every part is tried, nothing is left behind."""

import importlib.util
import os
import platform
import shutil
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import dataclass
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import TYPE_CHECKING, Literal

from assetstore.cli.failure import problem_of
from assetstore.cli.invocation import Run
from assetstore.errors import AssetstoreError, LockedError, StoreNotFound
from assetstore.quantities import duration, many, size
from assetstore.version import __version__

if TYPE_CHECKING:
    from assetstore.config.keys import Limits
    from assetstore.store.store import Store

State = Literal["ok", "note", "wrong"]

# Packages of each extra, by the names that they are imported by.
_EXTRAS = {
    "codecs": ("numpy", "cramjam", "zlib_ng", "lepton_jpeg_python"),
    "mcp": ("mcp",),
    "view": ("markdown_it",),
}
_NEEDED = (
    *("blake3", "click", "orjson", "stringzilla", "zstandard"),
    *(("filelock",) if sys.platform == "win32" else ()),  # the others have flock
)
# A clock that is off by more, in seconds, misleads whoever compares times.
_SKEW = 120.0
# Before this, no version of this program was made: 2025-01-01.
_EARLIEST = 1_735_689_600.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Checked:
    """One part of an installation, and how it is.

    Attributes:
        name: What was looked at.
        state: "ok"; "note": it is as it may be, and worth knowing; "wrong".
        what: How it is, in a few words.
        hint: The next step, or "".
    """

    name: str
    state: State
    what: str
    hint: str = ""


def check_installation(run: Run) -> Iterator[Checked]:
    """Look at every part; what goes wrong with one ends none of the others."""
    yield _program()
    yield from _extras()
    yield from _codecs()
    limits, mistakes = _configuration(run)
    yield mistakes
    yield from _folders(run)
    store, found = _opened(run)
    yield found
    if store is not None:
        with store:
            for look in (_writing, _locks, _clocks, _index):
                yield _tried(look, store)
    yield _space(run, limits)
    yield _scheduler(run)


def _tried(look: "Callable[[Store], Checked]", store: "Store") -> Checked:
    name = look.__name__.strip("_")
    try:
        return look(store)
    except (AssetstoreError, OSError) as e:
        problem = problem_of(e)
        return Checked(
            name=name, state="wrong", what=problem.message, hint=problem.hint
        )


def _program() -> Checked:
    from assetstore.schedule.manage import passing

    packages = [f"{name} {_version(name)}" for name in _NEEDED]
    what = (
        f"assetstore {__version__}, Python {platform.python_version()}, "
        f"{platform.system()} {platform.machine()}; {', '.join(packages)}"
    )
    if passing([sys.executable]):
        return Checked(
            name="program",
            state="note",
            what=f"{what}; {sys.executable} is in a folder that is emptied some day",
            hint="Install it for good before 'assetstore schedule install'.",
        )
    return Checked(name="program", state="ok", what=what)


def _version(package: str) -> str:
    with suppress(PackageNotFoundError):
        return version(package.replace("_", "-"))
    return "of an unknown version"


def _extras() -> Iterator[Checked]:
    for extra, packages in _EXTRAS.items():
        lacks = [p for p in packages if importlib.util.find_spec(p) is None]
        if not lacks:
            yield Checked(name=f"extra {extra}", state="ok", what="installed")
        else:
            from assetstore.installation import how_to_get, package_name
            from assetstore.store.codecs.table import is_made_here

            had = list(filter(is_made_here, lacks))
            get = f"Only where it is wanted: {how_to_get(extra, *had)}"
            yield Checked(
                name=f"extra {extra}",
                state="note",
                what=f"not installed: {', '.join(map(package_name, lacks))}",
                hint=get if had else "There is none for this system.",
            )


def _codecs() -> Iterator[Checked]:
    from assetstore.store.optimize.try_codecs import try_codecs

    for name, why in try_codecs().items():
        state: State = "ok" if not why else "wrong"
        if why.startswith("not installed"):
            state = "note"
        hint = "Install the extra 'codecs' anew." if state == "wrong" else ""
        yield Checked(
            name=f"codec {name}",
            state=state,
            what=why or "a tiny picture came back as it was",
            hint=hint,
        )


def _configuration(run: Run) -> "tuple[Limits | None, Checked]":
    try:
        config = run.config(jobs=True)
    except AssetstoreError as e:
        hint = "'assetstore config check' lists all mistakes."
        return None, Checked(
            name="configuration", state="wrong", what=str(e), hint=hint
        )
    names = ", ".join(str(file.path) for file in config.files) or "there is no file"
    if config.ignored:
        path, reason = config.ignored[0]
        what = f"{path} is not read: {reason}"
        return config.limits, Checked(name="configuration", state="note", what=what)
    jobs = many(len(config.jobs), "job")
    return config.limits, Checked(
        name="configuration", state="ok", what=f"{names}; {jobs}"
    )


def _folders(run: Run) -> Iterator[Checked]:
    """Folders of what is remembered, in which there need not be anything yet."""
    from assetstore.files.user_folders import user_folder

    cache = user_folder("cache")
    for name, folder in (("state folder", run.state_path), ("cache folder", cache)):
        place = _nearest(folder)
        writable = os.access(place, os.W_OK | os.X_OK)
        yield Checked(
            name=name,
            state="ok" if writable else "wrong",
            what=str(folder) if writable else f"{place} cannot be written",
            hint="" if writable else "Make it yours, or set XDG_STATE_HOME.",
        )


def _nearest(path: Path) -> Path:
    """The folder itself, or the one above that is there."""
    while not path.exists() and path != path.parent:
        path = path.parent
    return path


def _opened(run: Run) -> "tuple[Store | None, Checked]":
    try:
        place = run.store_path
    except AssetstoreError:  # the configuration's; told already
        place = Path(os.environ.get("ASSETSTORE_STORE") or run.default_store)
    try:
        store = run.open_at(place)
    except (AssetstoreError, OSError) as e:
        problem = problem_of(e)
        # A store that nobody has made yet is nothing wrong.
        absent = type(e) is StoreNotFound
        return None, Checked(
            name="store",
            state="note" if absent else "wrong",
            what=problem.message,
            hint="The first 'assetstore archive' makes it." if absent else problem.hint,
        )
    packs = store.packs()
    what = f"{place}: {many(len(packs), 'pack')}, {size(sum(packs.values()))}"
    return store, Checked(name="store", state="ok", what=what)


def _writing(store: "Store") -> Checked:
    from assetstore.store.format.blob import new_name
    from assetstore.store.format.pack import pack_key

    upload = store.backend.create(pack_key(new_name(store.clock, store.random)))
    try:
        upload.write([b"assetstore check"])
        upload.sync()
    finally:
        upload.abort()
    return Checked(name="writing", state="ok", what="the store can be written")


def _locks(store: "Store") -> Checked:
    with store.lock("check", 1.0):
        try:
            with store.lock("check"):
                return Checked(
                    name="locks",
                    state="note",
                    what="the file system of the store has no locks that hold",
                    hint="Nothing is lost by that; two commands may do the same work.",
                )
        except LockedError:
            return Checked(name="locks", state="ok", what="they hold")


def _clocks(store: "Store") -> Checked:
    from assetstore.store.format.blob import is_name, name_time

    now = time.time()
    if now < _EARLIEST:
        what = "this machine's clock is years behind"
        return Checked(name="clocks", state="wrong", what=what, hint="Set the clock.")
    newest = max((name_time(n) for n in store.packs() if is_name(n)), default=0.0)
    skew = 0.0
    file = store.root / "locks" / "check.lock" if store.root is not None else None
    if file is not None and file.is_file() and not file.is_symlink():
        skew = _skew(file)
    for seconds, whose in (
        (newest - now, "something in the store is from the future, by"),
        (skew, "the clock of the store's file system differs from ours by"),
    ):
        if seconds > _SKEW:
            what = f"{whose} {duration(seconds)}"
            hint = "Set the clock; grace periods and '--min-age' go by it."
            return Checked(name="clocks", state="wrong", what=what, hint=hint)
    return Checked(name="clocks", state="ok", what="they agree")


def _skew(file: Path) -> float:
    """By how many seconds the clock of who keeps a file's folder is another one.

    A store that may only be read says nothing of it.
    """
    try:
        fd = os.open(file, os.O_RDWR | getattr(os, "O_NOFOLLOW", 0))
    except OSError:
        return 0.0
    try:
        os.utime(fd if os.utime in os.supports_fd else file)
        return abs(os.fstat(fd).st_mtime - time.time())
    finally:
        os.close(fd)


def _index(store: "Store") -> Checked:
    from assetstore.store.unnamed import REBUILD

    if store.damaged_indexes:
        what = many(len(store.damaged_indexes), "index file") + " damaged"
        return Checked(name="index", state="wrong", what=what, hint=REBUILD)
    if lost := store.unnamed_packs():
        what = f"{many(len(lost), 'pack')} in no index"
        return Checked(name="index", state="wrong", what=what, hint=REBUILD)
    return Checked(name="index", state="ok", what="every pack is in it")


def _space(run: Run, limits: "Limits | None") -> Checked:
    try:
        place = _nearest(run.store_path)
    except AssetstoreError:
        place = _nearest(run.default_store)
    free, keep = shutil.disk_usage(place).free, limits.keep_free if limits else 0
    what = f"{size(free)} free at {place}"
    if free >= keep:
        return Checked(name="disk space", state="ok", what=what)
    return Checked(
        name="disk space",
        state="wrong",
        what=f"{what}, less than {size(keep)} (limits.keep_free): 'run' begins nothing",
        hint="Make room ('assetstore gc' may), or set limits.keep_free.",
    )


def _scheduler(run: Run) -> Checked:
    from assetstore.cli.scheduled import look
    from assetstore.schedule.manage import gone

    try:
        seen = look(run)
    except (AssetstoreError, OSError) as e:
        problem = problem_of(e)
        return Checked(
            name="scheduler", state="wrong", what=problem.message, hint=problem.hint
        )
    lost = [name for name, one in seen.found.items() if gone(one.command)]
    late = [f"{task.name}: {task.late}" for task in seen.state.late]
    hint = "'assetstore schedule status' says more."
    if lost or (late and seen.is_called):
        what = "; ".join(late) or f"{lost[0]} calls what is not there any more"
        return Checked(name="scheduler", state="wrong", what=what, hint=hint)
    if not seen.is_called:
        what, hint = "nothing calls 'assetstore run'", "'assetstore schedule install'."
        return Checked(name="scheduler", state="note", what=what, hint=hint)
    by = [*seen.found, *seen.others] or ["something that is not seen from here"]
    return Checked(name="scheduler", state="ok", what=f"called by {', '.join(by)}")

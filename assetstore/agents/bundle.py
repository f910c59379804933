"""A thread in one file: its slim log, its pictures, what it knows, and checksums.

A bundle is a zip file with a small store in it, so that what reads stores reads
bundles. Layout in docs/format.md.
"""

import os
import re
import zipfile
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Any

import orjson
from blake3 import blake3

from assetstore.agents.ancestors import ancestors
from assetstore.agents.bundle_place import file_name, is_place
from assetstore.agents.codex.forks import threads_of
from assetstore.agents.codex.one_log import missing_from
from assetstore.agents.codex.rollout import Rollout
from assetstore.agents.find import Thread
from assetstore.agents.handoff import hand_off
from assetstore.agents.homes import Homes, agent_homes
from assetstore.agents.log_records import is_whole
from assetstore.agents.log_text import longest_text
from assetstore.agents.whole_log import write_whole
from assetstore.archiver.archive import Archiver
from assetstore.archiver.options import ArchiveOptions
from assetstore.archiver.run import archive_file
from assetstore.errors import (
    IntegrityError,
    SourceRefused,
)
from assetstore.files.durable import make_folder
from assetstore.files.leftovers import Sweeper
from assetstore.files.output import check_output, write_output
from assetstore.files.replace import absolute
from assetstore.files.source import CHUNK, Source
from assetstore.formats.registry import home_shapes
from assetstore.progress import SILENT, Progress
from assetstore.restore.options import RestoreOptions
from assetstore.restore.run import restore_file
from assetstore.store.backends.temp import spool
from assetstore.store.format.manifest import Manifest
from assetstore.store.store import Store

VERSION = 1
_ABOUT, _LOG, _HANDOFF = "bundle.json", "thread.jsonl", "handoff.md"
# A manifest is in it where it tells quotations in the log from placeholders.
_STORED = re.compile(
    r"store/(?:config|(?:packs|index|manifests)/[A-Za-z0-9./_-]{1,120})"
)
_MOST_ENTRIES, _LONGEST_ABOUT = 100_000, 16 << 20


@dataclass(frozen=True, slots=True, kw_only=True)
class BundleReport:
    """What was exported or imported.

    Attributes:
        bundle: The file.
        thread: The thread's id.
        path: The thread's log.
        size: Bytes of the whole log.
        bundle_size: Bytes of the bundle.
        images: Pictures in it.
        quoted: Placeholders that stay, since nothing says that they are the thread's
            own: quotations of what is archived elsewhere.
        placed: Whether an import finds the place for it in its client's home.
        there: Whether the log was there already, whole; it was left as it is.
    """

    bundle: str
    thread: str
    path: str
    size: int
    bundle_size: int
    images: int
    quoted: int = 0
    placed: bool = True
    there: bool = False


def export(
    store: Store | None, thread: Thread, bundle: Path, *, progress: Progress = SILENT
) -> BundleReport:
    """Write a thread to one file that needs nothing else.

    A thread whose history lies in several logs (a fork, one that was rewound) becomes
    one log; turns that were taken back, or came into its origin since, are not in it.

    Args:
        store: Where pictures are that were archived from the log, if any were.
        thread: The thread.
        bundle: The file to write, over what is there.
        progress: Who is told how far it is.

    Raises:
        MissingBlob: A picture is not in the store.
        SourceRefused: A log that the thread goes on from is not there, or not whole.
        AssetstoreError: It did not work; ``bundle`` is as it was.
        OSError: The same.
    """
    logs = [log.path for log in thread.logs]
    logs += [base.path for base, _ in ancestors(thread)]
    for log in logs:
        check_output(log, absolute(bundle))
    with spool() as folder:
        # Its ending says whether it is one value of JSON.
        whole = folder / ("whole.json" if is_whole(thread.path) else "whole.jsonl")
        quoted = write_whole(store, thread, whole, progress)
        log = folder / _LOG
        with Store.open(folder / "store", create=True) as small:
            done = archive_file(small, whole, log)
        (folder / _HANDOFF).write_text(hand_off(thread).text, "utf-8")
        with Source.open(whole) as source:
            size, digest = source.size, source.blake3()
        names = [_LOG, _HANDOFF, *_files_of(folder)]
        about = {
            "format": "assetstore-bundle",
            "version": VERSION,
            "client": thread.client,
            "thread": thread.id,
            "place": _place(thread),
            "modified": thread.modified,
            "size": size,
            "blake3": digest.hex(),
            "images": done.payloads,
            "files": {name: _digest(folder / name) for name in names},
        }
        _write(bundle, folder, about, names, logs)
    return BundleReport(
        bundle=str(bundle),
        thread=thread.id,
        path=str(thread.path),
        size=size,
        bundle_size=bundle.stat().st_size,
        images=done.payloads,
        quoted=quoted,
        placed=bool(_place(thread)),
    )


def _files_of(folder: Path) -> list[str]:
    found = (p.relative_to(folder).as_posix() for p in (folder / "store").rglob("*"))
    return sorted(
        name
        for name in found
        if (folder / name).is_file()
        and _STORED.fullmatch(name)
        and (not name.startswith("store/manifests/") or _tells(folder / name))
    )


def _tells(path: Path) -> bool:
    """Tell whether a manifest says of placeholders that they are text."""
    notes = Manifest.unpack(path.read_bytes(), path.name).notes
    return not all(note.own for note in notes)


def _place(thread: Thread) -> str:
    """Return the place of a log in its client's home; "" where that has none.

    As one log, it is called as one that was never rewound.
    """
    rollout = Rollout.at(thread.path)
    path = thread.path
    if rollout is not None:
        path = path.with_name(path.name.replace(f"_{rollout.id}.", "."))
    parts = path.parts
    for i in range(len(parts) - 1, 0, -1):
        place = "/".join(parts[i:]).removesuffix(".zst")
        if is_place(place):
            return place
    return ""


def _digest(path: Path) -> str:
    with Source.open(path) as source:
        return source.blake3().hex()


def _write(
    bundle: Path,
    folder: Path,
    about: dict[str, Any],
    names: list[str],
    logs: list[Path],
) -> None:
    whole = folder / "bundle.zip"
    with zipfile.ZipFile(whole, "w") as archive:
        archive.writestr(_ABOUT, orjson.dumps(about), zipfile.ZIP_DEFLATED)
        for name in names:
            packed = name.startswith("store/")
            kind = zipfile.ZIP_STORED if packed else zipfile.ZIP_DEFLATED
            archive.write(folder / name, name, kind)
    with Source.open(whole) as source:
        pieces = source.pieces(0, source.size)
        write_output(bundle, pieces, sources=logs)


def _placed(store: Store, whole: Path, target: Path, progress: Progress) -> int:
    """Archive a log into its place, in one step; the number of its images."""
    make_folder(target.parent)
    with store.doc_lock(target), Source.open(whole) as log:
        archiver = Archiver(store, ArchiveOptions(), progress)
        name = str(target)
        return archiver.elsewhere(log, name, target, name, again=True).payloads


def import_bundle(
    store: Store,
    bundle: Path,
    home: Path | None,
    *,
    homes: Homes | None = None,
    progress: Progress = SILENT,
) -> BundleReport:
    """Put a thread in its place on this machine, with its pictures in the store.

    Args:
        store: Where its pictures go.
        bundle: A file that `export` wrote.
        home: The client's home, or a folder for a log without a place in one.
        homes: Where the homes of clients are, if none is given (`agent_homes`).
        progress: Who is told how far it is.

    Raises:
        IntegrityError: It is no bundle, or damaged; nothing was changed.
        SourceRefused: There is such a log already.
        OSError: Something cannot be written.
    """
    with ExitStack() as stack:
        folder = stack.enter_context(spool())
        about = _unpacked(bundle, folder)
        target = _target(about, bundle, home, homes)
        with store.doc_lock(target):
            Sweeper().sweep(target)  # of an import that was killed
        whole = folder / "whole.jsonl"
        size = int(about["size"])
        if size > longest_text(bundle.stat().st_size):
            raise _damaged(bundle, f"it would become {size:,} bytes")
        with Store.open(folder / "store") as small:
            only = RestoreOptions(limit=max(1, size))
            restore_file(small, folder / _LOG, whole, only)
        with Source.open(whole) as source:
            if source.size != about["size"] or source.blake3().hex() != about["blake3"]:
                raise _damaged(bundle, "its log is not what was exported")
            if lacks := missing_from(source):
                raise SourceRefused(
                    f"the thread in {bundle} is not whole: {lacks}",
                    hint="Export it again with this version of assetstore, where its "
                    "log is.",
                )
        _refuse_known(target, str(about["thread"]))
        there = target.is_symlink() or target.exists()
        if there and (target.is_symlink() or _digest(target) != about["blake3"]):
            raise SourceRefused(
                f"{target} exists already",
                hint="Move it away, or import to another folder with --to.",
                path=str(target),
            )
        progress.start(size, "archiving")
        # At no moment is it there with its images: who finds it whole did that himself.
        images = 0 if there else _placed(store, whole, target, progress)
    if not there:
        os.utime(target, ns=(int(about["modified"]), int(about["modified"])))
    return BundleReport(
        bundle=str(bundle),
        thread=str(about["thread"]),
        path=str(target),
        size=int(about["size"]),
        bundle_size=bundle.stat().st_size,
        images=images,
        there=there,
    )


def _refuse_known(target: Path, thread: str) -> None:
    """Refuse a thread that the client has under the name of another log."""
    rollout = Rollout.at(target)
    if rollout is None or target.exists():
        return
    for log in threads_of(rollout.home).get(thread, ()):
        raise SourceRefused(
            f"the thread {thread} is here already: {log.path}",
            hint="Delete it in its client first, or import elsewhere with --to.",
            path=str(log.path),
        )


def _target(
    about: dict[str, Any], bundle: Path, home: Path | None, homes: Homes | None
) -> Path:
    place, client = str(about["place"]), str(about["client"])
    # Without --to it goes where its client looks, if it has a place there.
    if home is None and place:
        home = (agent_homes({}) if homes is None else homes).get(client)
    if home is None:
        raise SourceRefused(
            f"{bundle} does not say where its thread belongs",
            hint="Give a folder with --to.",
        )
    # Who made the bundle says what the place is: it may not lead out of the home, by
    # its words or by a link that somebody left there.
    if place and not is_place(place):
        raise _damaged(bundle, f"its thread's place is {place!r}")
    real = Path(os.path.realpath(home))
    if place and not Path(os.path.realpath(real / place)).is_relative_to(real):
        raise SourceRefused(
            f"a link leads from {home} to another place",
            hint="Import to that place itself with --to.",
            path=str(home),
        )
    # The ending says how it is read: one value of JSON, or lines.
    shape = home_shapes().get(client)
    whole = shape is not None and shape.log.endswith(".json")
    name = file_name(about["thread"], ".json" if whole else ".jsonl")
    return absolute(home) / (place or name)


def _unpacked(bundle: Path, folder: Path) -> dict[str, Any]:
    """Unpack a bundle, everything compared with its checksums."""
    with Source.open(Path(os.path.realpath(bundle))):
        pass  # no device, no FIFO: they have no end
    try:
        with zipfile.ZipFile(bundle) as archive:
            entries = archive.infolist()
            if len(entries) > _MOST_ENTRIES:
                raise _damaged(bundle, "it has too many entries")
            about = _described(archive)
            files: dict[str, str] = about["files"]
            if sorted(e.filename for e in entries) != sorted({_ABOUT, *files}):
                raise _damaged(bundle, "it does not hold what it says")
            most = longest_text(bundle.stat().st_size)
            if (size := sum(e.file_size for e in entries)) > most:
                raise _damaged(bundle, f"it would become {size:,} bytes")
            for name, digest in files.items():
                if name not in (_LOG, _HANDOFF) and not (
                    _STORED.fullmatch(name) and ".." not in name
                ):
                    raise _damaged(bundle, f"it holds {name!r}")
                target = folder / name
                target.parent.mkdir(parents=True, exist_ok=True)
                with archive.open(name) as file, target.open("wb") as out:
                    found = _copied(file, out, archive.getinfo(name).file_size)
                if found != digest:
                    raise _damaged(bundle, f"the bytes of {name} are wrong")
    except (
        zipfile.BadZipFile,
        KeyError,
        ValueError,
        OverflowError,
        TypeError,
        AttributeError,
        NotImplementedError,
        EOFError,
    ) as e:
        raise _damaged(bundle, f"it cannot be read: {e}") from e
    return about


def _described(archive: zipfile.ZipFile) -> dict[str, Any]:
    info = archive.getinfo(_ABOUT)
    if info.file_size > _LONGEST_ABOUT:
        raise ValueError("its description is too long")
    about: dict[str, Any] = orjson.loads(archive.read(info))
    if about["format"] != "assetstore-bundle" or about["version"] != VERSION:
        raise ValueError("it is of another version")
    for name, kind in (("thread", str), ("place", str), ("size", int), ("files", dict)):
        if not isinstance(about[name], kind):
            raise ValueError(f"its {name} is none")
    if not 0 <= int(about["modified"]) < 1 << 63:
        raise ValueError("its time is none")
    return about


def _copied(file: IO[bytes], out: IO[bytes], size: int) -> str:
    digest, done = blake3(), 0
    while piece := file.read(CHUNK):
        done += len(piece)
        if done > size:
            raise ValueError("an entry is longer than it says")
        digest.update(piece)
        out.write(piece)
    return digest.hexdigest()


def _damaged(bundle: Path, what: str) -> IntegrityError:
    return IntegrityError(
        f"{bundle} is no bundle that can be imported: {what}",
        hint="Export it again.",
        path=str(bundle),
    )

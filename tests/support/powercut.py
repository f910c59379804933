"""What a power cut can leave of a traced run: a model of a file system.

A file's bytes and a folder's entries are on the medium when fsync or fdatasync of
that very file or folder has returned; everything else that was done until then may
be there or not, each change for itself and in any order:

- entries of a folder (creations, links, renames, removals) one by one; a rename
  within a folder is one change; a new folder that its parent does not name is lost
  with all that is in it, whatever was synced there;
- written bytes of a file not at all, all of them, the first half of them, or zeros
  of their length: an entry can be there before the bytes are.

That is less than what ext4, XFS and btrfs promise (their journals keep the order of
a folder's changes, and a sync of a file brings its name along), and what POSIX says.
It follows ALICE (Pillai et al., "All File Systems Are Not Created Equal", OSDI
2014), whose finding is that programs fail just where they count on more, and
CrashMonkey (Mohan et al., "Finding Crash-Consistency Bugs with Bounded Black-Box
Crash Testing", OSDI 2018), which takes the moments behind each persisting call.
"""

import hashlib
import os
import random
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from support.traced import Call, calls, strings

_PLACE = re.compile(r"(AT_FDCWD|\d+)<((?:\\x[0-9a-f]{2})*)>")
_ROOT = 0
_OLD = 1_790_000_000

Fate = str  # of a file's pending bytes: "all", "none", "half", "zeros"
FATES: tuple[Fate, ...] = ("all", "none", "half", "zeros")


@dataclass(slots=True)
class Change:
    """Something that is on the medium only after a sync.

    Attributes:
        of: The file or folder (a number) whose sync brings it there.
        names: For a folder: the entries that change, to which file or folder.
        at: For a file: where bytes are written.
        data: For a file: these bytes; None: it is cut off, or grows, to ``at``.
        ended: At which line of the trace.
        synced: At which line a sync that covers it had returned; None: never.
        named: The path, for people.
    """

    of: int
    ended: int
    named: str
    names: dict[str, int | None] = field(default_factory=dict)
    at: int = 0
    data: bytes | None = b""
    synced: int | None = None

    @property
    def is_entry(self) -> bool:
        """Whether a folder changes."""
        return bool(self.names)


class Recording:
    """The changes below a folder in a trace.

    Args:
        log: The trace.
        folder: The folder that was worked in.
        before: What was in it before, in a copy.
    """

    def __init__(self, log: Path, folder: Path, before: Path):
        self._folder = folder
        self._files: dict[int, bytes] = {}
        self._folders: dict[int, dict[str, int]] = {_ROOT: {}}
        self._next = 1
        self._load(before, _ROOT)
        self._first = {n: dict(names) for n, names in self._folders.items()}
        self._open: dict[str, tuple[int, int]] = {}
        self.changes: list[Change] = []
        for call in calls(log):
            if call.result >= 0:
                self._take(call)

    def _new(self) -> int:
        self._next += 1
        return self._next

    def _load(self, path: Path, number: int) -> None:
        for entry in os.scandir(path):
            new = self._folders[number][entry.name] = self._new()
            if entry.is_dir():
                self._folders[new] = {}
                self._load(path / entry.name, new)
            else:
                self._files[new] = (path / entry.name).read_bytes()

    def _find(self, path: str) -> int | None:
        """The number of what has a path while the program runs."""
        if path == str(self._folder):
            return _ROOT
        if not path.startswith(f"{self._folder}/"):
            return None
        at: int | None = _ROOT
        for name in path.removeprefix(f"{self._folder}/").split("/"):
            at = None if at is None else self._folders.get(at, {}).get(name)
        return at

    def _take(self, call: Call) -> None:
        places = [
            (fd, os.fsdecode(bytes.fromhex(text.replace("\\x", ""))))
            for fd, text in _PLACE.findall(call.raw)
        ]
        match call.name:
            case "openat":
                self._opened(call, places)
            case "write" | "pwrite64" | "pwritev" | "pwritev2" | "ftruncate":
                self._written(call, *places[0])
            case "fsync" | "fdatasync":
                self._synced(call, places[0][1])
            case "rename" | "renameat" | "renameat2":
                old, new = self._paths(call, places)
                back = self._find(new) if "RENAME_EXCHANGE" in call.text else None
                self._entries(call, {old: back, new: self._find(old)})
            case "link" | "linkat":
                old, new = self._paths(call, places)
                self._entries(call, {new: self._find(old)})
            case "unlink" | "unlinkat" | "rmdir":
                self._entries(call, dict.fromkeys(self._paths(call, places)))
            case "mkdir" | "mkdirat":
                made = self._new()
                if self._entries(call, dict.fromkeys(self._paths(call, places), made)):
                    self._folders[made], self._first[made] = {}, {}
            case "writev" | "copy_file_range" | "sendfile" | "fallocate" | "symlink":
                assert str(self._folder) not in call.text, f"no model of {call.text}"

    def _paths(self, call: Call, places: Sequence[tuple[str, str]]) -> list[str]:
        folders = iter(places)
        at = call.name.endswith("at")
        return [
            # Without a folder of its own: from where the program was started.
            str(Path(next(folders)[1] if at else self._folder, os.fsdecode(text)))
            for text in strings(call.raw)
        ]

    def _opened(self, call: Call, places: Sequence[tuple[str, str]]) -> None:
        (path,) = self._paths(call, places[:1])
        if "O_TMPFILE" in call.text or not path.startswith(f"{self._folder}/"):
            return
        number = self._find(path)
        if number is None and "O_CREAT" in call.text:
            number = self._new()
            self._files[number] = b""
            self._entries(call, {path: number})
        if number is None:
            return
        if "O_TRUNC" in call.text:
            self._add(Change(number, call.ended, path, data=None))
        start = -1 if "O_APPEND" in call.text else 0
        self._open[str(call.result)] = number, start

    def _written(self, call: Call, fd: str, path: str) -> None:
        number = self._find(path)
        if number is None:
            return
        tail = re.findall(r"\d+", call.raw[max(call.raw.rfind(c) for c in '"]>') :])
        data: bytes | None = b"".join(strings(call.raw))[: call.result]
        if call.name == "ftruncate":
            at, data = int(tail[0]), None
        elif call.name == "write":
            _, at = self._open[fd]
            assert data is not None
            if at < 0:
                at = len(self._content(number, self.changes, {}))
            else:
                self._open[fd] = number, at + len(data)
        else:
            at = int(tail[1])
        self._add(Change(number, call.ended, path, at=at, data=data))

    def _entries(self, call: Call, names: Mapping[str, int | None]) -> bool:
        """Entries of one folder change; whether they are below ours."""
        inside: dict[int, dict[str, int | None]] = {}
        for path, value in names.items():
            number = self._find(str(Path(path).parent))
            if number is not None:
                inside.setdefault(number, {})[Path(path).name] = value
        for number, here in inside.items():
            self._add(Change(number, call.ended, next(iter(names)), here))
            for name, value in here.items():
                if value is None:
                    self._folders[number].pop(name, None)
                else:
                    self._folders[number][name] = value
        return bool(inside)

    def _synced(self, call: Call, path: str) -> None:
        number = self._find(path)
        for change in self.changes:
            covered = change.of == number and change.ended < call.begun
            if covered and change.synced is None:
                change.synced = call.ended

    def _add(self, change: Change) -> None:
        self.changes.append(change)

    def _content(
        self, number: int, applied: Sequence[Change], fates: Mapping[int, Fate]
    ) -> bytes:
        """A file's bytes after some changes; ``fates``: by the changes' ids."""
        data = bytearray(self._files[number])
        for change in applied:
            if change.of != number or change.is_entry:
                continue
            fate = fates.get(id(change), "all")
            if fate == "none":
                continue
            new = change.data
            if new is None:
                del data[change.at :]
                data += bytes(change.at - len(data))
                continue
            if fate == "half":
                new = new[: len(new) // 2]
            elif fate == "zeros":
                new = bytes(len(new))
            data += bytes(max(0, change.at - len(data)))
            data[change.at : change.at + len(new)] = new
        return bytes(data)

    def moments(self) -> list[int]:
        """The lines of the trace after which something changed or was synced."""
        found = {change.ended for change in self.changes}
        found |= {c.synced for c in self.changes if c.synced is not None}
        return sorted(found)

    def pending(self, moment: int) -> list[Change]:
        """What was done until a moment and may be lost in a power cut."""
        return [
            change
            for change in self.changes
            if change.ended <= moment
            and (change.synced is None or change.synced > moment)
        ]

    def state(
        self, moment: int, lost: Sequence[Change], fates: Mapping[int, Fate]
    ) -> dict[str, bytes | None]:
        """What is on the medium: contents by relative path; None: a folder.

        Args:
            moment: When the power went.
            lost: Entries that are not there.
            fates: What became of written bytes, by the changes' ids.
        """
        without = {id(change) for change in lost}
        applied = [
            change
            for change in self.changes
            if change.ended <= moment and id(change) not in without
        ]
        folders = {n: dict(names) for n, names in self._first.items()}
        for change in applied:
            for name, value in change.names.items():
                if value is None:
                    folders[change.of].pop(name, None)
                else:
                    folders[change.of][name] = value
        found: dict[str, bytes | None] = {}
        todo = [("", _ROOT)]
        while todo:
            start, number = todo.pop()
            for name, each in folders[number].items():
                if each in folders:
                    found[start + name] = None
                    todo.append((f"{start}{name}/", each))
                else:
                    found[start + name] = self._content(each, applied, fates)
        return found


@dataclass(frozen=True, slots=True)
class State:
    """What a power cut left.

    Attributes:
        what: How it came to that, for people.
        tree: Contents by relative path; None: a folder.
    """

    what: str
    tree: Mapping[str, bytes | None]

    def write(self, folder: Path) -> None:
        """Make a folder, which is not there, what the tree says."""
        folder.mkdir(mode=0o700)
        for name, data in sorted(self.tree.items()):
            if data is None:
                (folder / name).mkdir(mode=0o700)
            else:
                (folder / name).write_bytes(data)
                os.utime(folder / name, (_OLD, _OLD))  # nobody writes to it now
                (folder / name).chmod(0o600)


def states(recording: Recording, *, seed: int = 1, drawn: int = 4) -> Iterator[State]:
    """Legal states after a power cut at every moment, each once.

    At each moment: nothing that was not synced is there; all of it; all entries, and
    bytes with each fate; each entry that is pending alone, and all but it; and a
    number of draws, in which every change has a fate of its own.

    Args:
        recording: What was done.
        seed: Of the draws.
        drawn: How many draws at each moment.
    """
    dice = random.Random(seed)
    seen: set[bytes] = set()
    for moment in recording.moments():
        for what, lost, fates in _choices(recording.pending(moment), dice, drawn):
            tree = recording.state(moment, lost, fates)
            digest = hashlib.sha256(repr(sorted(tree.items())).encode()).digest()
            if digest not in seen:
                seen.add(digest)
                yield State(f"after line {moment}: {what}", tree)


def sampled(recording: Recording, count: int, *, seed: int = 1) -> Iterator[State]:
    """A few of the states, drawn from all moments; the same on every run."""
    dice = random.Random(seed)
    moments = recording.moments()
    for _ in range(count):
        moment = dice.choice(moments)
        choices = list(_choices(recording.pending(moment), dice, 4))
        what, lost, fates = dice.choice(choices)
        tree = recording.state(moment, lost, fates)
        yield State(f"after line {moment}: {what}", tree)


def _choices(
    pending: Sequence[Change], dice: random.Random, drawn: int
) -> Iterator[tuple[str, list[Change], dict[int, Fate]]]:
    entries = [change for change in pending if change.is_entry]
    data = [id(change) for change in pending if not change.is_entry]
    yield "nothing more", entries, dict.fromkeys(data, "none")
    for fate in FATES:
        yield f"every entry, bytes: {fate}", [], dict.fromkeys(data, fate)
    for change in entries:
        others = [each for each in entries if each is not change]
        named = f"{change.named} {change.names}"
        yield f"only the entry {named}", others, dict.fromkeys(data, "none")
        yield f"only the entry {named}, all bytes", others, {}
        yield f"not the entry {named}", [change], {}
    for number in range(drawn):
        lost = [change for change in entries if dice.random() < 0.5]
        fates = {each: dice.choice(FATES) for each in data}
        yield f"draw {number}", lost, fates

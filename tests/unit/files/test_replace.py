"""Replacing a file beside somebody who writes to it."""

import contextlib
import errno
import os
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from assetstore.errors import SourceChanged, SourceInUse
from assetstore.files import exchange as exchanging
from assetstore.files import in_use
from assetstore.files import replace as replacing
from assetstore.files.draft_names import NameSwap
from assetstore.files.exchange import exchange
from assetstore.files.in_use import leased
from assetstore.files.leftovers import Sweeper
from assetstore.files.replace import Draft
from assetstore.files.source import Source
from support.cut_off import Killed, end, killed, replaced
from support.held import held, no_lease

APPEND = """
import sys
with open(sys.argv[1], "ab", buffering=0) as file:
    file.write(b" and more")
"""
if sys.platform == "linux":
    import fcntl

linux = pytest.mark.skipif(
    sys.platform != "linux", reason="Linux' leases and exchanges"
)


@pytest.fixture
def document(tmp_path: Path) -> Path:
    path = tmp_path / "folder" / "document"
    path.parent.mkdir()
    path.write_bytes(b"as it was")
    return path


def at_the_last_moment(
    monkeypatch: pytest.MonkeyPatch, act: Callable[[], object]
) -> None:
    """Do something between the last look at a file and its replacement."""
    acts = [act]

    def late(one: Path, other: Path) -> bool:
        if acts:
            acts.pop()()
        return exchange(one, other)

    monkeypatch.setattr(replacing, "exchange", late)


def alone(path: Path) -> bool:
    return [p.name for p in path.parent.iterdir()] == [path.name]


def test_it_takes_the_place(document: Path) -> None:
    replaced(document)
    assert document.read_bytes() == b"new"
    assert document.stat().st_nlink == 1
    assert alone(document)


@linux
def test_who_opens_it_at_the_last_moment_waits_and_loses_nothing(
    document: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    writers: list[subprocess.Popen[bytes]] = []
    undisturbed: list[Callable[[], bool]] = []
    found = document.stat().st_ino

    @contextlib.contextmanager
    def watched(fd: int, name: str) -> Iterator[Callable[[], bool]]:
        with leased(fd, name) as known:
            undisturbed.append(known)
            yield known

    def act() -> None:
        writers.append(subprocess.Popen([sys.executable, "-c", APPEND, str(document)]))
        while undisturbed[0]():  # until it has found the old file
            assert writers[0].poll() is None, "it did not wait"
            time.sleep(0.001)

    monkeypatch.setattr(replacing, "leased", watched)
    at_the_last_moment(monkeypatch, act)
    with pytest.raises(SourceChanged, match="changed"):
        replaced(document)
    assert writers[0].wait() == 0
    assert document.read_bytes() == b"as it was and more"
    assert document.stat().st_ino == found
    assert alone(document)


@linux
def test_what_is_appended_at_the_last_moment_stays_without_leases(
    document: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def act() -> None:
        with document.open("ab") as file:
            file.write(b" and more")

    monkeypatch.setattr(replacing, "leased", no_lease)
    at_the_last_moment(monkeypatch, act)
    with pytest.raises(SourceChanged, match="changed"):
        replaced(document)
    assert document.read_bytes() == b"as it was and more"
    assert alone(document)


@linux
@pytest.mark.parametrize("kind", ["file", "link"])
def test_what_takes_its_place_at_the_last_moment_stays(
    document: Path, monkeypatch: pytest.MonkeyPatch, kind: str
) -> None:
    secret = document.parent.parent / "secret"
    secret.write_bytes(b"of somebody else")
    other = document.with_name("other")
    if kind == "file":
        other.write_bytes(b"of somebody else")
    else:
        other.symlink_to(secret)
    at_the_last_moment(monkeypatch, lambda: other.rename(document))
    with pytest.raises(SourceChanged, match="changed"):
        replaced(document)
    assert document.is_symlink() == (kind == "link")
    assert document.read_bytes() == secret.read_bytes() == b"of somebody else"
    assert alone(document)


@linux
def test_what_is_put_there_while_it_goes_back_is_not_removed(
    document: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The names are exchanged back, and somebody was quicker: both files are kept."""
    files = [document.with_name(name) for name in ("first", "second")]
    for file in files:
        file.write_bytes(file.name.encode())

    def late(one: Path, other: Path) -> bool:
        files.pop(0).rename(document)
        return exchange(one, other)

    monkeypatch.setattr(replacing, "exchange", late)
    with pytest.raises(SourceChanged, match="changed") as told:
        replaced(document)
    Sweeper().sweep(document)
    (kept,) = (p for p in document.parent.iterdir() if p != document)
    assert str(kept) in told.value.hint
    assert {document.read_bytes(), kept.read_bytes()} == {b"first", b"second"}


@linux
@pytest.mark.parametrize("killed_then", [False, True])
def test_what_is_appended_to_the_new_file_while_it_goes_back_is_kept(
    document: Path, monkeypatch: pytest.MonkeyPatch, killed_then: bool
) -> None:
    """One program put another file there, and appended to what it then found."""
    calls = [0]

    def late(one: Path, two: Path) -> bool:
        calls[0] += 1
        if calls[0] == 1:
            other = document.with_name("other")
            other.write_bytes(b"another")
            other.rename(document)
        elif killed_then:
            monkeypatch.setattr(Draft, "close", end)
            exchange(one, two)
            raise Killed
        done = exchange(one, two)
        if calls[0] == 1:
            with document.open("ab") as file:
                file.write(b" and more")
        return done

    monkeypatch.setattr(replacing, "leased", no_lease)
    monkeypatch.setattr(replacing, "exchange", late)
    if killed_then:
        with pytest.raises(Killed):
            replaced(document)
    with pytest.raises(SourceChanged) as told:
        Sweeper().sweep(document) if killed_then else replaced(document)
    assert document.read_bytes() == b"another"
    (kept,) = (p for p in document.parent.iterdir() if p != document)
    assert str(kept) in told.value.hint
    assert kept.read_bytes() == b"new and more"


@linux
def test_names_that_cannot_be_exchanged_back(
    document: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def once(one: Path, other: Path) -> bool:
        monkeypatch.setattr(replacing, "exchange", refuse)
        with document.open("ab") as file:
            file.write(b" and more")
        return exchange(one, other)

    def refuse(*_: Path) -> bool:
        raise OSError(errno.EIO, "Input/output error")

    monkeypatch.setattr(replacing, "leased", no_lease)
    monkeypatch.setattr(replacing, "exchange", once)
    with pytest.raises(SourceChanged, match="changed") as told:
        replaced(document)
    (kept,) = (p for p in document.parent.iterdir() if p != document)
    assert str(kept) in told.value.hint
    assert kept.read_bytes() == b"as it was and more"
    assert document.read_bytes() == b"new"


@linux
@pytest.mark.parametrize("exchanged", [False, True])
def test_killed_while_names_are_exchanged(
    document: Path, monkeypatch: pytest.MonkeyPatch, exchanged: bool
) -> None:
    killed(document, monkeypatch, exchanged=exchanged)
    Sweeper().sweep(document)
    assert document.read_bytes() == (b"new" if exchanged else b"as it was")
    assert alone(document)
    assert not Sweeper().may_be_taken_back(document, None)


@linux
def test_what_is_appended_when_the_replacement_is_killed_is_put_back(
    document: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    left = killed(document, monkeypatch, exchanged=True)
    with left.open("ab") as file:  # it was found before it had this name
        file.write(b" and more")
    Sweeper().sweep(document)
    assert document.read_bytes() == b"as it was and more"
    assert alone(document)


@linux
def test_who_still_has_it_open_gets_it_back(
    document: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    left = killed(document, monkeypatch, exchanged=True)
    with held(left):
        Sweeper().sweep(document)
    assert document.read_bytes() == b"as it was"
    assert alone(document)


@linux
def test_what_cannot_be_put_back_is_kept(
    document: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    left = killed(document, monkeypatch, exchanged=True)
    for path, more in ((left, b" and more"), (document, b"er still")):
        with path.open("ab") as file:
            file.write(more)
    with pytest.raises(SourceChanged) as told:
        Sweeper().sweep(document)
    (kept,) = (p for p in document.parent.iterdir() if p != document)
    assert str(kept) in told.value.hint
    assert kept.read_bytes() == b"as it was and more"
    assert document.read_bytes() == b"newer still"
    Sweeper().sweep(document)


@linux
def test_a_file_that_looks_like_what_was_read_is_put_back(
    document: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Another one, of the same size and time, as some tools make them."""
    left = killed(document, monkeypatch, exchanged=True)
    found = left.stat()
    other = document.with_name("other")
    other.write_bytes(b"it was as")
    os.utime(other, ns=(found.st_atime_ns, found.st_mtime_ns))
    other.rename(left)
    Sweeper().sweep(document)
    assert document.read_bytes() == b"it was as"
    assert alone(document)


@linux
def test_a_file_from_before_1970(
    document: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    os.utime(document, ns=(-(10**15), -(10**15)))
    killed(document, monkeypatch, exchanged=True)
    Sweeper().sweep(document)
    assert document.read_bytes() == b"new"
    assert alone(document)


@linux
def test_whose_process_lives_is_left_to_it(
    document: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    calls = [0]

    def late(one: Path, other: Path) -> bool:
        calls[0] += 1
        done = exchange(one, other)
        if calls[0] == 1:
            with one.open("ab") as file:
                file.write(b" and more")
            Sweeper().sweep(document)  # by somebody with another store
            assert document.read_bytes() == b"new"
        return done

    monkeypatch.setattr(replacing, "leased", no_lease)
    monkeypatch.setattr(replacing, "exchange", late)
    with pytest.raises(SourceChanged):
        replaced(document)
    assert document.read_bytes() == b"as it was and more"
    assert alone(document)


@linux
def test_long_names_that_begin_alike(
    document: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    one, other = (document.with_name("x" * 240 + end) for end in ("1", "2"))
    document.rename(one)
    other.write_bytes(b"the other")
    left = killed(one, monkeypatch, exchanged=True, beside=[other])
    for path in (left, one):
        with path.open("ab") as file:
            file.write(b" and more")
    assert not Sweeper().may_be_taken_back(other, other.stat())
    Sweeper().sweep(other)
    assert left.exists()
    assert other.read_bytes() == b"the other"
    with pytest.raises(SourceChanged) as told:
        Sweeper().sweep(one)
    assert ".kept" in told.value.hint
    assert not left.exists()


def test_a_replacement_that_begins_after_a_folder_was_listed(document: Path) -> None:
    sweeper = Sweeper()
    assert not sweeper.may_be_taken_back(document, document.stat())
    left = document.with_name(NameSwap((1, 2, 3), (4, 5, 6)).name(document))
    left.write_bytes(b"")
    assert sweeper.may_be_taken_back(document, document.stat())
    left.unlink()
    other = document.with_name("other")
    other.write_bytes(b"another")
    before = document.stat()
    other.replace(document)
    assert sweeper.may_be_taken_back(document, before)
    assert not sweeper.may_be_taken_back(document, document.stat())


@linux
def test_a_swap_that_is_a_link_to_another_file(document: Path) -> None:
    found = document.stat()
    new = found.st_ino, found.st_size, found.st_mtime_ns
    other = document.with_name("other")
    other.write_bytes(b"of the same user")
    os.link(other, document.with_name(NameSwap(new, (1, 2, 3)).name(document)))
    Sweeper().sweep(document)
    assert document.read_bytes() == b"as it was"
    assert other.read_bytes() == b"of the same user"


@linux
@pytest.mark.skipif(not hasattr(os, "geteuid") or os.geteuid() != 0, reason="root")
def test_a_swap_that_another_user_made_up(document: Path) -> None:
    found = document.stat()
    new = found.st_ino, found.st_size, found.st_mtime_ns
    name = NameSwap(new, (1, 2, 3)).name(document)
    crafted = document.with_name(name)
    crafted.write_bytes(b"evil")
    os.chown(crafted, 12345, 12345)
    Sweeper().sweep(document)
    assert document.read_bytes() == b"as it was"
    assert crafted.read_bytes() == b"evil"
    crafted.unlink()
    crafted.symlink_to("/etc/passwd")
    os.lchown(crafted, 12345, 12345)
    Sweeper().sweep(document)
    assert document.read_bytes() == b"as it was"


@linux
@pytest.mark.parametrize("kind", ["file", "folder", "link", "fifo"])
def test_a_swap_that_came_with_the_folder(document: Path, kind: str) -> None:
    """Who writes its name cannot know the inodes that its files will have."""
    found = document.stat()
    times = found.st_size, found.st_mtime_ns
    for numbers in ((3, 4), (1 << 60, (1 << 60) + 1)):
        new, old = ((number, *times) for number in numbers)
        crafted = document.with_name(NameSwap(new, old).name(document))
        if kind == "file":
            crafted.write_bytes(b"evil")
        elif kind == "folder":
            crafted.mkdir()
        elif kind == "link":
            crafted.symlink_to(document)
        else:
            os.mkfifo(crafted)
    names = sorted(os.listdir(document.parent))
    for _ in range(2):
        Sweeper().sweep(document)
        assert document.read_bytes() == b"as it was"
        assert sorted(os.listdir(document.parent)) == names
    with Source.open(document) as source, Draft(document) as draft:
        draft.write(b"new")
        draft.replace(source)
    assert document.read_bytes() == b"new"


@linux
def test_a_link_that_was_put_there_when_it_was_killed_is_put_back(
    document: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    left = killed(document, monkeypatch, exchanged=True)
    left.unlink()
    left.symlink_to("elsewhere")
    Sweeper().sweep(document)
    assert str(document.readlink()) == "elsewhere"
    assert [p.name for p in document.parent.iterdir()] == [document.name]


@linux
@pytest.mark.parametrize("done", [False, True])
def test_interrupted_while_names_are_exchanged(
    document: Path, monkeypatch: pytest.MonkeyPatch, done: bool
) -> None:
    def interrupted(one: Path, other: Path) -> bool:
        if done:
            exchange(one, other)
        raise KeyboardInterrupt

    monkeypatch.setattr(replacing, "exchange", interrupted)
    with Source.open(document) as source, Draft(document) as draft:
        draft.write(b"new")
        with pytest.raises(KeyboardInterrupt):
            draft.replace(source)
        assert draft.placed == done
    assert document.read_bytes() == (b"new" if done else b"as it was")
    Sweeper().sweep(document)
    assert alone(document)


@linux
def test_a_writer_that_proc_does_not_show_is_refused(document: Path) -> None:
    with held(document), pytest.raises(SourceInUse, match="open for writing"):
        replaced(document)
    assert document.read_bytes() == b"as it was"
    assert alone(document)


def test_a_system_that_cannot_exchange(
    document: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(exchanging, "_renameat2", lambda: lambda *_: errno.EINVAL)
    replaced(document)
    assert document.read_bytes() == b"new"
    assert alone(document)


@linux
def test_two_files_exchange_their_names(document: Path) -> None:
    other = document.with_name("other")
    with pytest.raises(FileNotFoundError, match="other"):
        exchange(document, other)
    other.write_bytes(b"another")
    assert exchange(document, other)
    assert (document.read_bytes(), other.read_bytes()) == (b"another", b"as it was")


@linux
@pytest.mark.parametrize("error", [errno.EAGAIN, errno.EINVAL, errno.EACCES])
@pytest.mark.parametrize("used", [False, True])
def test_a_file_system_without_leases(
    document: Path, monkeypatch: pytest.MonkeyPatch, error: int, used: bool
) -> None:
    """NFS and SMB say EAGAIN where their server grants none."""

    def refuse(_fd: int, command: int, _argument: int) -> int:
        assert command != fcntl.F_GETLEASE
        raise OSError(error, "refused")

    monkeypatch.setattr(fcntl, "fcntl", refuse)
    monkeypatch.setattr(in_use, "_is_remote", lambda _device: True)
    with contextlib.ExitStack() as stack:
        if used:
            holder = stack.enter_context(held(document))
            words = f"open for writing in py.*, process {holder}"
            stack.enter_context(pytest.raises(SourceInUse, match=words))
        replaced(document)
    assert document.read_bytes() == (b"as it was" if used else b"new")


@linux
def test_who_has_it_open_is_named(
    document: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with held(document) as holder:
        with pytest.raises(SourceInUse, match=f"process {holder}"):
            replaced(document)
        monkeypatch.setattr(in_use, "_open_files", lambda _files: iter(()))
        with pytest.raises(SourceInUse, match="in another program"):
            replaced(document)


@linux
def test_which_file_systems_are_remote(monkeypatch: pytest.MonkeyPatch) -> None:
    table = (
        "36 25 0:31 / /home rw - nfs4 server:/home rw,vers=4.2\n"
        "37 25 254:0 / /mnt/a - b rw shared:1 - ext4 /dev/vda rw\n"
    )
    monkeypatch.setattr(Path, "read_text", lambda *_: table)
    assert in_use._is_remote(os.makedev(0, 31))
    assert not in_use._is_remote(os.makedev(254, 0))
    assert not in_use._is_remote(os.makedev(0, 99))


@linux
def test_a_lease_ends_with_its_block(document: Path) -> None:
    with Source.open(document) as source:
        with leased(source.fd, "it") as undisturbed:
            assert undisturbed()
        document.write_bytes(b"written without waiting")


@pytest.mark.skipif(os.name == "nt", reason="no time that programs cannot set")
def test_a_writer_that_puts_the_time_back_is_noticed(document: Path) -> None:
    """As long as before, at the time of before: nothing but its attributes changed."""
    with Source.open(document) as source, Draft(document) as draft:
        source.settle()
        draft.write(b"new")
        found = document.stat()
        with document.open("r+b") as file:
            file.write(b"written!!")
        os.utime(document, ns=(found.st_atime_ns, found.st_mtime_ns))
        now = document.stat()
        assert (now.st_size, now.st_mtime_ns) == (found.st_size, found.st_mtime_ns)
        with pytest.raises(SourceChanged):
            draft.replace(source)
    assert document.read_bytes() == b"written!!"


@pytest.mark.parametrize("number", range(20))
def test_a_write_right_after_it_was_opened_is_noticed(
    document: Path, number: int
) -> None:
    """A file system takes one time for all that happens within a tick."""
    document.write_bytes(b"as it was")
    with Source.open(document) as source, Draft(document) as draft:
        source.settle()
        with document.open("r+b") as file:
            file.write(b"written!!")
        draft.write(b"new")
        with pytest.raises(SourceChanged):
            draft.replace(source)
    assert document.read_bytes() == b"written!!"

"""Who we are among a store's writers: one user on one machine.

A writer frees what it claims itself, and nothing of others. So two machines must not be
one writer, though one was made of the other's disk, or both have the same home: the
name is kept for each machine by itself.
"""

import contextlib
import platform
import sys
from pathlib import Path

from blake3 import blake3

from assetstore.errors import LockedError
from assetstore.files.durable import make_folder
from assetstore.files.leftovers import Sweeper
from assetstore.files.replace import Draft
from assetstore.store.format.blob import is_name, new_name
from assetstore.store.locks import hold

_WAIT = 5.0
_WRITER = b"assetstore writer "
_MACHINE_ID = (Path("/etc/machine-id"), Path("/var/lib/dbus/machine-id"))


def writer_id(state: Path) -> str:
    """This writer's id, made on first use.

    Args:
        state: The folder of what this user's programs remember.

    Raises:
        OSError: It cannot be read, or not be written down.
    """
    folder = state / "writers"
    # Before there was one for each machine; whoever comes first goes on with it.
    earlier = state / "client"
    if known := _read_id(folder / machine_key(state)):
        return known
    make_folder(folder)
    file = folder / machine_key(state)
    with contextlib.ExitStack() as stack:
        # The first of two processes wins; without locks the last one does.
        with contextlib.suppress(OSError, LockedError):
            stack.enter_context(hold(state / "client.lock", _WAIT))
        if known := _read_id(file):
            return known
        Sweeper().sweep(file)
        id = _read_id(earlier) or new_name()
        with Draft(file) as draft:
            draft.write(f"{id}\n".encode())
            draft.publish()
        with contextlib.suppress(OSError):
            earlier.unlink(missing_ok=True)
    return id


def _read_id(file: Path) -> str | None:
    try:
        text = file.read_text("ascii").strip()
    except (FileNotFoundError, UnicodeDecodeError):
        return None
    return text if is_name(text) else None


def machine_key(state: Path) -> str:
    """Name the machine, in hexadecimal; nobody can tell from it what its own id is.

    That is what systemd (machine-id(5)), macOS (gethostuuid) or Windows (MachineGuid)
    keep. A container has none, and a name that is drawn anew each time: there, what is
    on a disk of its own (a volume) stays one writer; the rest goes by the name.

    Args:
        state: The folder of what this user's programs remember.
    """
    own = _own_id()
    if not own:
        own = "a volume" if _is_mounted(state) else platform.node()
    return blake3(_WRITER + own.encode()).hexdigest(10)


def _own_id() -> str:
    if sys.platform == "darwin":
        return _mac_id()
    if sys.platform == "win32":
        return _windows_id()
    for file in _MACHINE_ID:
        with contextlib.suppress(OSError, UnicodeDecodeError):
            text = file.read_text("ascii").strip()
            if len(text) == 32:  # else "uninitialized", or nothing
                return text
    return ""


def _mac_id() -> str:
    import ctypes

    with contextlib.suppress(OSError, AttributeError):
        uuid, at_once = ctypes.create_string_buffer(16), (ctypes.c_long * 2)(1, 0)
        if ctypes.CDLL(None).gethostuuid(uuid, at_once) == 0:
            return uuid.raw.hex()
    return ""


def _windows_id() -> str:
    if sys.platform == "win32":
        import winreg

        with contextlib.suppress(OSError):
            where = r"SOFTWARE\Microsoft\Cryptography"
            wide = winreg.KEY_READ | winreg.KEY_WOW64_64KEY
            with winreg.OpenKey(winreg.HKEY_LOCAL_MACHINE, where, 0, wide) as key:
                return str(winreg.QueryValueEx(key, "MachineGuid")[0])
    return ""


def _is_mounted(state: Path) -> bool:
    """Tell whether a folder, or where it will be, is on another disk than the root."""
    while True:
        try:
            return state.stat().st_dev != Path("/").stat().st_dev
        except OSError:
            if state == state.parent:
                return False
            state = state.parent

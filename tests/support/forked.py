"""Runs of the program in processes of their own that need not start Python first.

A server has imported all of the program, and forks for each run: a run is a process
with its own arguments, folder, environment, pipes and exit code, without the quarter of
a second that an interpreter and its imports take.
"""

import atexit
import contextlib
import importlib
import json
import os
import pkgutil
import selectors
import socket
import subprocess
import sys
import threading
import traceback
from collections.abc import Mapping, Sequence
from functools import cache
from pathlib import Path
from typing import Any, NoReturn

_TESTS = str(Path(__file__).parents[1])

# Python and its libraries read these when they start.
_READ_EARLY = ("PYTHON", "LC_", "LANG", "LD_", "TZ", "MALLOC", "COVERAGE", "TQDM")
_LONGEST = 1 << 20
_CODE = 4


def can_fork() -> bool:
    """Tell whether this platform has what the server needs."""
    return hasattr(os, "pidfd_open") and "ASSETSTORE_TEST_PROCESSES" not in os.environ


def starts_alike(environment: Mapping[str, str]) -> bool:
    """Tell whether Python would start with this environment as it did with our own."""
    return _early(environment) == _early(os.environ)


def _early(environment: Mapping[str, str]) -> dict[str, str]:
    return {k: v for k, v in environment.items() if k.startswith(_READ_EARLY)}


class Server:
    """Forks runs of the program; one for each process of the tests."""

    def __init__(self) -> None:
        self._near, far = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
        self._near.setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, _LONGEST)
        self._sending = threading.Lock()
        with far:
            self._process = subprocess.Popen(
                [sys.executable, "-W", "error", "-m", "support.forked"],
                env={**os.environ, "PYTHONPATH": _TESTS},
                stdin=far.fileno(),
                stdout=subprocess.PIPE,  # as in a run, where it cannot be sought in
                stderr=subprocess.PIPE,
            )
        atexit.register(self.close)

    def run(
        self,
        words: Sequence[str],
        *,
        folder: Path,
        environment: Mapping[str, str],
        stdin: bytes,
    ) -> tuple[int, bytes, bytes]:
        """Run the program to its end: its exit code, and what it wrote."""
        pipes = [os.pipe() for _ in range(4)]  # input, output, errors, exit code
        (theirs_in, our_in), *outs = pipes
        told = {"words": [*words], "cwd": str(folder), "env": dict(environment)}
        message = json.dumps({**told, "umask": _umask()}).encode(
            "utf-8", "surrogateescape"
        )
        with self._sending:
            theirs = [theirs_in, *(write for _, write in outs)]
            socket.send_fds(self._near, [message], theirs)
        for descriptor in theirs:
            os.close(descriptor)
        writer = threading.Thread(target=_write, args=(our_in, stdin))
        writer.start()
        out, err, code = _read_all([read for read, _ in outs])
        writer.join()
        assert len(code) == _CODE, f"the server of forks died: {err!r}"
        return int.from_bytes(code, "little", signed=True), out, err

    def close(self) -> None:
        """End it."""
        self._near.close()
        self._process.communicate()


@cache
def server() -> Server:
    """The server of this process."""
    return Server()


def _umask() -> int:
    mask = os.umask(0o077)
    os.umask(mask)
    return mask


def _write(descriptor: int, data: bytes) -> None:
    with contextlib.suppress(BrokenPipeError), os.fdopen(descriptor, "wb") as pipe:
        pipe.write(data)


def _read_all(descriptors: Sequence[int]) -> list[bytes]:
    got = {descriptor: bytearray() for descriptor in descriptors}
    with selectors.DefaultSelector() as waiting:
        for descriptor in descriptors:
            waiting.register(descriptor, selectors.EVENT_READ)
        while waiting.get_map():
            for key, _ in waiting.select():
                if chunk := os.read(key.fd, 1 << 16):
                    got[key.fd] += chunk
                else:
                    waiting.unregister(key.fd)
                    os.close(key.fd)
    return [bytes(data) for data in got.values()]


def _import_all() -> None:
    import assetstore

    for module in pkgutil.walk_packages(assetstore.__path__, "assetstore."):
        if not module.name.endswith("__main__"):
            with contextlib.suppress(ImportError):  # of an extra
                importlib.import_module(module.name)


def _serve() -> None:
    """Fork for each request, until the other end is closed."""
    _import_all()
    control = socket.socket(fileno=os.dup(0))
    running: dict[int, tuple[int, int]] = {}  # by descriptor: process, where to tell
    with selectors.DefaultSelector() as waiting:
        waiting.register(control, selectors.EVENT_READ)
        while True:
            for key, _ in waiting.select():
                if key.fd in running:
                    pid, told = running.pop(key.fd)
                    waiting.unregister(key.fd)
                    os.close(key.fd)
                    code = os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1])
                    with contextlib.suppress(BrokenPipeError):
                        os.write(told, code.to_bytes(_CODE, "little", signed=True))
                    os.close(told)
                    continue
                message, (*standard, told), _, _ = socket.recv_fds(control, _LONGEST, 4)
                if not message:
                    return
                pid = os.fork()
                if not pid:
                    for other in (told, *(there for _, there in running.values())):
                        os.close(other)
                    control.close()
                    _run(json.loads(message), standard)
                for descriptor in standard:
                    os.close(descriptor)
                watched = os.pidfd_open(pid)
                running[watched] = (pid, told)
                waiting.register(watched, selectors.EVENT_READ)


def _run(told: dict[str, Any], standard: list[int]) -> NoReturn:
    """Be the program, and end."""
    for number, descriptor in enumerate(standard):
        os.dup2(descriptor, number)
        os.close(descriptor)
    os.umask(told["umask"])
    os.chdir(told["cwd"])
    os.environ.clear()
    os.environ.update(told["env"])
    program = importlib.import_module("assetstore.__main__")
    sys.modules["__main__"] = program  # what children of this process start with
    sys.path[0] = told["cwd"]
    sys.path.remove(_TESTS)
    sys.argv = [str(program.__file__), *told["words"]]
    code: Any = 1
    try:
        program.main()
    except SystemExit as end:
        code = end.code
    except BaseException:
        traceback.print_exc()
    finally:
        threading._shutdown()  # type: ignore[attr-defined]
        atexit._run_exitfuncs()
        for stream in (sys.stdout, sys.stderr):
            with contextlib.suppress(OSError, ValueError):
                stream.flush()
        os._exit(code or 0)


if __name__ == "__main__":
    _serve()

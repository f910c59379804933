"""Homes, configurations and runs for the tests of what happens by itself."""

import json
import os
import shutil
import threading
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path

from support.program import Program
from support.samples import picture, uri

DAY = 86400.0


def old(path: Path, days: float = 3) -> None:
    """Make a file look as if nobody had written to it for days."""
    then = time.time() - days * DAY
    os.utime(path, (then, then))


def pages(folder: Path, count: int, first: int = 0) -> dict[Path, bytes]:
    """Old pages with pictures of their own."""
    folder.mkdir(parents=True, exist_ok=True)
    found = {}
    for number in range(first, first + count):
        data = f'<img src="{uri(picture(40, 40, number))}">\n'.encode()
        path = folder / f"{number:03}.html"
        path.write_bytes(data)
        old(path)
        found[path] = data
    return found


def configured(
    program: Program, text: str = "", *, paths: list[Path] | None = None
) -> Path:
    """Write the user's configuration, with a job "pages" for some paths."""
    path = program.folder / "xdg" / "config" / "assetstore" / "config.toml"
    path.parent.mkdir(parents=True, exist_ok=True)
    if paths is not None:
        named = json.dumps([str(p) for p in paths])
        text = f"[limits]\nkeep_free = 0\n[jobs.pages]\npaths = {named}\n{text}"
    path.write_text(text, "utf-8")
    return path


def archived(files: Mapping[Path, bytes]) -> int:
    """How many files have no picture in them any more."""
    return sum(b"data:image" not in path.read_bytes() for path in files)


def check_whole(program: Program, files: Mapping[Path, bytes]) -> None:
    """Restore copies of files, and compare each with what it was."""
    copies = program.folder / "copies"
    shutil.rmtree(copies, ignore_errors=True)
    copies.mkdir()
    names = {path: copies / f"{n}{path.suffix}" for n, path in enumerate(files)}
    for path, copy in names.items():
        shutil.copyfile(path, copy)
    if (program.store / "config").is_file():
        done = program("restore", copies)
        assert done.code == 0, done.err
    for path, copy in names.items():
        assert copy.read_bytes() == files[path], path


@dataclass(slots=True)
class Monitor:
    """A monitor's server on this machine: what it was told, in order."""

    url: str
    said: list[tuple[str, str]] = field(default_factory=list)


@contextmanager
def monitor() -> Iterator[Monitor]:
    """Start a monitor."""

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
            found.said.append((self.path, body.decode()))
            self.send_response(200)
            self.end_headers()

        def log_message(self, format: str, *args: object) -> None:
            pass

    server = HTTPServer(("127.0.0.1", 0), Handler)
    found = Monitor(f"http://127.0.0.1:{server.server_port}/ping/id")
    thread = threading.Thread(
        target=server.serve_forever, kwargs={"poll_interval": 0.05}
    )
    thread.start()
    try:
        yield found
    finally:
        server.shutdown()
        thread.join()
        server.server_close()

"""A made-up home with the threads of ten clients: what each command takes on all.

    python -m benchmarks.agents_home [--size 2000000000] [--write]
    python -m benchmarks.agents_home --database --size 20000000000 [--write]

Sessions as the clients write them (``fixtures/sessions``, ``tests/support``) are copied
under other names, with larger pictures in them. ``clients``, ``doctor``, ``rescue
--all``, ``run`` and the undo of each are run, and timed. In the end every log is the
same byte for byte, and every database value for value, else this exits with 1. Takes
some three times the size in the temporary folder. With ``--database`` there is one
database of opencode, of that size, and nothing else. ``--write`` writes
``benchmarks/AGENTS_HOME.md``, or ``AGENTS_DATABASE.md``.
"""

import argparse
import base64
import io
import json
import os
import random
import re
import sqlite3
import sys
import tempfile
from collections.abc import Callable, Iterator
from concurrent.futures import ProcessPoolExecutor
from contextlib import closing
from hashlib import sha256
from multiprocessing import get_context
from pathlib import Path

from PIL import Image

from benchmarks.measure import run

HERE = Path(__file__).parent
sys.path.insert(0, str(HERE.parent / "tests"))

from support.homes import ROLLOUT, SESSION, claude_session, rollout  # noqa: E402

_SESSIONS = HERE.parent / "fixtures" / "sessions"
_PICTURE = re.compile(rb"iVBORw0KGgo[A-Za-z0-9+/]{20,}={0,2}")
# What the id of a session begins with: with another one it is another session.
_ID = re.compile(r"[0-9a-f]{8}(?=-[0-9a-f]{4}-)|[0-9a-f]{8}(?=\.jsonl$)|\d{13}(?=_)")
_DIFFERENT, _SIDE = 12, 1100
_CLIENTS = 10
_LONG_AGO = 1_790_000_000
# Exit codes that are no failure: done, partly done, threads at risk.
_DONE = {"doctor": (0, 4), "rescue": (0, 3, 4), "run": (0, 3)}


def pictures() -> list[bytes]:
    """Screens that nothing makes smaller, as base64; some 5 MB each."""
    made = []
    for seed in range(_DIFFERENT):
        noise = random.Random(seed).randbytes(_SIDE * _SIDE * 3)
        png = io.BytesIO()
        Image.frombytes("RGB", (_SIDE, _SIDE), noise).save(png, "PNG")
        made.append(base64.b64encode(png.getvalue()))
    return made


def templates() -> Iterator[list[tuple[Path, bytes]]]:
    """The files of a session, for each client that writes text."""
    codex = Path(".codex", "sessions", "2026", "11", "22", ROLLOUT)
    yield [(codex, rollout(pictures=1))]
    claude = Path(".claude", "projects", "-home-x", f"{SESSION}.jsonl")
    yield [(claude, claude_session(pictures=1))]
    for client in sorted(_SESSIONS.iterdir()):
        files = sorted(path for path in client.rglob("*") if path.is_file())
        yield [(path.relative_to(client), path.read_bytes()) for path in files]


def make_logs(home: Path, screens: list[bytes], size: int) -> None:
    """Write sessions of a client after the other, of so many bytes each."""
    for number, session in enumerate(templates()):
        written = copy = 0
        id = _ID.findall(session[0][0].name)[-1:] or _ID.findall(str(session[0][0]))
        while written < size:
            other = str(10 ** (len(id[-1]) - 1) + number * 1000 + copy)
            for place, text in session:
                path = home / str(place).replace(id[-1], other)
                data = text.replace(id[-1].encode(), other.encode())
                data = _PICTURE.sub(lambda _, n=copy: screens[n % _DIFFERENT], data)
                path.parent.mkdir(parents=True, exist_ok=True)
                path.write_bytes(data)
                os.utime(path, (_LONG_AGO, _LONG_AGO))
                written += len(data)
            copy += 1


def make_databases(home: Path, screens: list[bytes], *sizes: int) -> list[Path]:
    """Write databases of opencode and goose, of so many bytes each; 0: none."""
    opencode = home / ".local" / "share" / "opencode" / "opencode.db"
    goose = home / ".local" / "share" / "goose" / "sessions" / "sessions.db"
    kinds: list[tuple[Path, str, object]] = [
        (
            opencode,
            "CREATE TABLE session(id TEXT PRIMARY KEY, time_updated INTEGER);"
            "CREATE TABLE part(id INTEGER PRIMARY KEY, session_id TEXT, data TEXT)",
            {"type": "file", "mime": "image/png", "url": "data:image/png;base64,@"},
        ),
        (
            goose,
            "CREATE TABLE sessions(id TEXT PRIMARY KEY, updated_at TEXT);"
            "CREATE TABLE messages(id INTEGER PRIMARY KEY, session_id TEXT,"
            " content_json TEXT)",
            [{"type": "image", "data": "@", "mimeType": "image/png"}],
        ),
    ]
    wanted = [(*kind, size) for kind, size in zip(kinds, sizes, strict=True) if size]
    for path, schema, value, size in wanted:
        path.parent.mkdir(parents=True)
        with closing(sqlite3.connect(path)) as db:
            db.execute("PRAGMA journal_mode=WAL")  # as both clients do
            db.executescript(schema)
            table = "part" if path == opencode else "messages"
            text, row = json.dumps(value), 0
            while row * len(screens[0]) < size:
                data = text.replace("@", screens[row % _DIFFERENT].decode())
                db.execute(f"INSERT INTO {table} VALUES(?, 's', ?)", (row, data))
                row += 1
                if row % 50 == 0:  # else the log of changes grows as large
                    db.commit()
            db.commit()
        os.utime(path, (_LONG_AGO, _LONG_AGO))
    return [path for path, *_ in wanted]


def made(home: Path, size: int, *, database: bool) -> list[Path]:
    """Make the home in another process; the databases.

    What this one had in memory would count as the commands' own.
    """
    with ProcessPoolExecutor(1, mp_context=get_context("spawn")) as pool:
        return pool.submit(_make, home, size, database).result()


def _make(home: Path, size: int, database: bool) -> list[Path]:
    screens = pictures()
    if database:
        return make_databases(home, screens, size, 0)
    make_logs(home, screens, size // _CLIENTS)
    return make_databases(home, screens, size // _CLIENTS, size // _CLIENTS)


def held(home: Path, databases: list[Path]) -> dict[str, str]:
    """A hash of each log, and of all values of each database."""
    found = {}
    for path in sorted(home.rglob("*.json*")):
        with path.open("rb") as file:
            digest = sha256()
            while piece := file.read(1 << 20):
                digest.update(piece)
        found[str(path)] = digest.hexdigest()
    for path in databases:
        table = "part" if path.name.startswith("opencode") else "messages"
        digest = sha256()
        with closing(sqlite3.connect(path)) as db:
            for row in db.execute(f"SELECT * FROM {table} ORDER BY id"):  # noqa: S608
                digest.update(repr(row).encode())
        found[str(path)] = digest.hexdigest()
    return found


def size_of(folder: Path) -> int:
    """Bytes of the files below a folder."""
    return sum(path.stat().st_size for path in folder.rglob("*") if path.is_file())


def main() -> None:
    """Make the home, run the commands, print what each took."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--size", type=int, default=2_000_000_000)
    parser.add_argument("--database", action="store_true")
    parser.add_argument("--write", action="store_true")
    given = parser.parse_args()
    rows: list[str] = []

    def say(row: str) -> None:
        rows.append(row)
        print(row, flush=True)

    with tempfile.TemporaryDirectory(prefix="assetstore-agents-") as name:
        wrong = _measure(Path(name), given.size, say, database=given.database)
    if given.write:
        title = (
            "One database of opencode" if given.database else "Threads of ten clients"
        )
        option = "--database " if given.database else ""
        target = HERE / ("AGENTS_DATABASE.md" if given.database else "AGENTS_HOME.md")
        command = (
            f"python -m benchmarks.agents_home {option}--size {given.size} --write"
        )
        head = f"# {title}: what each command takes\n\n`{command}`\nwrote this.\n\n"
        target.write_text(head + "\n".join(rows) + "\n", "utf-8")
    sys.exit(wrong)


def _measure(
    folder: Path, size: int, say: Callable[[str], None], *, database: bool
) -> bool:
    """Run the commands; whether something did not come back."""
    home = folder / "home"
    databases = made(home, size, database=database)
    before = held(home, databases)
    environment = {
        **{k: v for k, v in os.environ.items() if not k.startswith("XDG_")},
        "HOME": str(home),
        "XDG_CACHE_HOME": str(folder / "cache"),
        "XDG_STATE_HOME": str(folder / "state"),
        "XDG_DATA_HOME": str(home / ".local" / "share"),
        "ASSETSTORE_STORE": str(folder / "store"),
    }
    say(f"{len(before)} logs and databases, {size_of(home) / 1e9:.2f} GB\n")
    say("| Command | Time | Processor time | Peak memory | The home then |")
    say("|---|---:|---:|---:|---:|")

    def took(*words: str) -> None:
        shown = " ".join(word for word in words if not word.startswith("/"))
        allowed = "|".join(map(str, _DONE.get(words[0], (0,))))
        script = f'"$@"; case $? in {allowed}) ;; *) exit 1;; esac'
        command = [sys.executable, "-m", "assetstore", *words]
        ran = run(["sh", "-c", script, "sh", *command], environment, folder / "out")
        say(
            f"| `{shown}` | {ran.seconds:.1f} s | {ran.cpu:.1f} s "
            f"| {ran.rss / 1e6:.0f} MB | {size_of(home) / 1e9:.3f} GB |"
        )

    took("clients")
    took("doctor")
    took("rescue", "--all", "--vacuum")
    took("run")
    rescued = [
        path for path, was in held(home, databases).items() if was != before[path]
    ]
    took("restore", *rescued)
    after = held(home, databases)
    wrong = [path for path, was in before.items() if after.get(path) != was]
    say(
        f"\nOf {len(before)}, {len(rescued)} were changed; "
        f"{len(wrong)} did not come back as they were."
    )
    for path in wrong[:10]:
        print(path)
    return bool(wrong)


if __name__ == "__main__":
    main()

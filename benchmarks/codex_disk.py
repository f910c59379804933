"""What the newest Codex writes to disk, against what is known of it.

    python -m benchmarks.codex_disk [--version 0.171.0] [--write]

Looks up the newest version on npm, installs it as the tests do, lets it work on a
thread (pictures pasted, from a file and from a tool, a compaction, a fork, a rewind, a
message that waits, an attachment), and compares files, records and tables with
`codex_disk.json`. Exits with 1 where something is another: then docs/codex.md has to
be looked through, and ``--write`` takes the new facts over.
"""

import argparse
import json
import re
import shutil
import sqlite3
import subprocess
import sys
import tempfile
from contextlib import closing
from pathlib import Path
from typing import Any

HERE = Path(__file__).parent
FACTS = HERE / "codex_disk.json"
DOCS = HERE.parent / "docs" / "codex.md"
sys.path.insert(0, str(HERE.parent / "tests"))

from support.codex import NEWEST, Codex, image, install, text  # noqa: E402
from support.mock_api import MockApi  # noqa: E402
from support.samples import picture, uri  # noqa: E402

# What Codex brings along, or names anew each time, and nobody reads here.
_FOREIGN = re.compile(
    r"skills/|plugins|\.tmp|/tmp/|packages/|cache|\.lock$|-(?:wal|shm)$"
)
_NAMES = (
    (re.compile(r"[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}"), "ID"),
    (re.compile(r"\d{4}-\d\d-\d\dT\d\d-\d\d-\d\d"), "TIME"),
    (re.compile(r"\d{4}/\d\d/\d\d"), "DAY"),
)
_DEEP = 4
Facts = dict[str, dict[str, list[str]]]


def newest() -> str:
    """The newest version on npm."""
    npm = shutil.which("npm")
    if npm is None:
        sys.exit("npm is not here")
    words = [npm, "view", "@openai/codex", "version"]
    done = subprocess.run(words, capture_output=True, text=True, check=True)
    return done.stdout.strip()


def work(codex: Codex) -> None:
    """Let the client write whatever it writes."""
    (codex.work / "a.png").write_bytes(picture(300, 200, 7))
    with codex.server() as server:
        thread = server.call("thread/start", cwd=str(codex.work))["thread"]["id"]
        server.turn(thread, text("look"), image(uri(picture(200, 100, 1))))
        call = f'call view_image {{"path":"{codex.work / "a.png"}"}}'
        server.turn(thread, text(call))
        path = str(codex.work / "a.png")
        server.turn(thread, text("mine"), {"type": "localImage", "path": path})
        server.call("thread/compact/start", threadId=thread)
        server.wait("turn/completed")
        last = server.turn(thread, text("more"), image(uri(picture(200, 100, 2))))
        fork = server.call("thread/fork", threadId=thread)["thread"]["id"]
        server.turn(fork, text("in the fork"))
        # Whatever a version does not know of these, it refuses.
        attachment = {"url": uri(picture(20, 20, 3))}
        server.ask(
            "thread/attachment/add",
            threadId=thread,
            attachmentType="image",
            identityKey="k",
            payload=attachment,
        )
        turn = last["turn"]["id"]
        server.ask("thread/revert", threadId=thread, beforeTurnId=turn)
        server.turn(thread, text("another way"))


def seen(home: Path) -> Facts:
    """What is in a home."""
    files: set[str] = set()
    records: dict[str, set[str]] = {}
    tables: dict[str, list[str]] = {}
    for path in sorted(home.rglob("*")):
        name = path.relative_to(home).as_posix()
        if not path.is_file() or _FOREIGN.search(name):
            continue
        for pattern, short in _NAMES:
            name = pattern.sub(short, name)
        files.add(name)
        if path.suffix == ".jsonl":
            for line in path.read_bytes().splitlines():
                _note(json.loads(line), records)
        elif path.suffix == ".sqlite":
            with closing(sqlite3.connect(path)) as db:
                found = db.execute("SELECT name FROM sqlite_master WHERE type='table'")
                for (table,) in found.fetchall():
                    rows = db.execute(f'PRAGMA table_info("{table}")')
                    tables[f"{name} {table}"] = sorted(row[1] for row in rows)
    known = {kind: sorted(keys) for kind, keys in sorted(records.items())}
    return {"files": {"": sorted(files)}, "records": known, "tables": tables}


def _note(record: dict[str, Any], records: dict[str, set[str]]) -> None:
    payload = record.get("payload")
    inner = payload.get("type") if isinstance(payload, dict) else None
    kind = f"{record.get('type')} {inner}" if inner else str(record.get("type"))
    records.setdefault(kind, set()).update(keys(record, _DEEP))


def keys(value: object, deep: int) -> set[str]:
    """The names of members, so many levels deep."""
    if isinstance(value, list):
        return set().union(*(keys(inner, deep) for inner in value))
    if not isinstance(value, dict) or not deep:
        return set()
    found = set(value)
    for key, inner in value.items():
        found |= {f"{key}.{name}" for name in keys(inner, deep - 1)}
    return found


def differences(known: Facts, now: Facts) -> list[str]:
    """What is in one of two sets of facts and not in the other, in lines."""
    lines = []
    for part in ("files", "records", "tables"):
        was, is_ = known.get(part, {}), now[part]
        for name in sorted({*was, *is_}):
            before, after = set(was.get(name, ())), set(is_.get(name, ()))
            lines += [f"- {part} {name}: {key}" for key in sorted(before - after)]
            lines += [f"+ {part} {name}: {key}" for key in sorted(after - before)]
    return lines


def end(client: str, known: Path, now: Facts, told: list[str], *, write: bool) -> None:
    """Print what is another than the facts that are kept, keep it, and exit.

    Args:
        client: Its title.
        known: Where the facts are kept.
        now: Those of this run, with the version.
        told: What else is to be told.
        write: Keep those of this run.
    """
    was = json.loads(known.read_bytes()) if known.exists() else {"version": "none"}
    print(f"{client} {now['version']}; the facts are of {was['version']}")
    told = differences(was, now) + told
    print("\n".join(told) or "nothing is another")
    if write:
        known.write_text(json.dumps(now, indent=1, sort_keys=True) + "\n", "utf-8")
    sys.exit(bool(told) and not write)


def main() -> None:
    """Look, and tell what is another."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--version")
    parser.add_argument("--write", action="store_true")
    given = parser.parse_args()
    version = given.version or newest()
    program = install(version)
    if program is None:
        sys.exit("npm, or its registry, cannot be reached")
    with tempfile.TemporaryDirectory(prefix="codex-disk-") as folder, MockApi() as api:
        codex = Codex(program, Path(folder), api.url)
        work(codex)
        now = seen(codex.home)
        refused = [request.error for request in api.requests if request.error]
    told = [f"! the strict API refused: {error}" for error in refused]
    if version != NEWEST:
        told.append(f"! tests/support/codex.py has {NEWEST} as the newest")
    if f"Codex {version}" not in DOCS.read_text("utf-8"):
        told.append(f"! docs/codex.md does not name {version}")
    end("Codex", FACTS, {"version": version, **now}, told, write=given.write)


if __name__ == "__main__":
    main()

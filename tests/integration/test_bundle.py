"""export and import: a thread in one file."""

import io
import json
import re
import shutil
import zipfile
from pathlib import Path

import pytest

from support.homes import (
    SESSION,
    THREAD,
    claude_home,
    codex_fork,
    codex_home,
    rollout,
)
from support.program import Program
from support.samples import picture, uri


@pytest.fixture
def elsewhere(tmp_path: Path) -> Program:
    folder = tmp_path / "elsewhere"
    folder.mkdir()
    other = Program(folder)
    other.environment |= {
        "CODEX_HOME": str(folder / ".codex"),
        "CLAUDE_CONFIG_DIR": str(folder / ".claude"),
    }
    return other


@pytest.mark.parametrize("rescued", [False, True])
def test_a_thread_moves_to_another_machine(
    agents: Program, elsewhere: Program, rescued: bool
) -> None:
    path = codex_home(agents.folder)
    original, modified = path.read_bytes(), path.stat().st_mtime_ns
    if rescued:
        assert agents("rescue", THREAD).code == 0
    now = path.read_bytes()
    bundle = agents.folder / "thread.bundle"
    done = agents("export", THREAD, bundle)
    assert done.code == 0, done.err
    assert path.read_bytes() == now
    shutil.rmtree(agents.folder / ".codex")
    shutil.rmtree(agents.store, ignore_errors=True)

    moved = elsewhere("import", bundle, "--json")
    assert moved.code == 0, moved.out
    there = Path(moved.result["path"])
    assert there.relative_to(elsewhere.folder) == path.relative_to(agents.folder)
    assert b"data:image" not in there.read_bytes()
    assert there.stat().st_mtime_ns == modified
    assert elsewhere("verify", "--read-data").code == 0
    assert elsewhere("import", bundle).code == 1
    assert elsewhere("restore", there).code == 0
    assert there.read_bytes() == original


@pytest.mark.parametrize("known", [False, True])
def test_what_a_log_quotes_moves_as_text(
    agents: Program, elsewhere: Program, known: bool
) -> None:
    """Also what its own pictures are called there."""
    path = codex_home(agents.folder)
    original = path.read_bytes()
    assert agents("rescue", THREAD).code == 0
    found = re.findall(rb"as1:[\w-]{27}", path.read_bytes())
    begin = b'{"timestamp":"t","type":"event_msg","payload":{"shot":"'
    quotes = b"".join(begin + name + b'"}}\n' for name in [*found, b"as1:" + b"A" * 27])
    with path.open("ab") as file:
        file.write(quotes)
    if not known:
        assert agents("restore", path).code == 0
        shutil.rmtree(agents.store)
    assert agents("export", THREAD, "b").code == 0
    moved = elsewhere("import", agents.folder / "b")
    assert moved.code == 0, moved.err
    there = elsewhere.folder / path.relative_to(agents.folder)
    assert elsewhere("restore", there).code == 0
    assert there.read_bytes() == original + quotes


def test_a_session_of_claude_code(agents: Program, elsewhere: Program) -> None:
    path = claude_home(agents.folder)
    original = path.read_bytes()
    assert agents("export", SESSION, "b").code == 0
    assert elsewhere("import", agents.folder / "b").code == 0
    there = elsewhere.folder / path.relative_to(agents.folder)
    assert elsewhere("restore", there).code == 0
    assert there.read_bytes() == original


def altered(bundle: Path, change: dict[str, bytes | None]) -> Path:
    """A copy of a bundle with other entries."""
    out = io.BytesIO()
    with zipfile.ZipFile(bundle) as old, zipfile.ZipFile(out, "w") as new:
        for name in old.namelist():
            data = change.get(name, old.read(name))
            if data is not None:
                new.writestr(name, data)
        for name, data in change.items():
            if name not in old.namelist() and data is not None:
                new.writestr(name, data)
    target = bundle.with_name("altered")
    target.write_bytes(out.getvalue())
    return target


def test_hostile_and_damaged_bundles(agents: Program, elsewhere: Program) -> None:
    codex_home(agents.folder)
    bundle = agents.folder / "b"
    assert agents("export", THREAD, bundle).code == 0
    with zipfile.ZipFile(bundle) as archive:
        about = json.loads(archive.read("bundle.json"))
        log = archive.read("thread.jsonl")
        names = archive.namelist()
    pack = next(n for n in names if n.startswith("store/packs/"))

    def described(**facts: object) -> dict[str, bytes | None]:
        return {"bundle.json": json.dumps(about | facts).encode()}

    changes: list[dict[str, bytes | None]] = [
        {"thread.jsonl": log[:-9]},
        {pack: None},
        {"../evil": b"x"},
        described(place="sessions/2026/11/22/../../../../../evil.jsonl"),
        described(place="/etc/evil.jsonl"),
        described(files={**about["files"], "store/packs/../../../evil": "00"}),
        described(version=2),
        described(thread=7),
        described(blake3="00" * 32),
        {"bundle.json": b"[]"},
        {"bundle.json": b"not json"},
    ]
    for change in changes:
        ran = elsewhere("import", altered(bundle, change))
        assert ran.code == 12, (change.keys(), ran.err)
        assert "hint:" in ran.err
    (elsewhere.folder / "no.zip").write_bytes(b"PK no zip at all")
    assert elsewhere("import", elsewhere.folder / "no.zip").code == 12
    assert not (elsewhere.folder / ".codex").exists()
    assert not list(elsewhere.folder.parent.rglob("evil*"))


def test_an_import_that_was_cut_off_is_finished(
    agents: Program, elsewhere: Program
) -> None:
    """A log is in its place with its pictures in the store, or not at all."""
    path = codex_home(agents.folder)
    original = path.read_bytes()
    bundle = agents.folder / "thread.bundle"
    assert agents("export", THREAD, bundle).code == 0
    there = elsewhere.folder / path.relative_to(agents.folder)
    there.parent.mkdir(parents=True)
    there.write_bytes(original[:-1])
    assert elsewhere("import", bundle).code == 1
    assert there.read_bytes() == original[:-1]
    there.unlink()
    draft = there.with_name(f".{there.name}.assetstore-{'0' * 16}.tmp")
    draft.write_bytes(b"")
    assert elsewhere("import", bundle).code == 0
    assert b"data:image" not in there.read_bytes()
    assert not draft.exists()
    assert elsewhere("restore", there).code == 0
    assert there.read_bytes() == original


def test_a_log_that_is_there_whole_stays_so(agents: Program) -> None:
    """It was exported from here, or its owner put its pictures back."""
    path = codex_home(agents.folder)
    original, changed = path.read_bytes(), path.stat().st_mtime_ns
    bundle = agents.folder / "thread.bundle"
    assert agents("export", THREAD, bundle).code == 0
    ran = agents("import", bundle, "--json")
    assert ran.code == 0
    assert (ran.result["there"], ran.result["images"]) == (True, 0)
    assert (path.read_bytes(), path.stat().st_mtime_ns) == (original, changed)
    text = agents("import", bundle).out.decode()
    assert "is there already, whole" in text
    assert f"assetstore archive {path}" in text


def numbered(log: bytes, start: int = 0) -> bytes:
    """A log whose lines have numbers, as those of 0.169 have."""
    return b"".join(
        line.replace(b'"type"', b'"ordinal":%d,"type"' % (start + i), 1)
        for i, line in enumerate(log.splitlines(keepends=True))
    )


def family(agents: Program) -> tuple[Path, Path, bytes]:
    """A thread, its log after it was rewound, and what both are as one log."""
    path = codex_home(agents.folder, numbered(rollout(3, 0)))
    lines = path.read_bytes().splitlines(keepends=True)
    end = sum(map(len, lines[:9]))
    late = codex_fork(path, 17, end, b"", rewinds=True)
    first = late.read_bytes().replace(b'exclusive":3', b'exclusive":9')
    first = first.replace(b'"type"', b'"ordinal":9,"type"', 1)
    own = numbered(rollout(1, 0, start=7), 10)
    late.write_bytes(first + own)
    line = json.loads(first)
    base = (
        b',"history_base":'
        + json.dumps(
            line["payload"].pop("history_base"), separators=(",", ":")
        ).encode()
    )
    assert base in first
    begin = first.replace(base, b"").replace(b'"ordinal":9', b'"ordinal":0')
    silent = (
        b'{"timestamp":"%b","ordinal":9,"type":"event_msg",'
        b'"payload":{"type":"token_count","info":null,"rate_limits":null}}\n'
        % line["timestamp"].encode()
    )
    return path, late, begin + b"".join(lines[1:9]) + silent + own


@pytest.mark.parametrize("rescued", [(), (THREAD,), ("first",), ("last",)])
def test_a_rewound_thread_moves_as_one_log(
    agents: Program, elsewhere: Program, rescued: tuple[str, ...]
) -> None:
    path, late, whole = family(agents)
    for name in rescued:
        log = {"first": path, "last": late}.get(name)
        ran = agents("archive", log) if log else agents("rescue", name, "--now")
        assert ran.code == 0, ran.err
    assert agents("export", THREAD, "b").code == 0
    moved = elsewhere("import", agents.folder / "b", "--json")
    assert moved.code == 0, moved.err
    there = Path(moved.result["path"])
    assert there.name == late.name.replace(f"_{THREAD[:-2]}11", "")
    assert elsewhere("restore", there).code == 0
    assert there.read_bytes() == whole


def test_what_is_not_whole_is_not_exported(agents: Program) -> None:
    path, late, _ = family(agents)
    log = path.read_bytes()
    path.unlink()
    ran = agents("export", late, "b")
    assert (ran.code, f"the log {THREAD}" in ran.err) == (1, True), ran.err
    own = late.read_bytes()
    turns = numbered(rollout(1, 0, start=8), 15)
    later = codex_fork(late, 18, len(own), turns, rewinds=True)
    first = later.read_bytes().partition(b"\n")[0] + b"\n"
    later.write_bytes(first.replace(b'"type"', b'"ordinal":14,"type"', 1) + turns)
    before = {log: log.read_bytes() for log in path.parent.iterdir()}
    for words in (("export", THREAD, "b"), ("rescue", "--fork", THREAD)):
        ran = agents(*words)  # the oldest of the two is not the beginning
        assert (ran.code, f"the log {THREAD}" in ran.err) == (1, True), ran.err
    assert {log: log.read_bytes() for log in path.parent.iterdir()} == before
    later.unlink()
    path.write_bytes(b"x" + log)
    ran = agents("export", late, "b")
    assert ran.code == 1
    assert "where no line of that ends" in ran.err
    assert not (agents.folder / "b").exists()


def test_a_thread_that_is_here_under_another_name_is_not_imported(
    agents: Program,
) -> None:
    path, late, _ = family(agents)
    before = path.read_bytes(), late.read_bytes()
    assert agents("export", THREAD, "b").code == 0
    ran = agents("import", "b")
    assert ran.code == 1
    assert "is here already" in ran.err
    assert (path.read_bytes(), late.read_bytes()) == before


@pytest.mark.parametrize("log_is_known", [False, True])
def test_the_picture_of_a_note_that_a_log_quotes_stays_at_home(
    agents: Program, elsewhere: Program, log_is_known: bool
) -> None:
    note = agents.folder / "private.md"
    note.write_text(f"![]({uri(picture(90, 70, 5))})\n")
    assert agents("archive", note).code == 0
    (name,) = re.findall(rb"as1:[\w-]{27}", note.read_bytes())
    path = codex_home(agents.folder)
    if log_is_known:
        assert agents("archive", path).code == 0
    quote = b'{"timestamp":"t","type":"event_msg","payload":{"shot":"%b"}}\n' % name
    with path.open("ab") as file:
        file.write(quote)
    before = path.read_bytes()
    done = agents("export", THREAD, "b", "--json")
    assert done.code == 0, done.err
    assert done.result["quoted"] == 1
    assert path.read_bytes() == before
    moved = elsewhere("import", agents.folder / "b", "--json")
    there = Path(moved.result["path"])
    assert elsewhere("restore", there).code == 0
    assert there.read_bytes().endswith(quote)
    assert there.read_bytes().count(b"data:image") == 12
    blobs = elsewhere("ls", "--blobs", "--json").result["blobs"]
    assert len(blobs) == 4

"""Operations in which faults are injected, and what must hold after each of them."""

import io
import json
import os
import re
import shutil
import time
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path

from assetstore.agents.bundle import import_bundle
from assetstore.errors import DamagedBlob, MissingBlob
from assetstore.restore.run import RestoreOptions, restore_stream
from assetstore.store.check.verify import verify
from assetstore.store.store import Store
from support.homes import THREAD, codex_home, history, rollout
from support.periodic import configured, old
from support.program import Program
from support.samples import picture, uri
from support.screens import session
from support.traced import Ended, forked, import_what_was_needed

Documents = dict[Path, bytes]
_NAME = re.compile(r"(?<![0-9a-z])[0-9a-hjkmnp-tv-z]{26}(?![0-9a-z])")
_CACHE = re.compile(r"xdg/cache/.*\.sqlite-(?:journal|shm|wal)")
_PARTS = [
    (re.compile(r"(?:^|(?<=/))store/packs/\w\w(?=/|$)"), "store/packs/*"),
    # A thread on its way has a path, and so a manifest, of a name of its own.
    (re.compile(r"^(tmp/.*/manifests/\*)/[0-9a-f]{40}"), r"\1/*"),
    (re.compile(r"#\d+$"), "#*"),  # a file without a name
    (re.compile(r"/\d{10}$"), "/*"),
    (re.compile(r"doc-\w\w\.lock"), "doc-*.lock"),
    (re.compile(r"\d{8}T\d{6}"), "*"),
    (re.compile(r"\.assetstore-[0-9a-f]{16}\.tmp$"), ".assetstore-*.tmp"),
    (re.compile(r"\.assetstore-[0-9a-f-]+\.swap$"), ".assetstore-*.swap"),
]


@dataclass(frozen=True, slots=True)
class Scene:
    """An operation.

    Attributes:
        name: What it is called in tables.
        words: Its command; "DOCS" stands for all documents, "DOC" for the first.
        prepare: Makes what it needs in a program's folder; the documents, each with
            what it was before anything was archived.
        goal: Checks what it was to do.
        again: Exit codes that it may end with when it is run again.
        undo: Takes a last step, and checks what comes of it.
        spoilt: Documents that it is to make whole; until then they may be refused.
    """

    name: str
    words: tuple[str, ...]
    prepare: Callable[[Program], Documents]
    goal: Callable[[Program, Documents], None]
    again: tuple[int, ...] = (0,)
    undo: Callable[[Program, Documents], None] = lambda program, documents: None
    spoilt: frozenset[str] = frozenset()


class Stage:
    """A scene that can be set again and again.

    Attributes:
        program: The program, in the scene's folder.
        words: The scene's command.
        made: A copy of the folder as it is before the operation.
        folder: Where both are.
    """

    def __init__(self, scene: Scene, folder: Path):
        self.scene = scene
        self.folder = folder
        self.made = folder / "made"
        self._work = folder / "work"
        self._work.mkdir(parents=True, exist_ok=True)
        self.program = Program(self._work)
        self.program.environment |= {
            "TMPDIR": str(self._work / "tmp"),
            "PATH": "/usr/bin:/bin",
        }
        (self._work / "tmp").mkdir()
        self.documents = scene.prepare(self.program)
        paths = [str(path) for path in self.documents]
        named = {"DOCS": paths, "DOC": paths[:1]}
        self.words = [each for word in scene.words for each in named.get(word, [word])]
        shutil.copytree(self._work, self.made, symlinks=True)
        ended = self.run()
        assert ended.code == 0, ended
        import_what_was_needed(self.program)
        scene.goal(self.program, self.documents)
        self.clean()
        self._left = self._names()
        self.undo()

    def reset(self) -> None:
        """Make everything as it was before the operation, and just before it.

        When a store was seen is noted again after an hour, which would be other calls.
        """
        for note in self.made.glob("xdg/state/assetstore/stores/*.seen"):
            record = json.loads(note.read_bytes()) | {"seen": int(time.time())}
            note.write_text(json.dumps(record, sort_keys=True) + "\n", "utf-8")
        self.put(self.made)

    def put(self, tree: Path) -> None:
        """Make everything as it is in a copy of the folder."""
        for path in self._work.iterdir():
            if path.is_dir():
                shutil.rmtree(path)
            else:
                path.unlink()
        shutil.copytree(tree, self._work, symlinks=True, dirs_exist_ok=True)

    def run(self) -> Ended:
        """Run the operation."""
        return forked(self.program, self.words)

    def again(self) -> None:
        """Run it again, to its end."""
        ended = self.run()
        assert ended.code in self.scene.again, ended
        self.scene.goal(self.program, self.documents)
        self.check(done=True)

    def check(self, *, strict: bool = False, done: bool = False) -> None:
        """Every document is old or new, whole, and the store has what it needs.

        Args:
            strict: The store has nothing else to find fault with, either.
            done: What was spoilt is whole, too.
        """
        spoilt = frozenset() if strict or done else self.scene.spoilt
        documents = {
            path: (path.read_bytes(), data)
            for path, data in self.documents.items()
            if path.exists() or self._was_there(path)
        }
        if not (self.program.store / "config").exists():
            for path, (now, data) in documents.items():
                assert now == data, f"{path.name} needs a store"
            return
        aside = self._work.with_name("aside")
        shutil.rmtree(aside, ignore_errors=True)
        with Store.open(
            self.program.store, cache_dir=aside / "cache", state_dir=aside / "state"
        ) as store:
            for path, (now, data) in documents.items():
                refused = (DamagedBlob, MissingBlob) if path.name in spoilt else ()
                with suppress(*refused):
                    assert whole(store, now) == data, f"{path.name} is lost"
            report = verify(store, read_data=True)
        found = [
            f
            for f in report.findings
            if strict or not {Path(d).name for d in f.documents} <= spoilt
        ]
        assert not found, found
        assert not (strict and report.notes), report.notes

    def _was_there(self, path: Path) -> bool:
        return (self.made / path.relative_to(self._work)).exists()

    def clean(self) -> None:
        """Collect garbage; nothing is left that nothing needs."""
        ended = forked(self.program, ["gc", "--grace", "0"])
        assert ended.code == 0, ended
        self.check(strict=True)

    def left(self) -> set[str]:
        """What is there that is not there after a run without a fault.

        What SQLite has beside a cache goes when that is opened again.
        """
        found = self._names() - self._left
        return {name for name in found if not _CACHE.fullmatch(name)}

    def undo(self) -> None:
        """Take the last step."""
        self.scene.undo(self.program, self.documents)

    def _names(self) -> set[str]:
        found = set()
        for path in self._work.rglob("*"):
            if not path.is_dir():
                found.add(common(path.relative_to(self._work).as_posix()))
        return found


def common(name: str) -> str:
    """The name of a file in a scene's folder, without what differs from run to run."""
    name = _NAME.sub("*", name)
    for pattern, new in _PARTS:
        name = pattern.sub(new, name)
    return name


def whole(store: Store, data: bytes) -> bytes:
    """A document as it was, from what it is now."""
    target = io.BytesIO()
    restore_stream(store, io.BytesIO(data), target, RestoreOptions())
    return target.getvalue()


def _page(*seeds: int) -> bytes:
    uris = [uri(picture(12, 9, seed)) for seed in seeds]
    return "".join(f'<img src="{each}">\n' for each in uris).encode()


def _written(program: Program, pages: dict[str, bytes]) -> Documents:
    folder = program.folder / "docs"
    folder.mkdir(exist_ok=True)
    for name, data in pages.items():
        (folder / name).write_bytes(data)
        old(folder / name)
    return {folder / name: data for name, data in pages.items()}


def _done(program: Program, *words: str | Path) -> None:
    ended = forked(program, words)
    assert ended.code == 0, ended


def _two(program: Program) -> Documents:
    return _written(program, {"a.html": _page(1, 2), "b.html": _page(2, 3)})


def _many(program: Program) -> Documents:
    """As many as share their syncs."""
    return _written(program, {f"{n}.html": _page(n, n + 1) for n in range(6)})


def _of_two_encodings(program: Program) -> Documents:
    wide = "\ufeff" + _page(2, 3).decode()
    pages = {"a.html": _page(1, 2), "b.html": wide.encode("utf-16-le")}
    return _written(program, pages)


def _two_archived(program: Program) -> Documents:
    return _archived(program, _two(program))


def _of_two_encodings_archived(program: Program) -> Documents:
    return _archived(program, _of_two_encodings(program))


def _archived(program: Program, documents: Documents) -> Documents:
    for path in documents:
        _done(program, "archive", path)
    return documents


def _grown(program: Program) -> Documents:
    documents = _two_archived(program)
    tail = _page(4)
    for path in documents:
        with path.open("ab") as file:
            file.write(tail)
        old(path)
    return {path: data + tail for path, data in documents.items()}


def _garbage(program: Program) -> Documents:
    """A store with a dead pack, packs of which a part is dead, and old manifests."""
    gone = _written(program, {"c.html": _page(*range(10, 16))})
    (c,) = gone
    _done(program, "archive", c)
    documents = _written(program, {"d.html": _page(10, 20)})
    (d,) = documents
    _done(program, "archive", d)  # shares a picture with what is forgotten
    for path, data in _grown(program).items():
        _done(program, "archive", path)
        documents[path] = data
    other = _written(program, {"e.html": _page(30, 31)})
    (e,) = other
    _done(program, "archive", e)
    for path in (c, e):
        _done(program, "restore", path)
        _done(program, "forget", path)
    return documents | gone | other


def _seen(program: Program) -> Documents:
    """A pack that is optimized and one that is not, of what is alike."""
    seen = [uri(each) for each in session(5, height=60)]
    parts = {"s.html": seen[:2], "t.html": seen[2:4], "u.html": seen[4:]}
    documents: Documents = {}
    for name, uris in parts.items():
        page = "".join(f'<img src="{each}">\n' for each in uris).encode()
        (path,) = (written := _written(program, {name: page}))
        documents |= written
        _done(program, "archive", path)
        if name == "s.html":
            _done(program, "optimize", "--max-effort", "1")
    return documents


def _forgotten(program: Program) -> Documents:
    documents = _two_archived(program)
    _done(program, "restore", next(iter(documents)))
    return documents


def _spoilt(program: Program) -> Documents:
    """A damaged picture that is elsewhere, too; a damaged manifest; a lost index."""
    documents = _two_archived(program) | _written(program, {"c.html": _page(5, 6)})
    a, _, c = documents
    first = min(_kept(program, "packs"), key=lambda path: path.name)
    _flip(first, 16 + 64 + 99)  # within its first blob
    backup = program.folder / "backup"
    backup.mkdir()
    (backup / a.name).write_bytes(documents[a])
    before = {kind: _kept(program, kind) for kind in ("manifests", "index")}
    _done(program, "archive", c)
    (index,) = set(_kept(program, "index")) - set(before["index"])
    index.unlink()
    (manifest,) = set(_kept(program, "manifests")) - set(before["manifests"])
    _flip(manifest, 50)
    spoilt = program.folder / "spoilt"
    spoilt.mkdir()
    for path in (first, manifest):
        shutil.copy(path, spoilt)
    return documents


def _flip(path: Path, at: int) -> None:
    """Turn a bit of a file."""
    data = bytearray(path.read_bytes())
    data[at] ^= 1
    path.write_bytes(data)


def _due(program: Program) -> Documents:
    documents = _garbage(program)
    configured(
        program,
        "[gc]\nevery = '1s'\ngrace = 0\nkeep_last = 1\n[verify]\nevery = '1s'\n"
        "[optimize]\nevery = 0\n",
        paths=[program.folder / "docs"],
    )
    return documents | _written(program, {"f.html": _page(40, 41)})


def _thread(program: Program) -> Documents:
    home = program.folder / "home"
    home.mkdir()
    log = rollout(2)
    return {codex_home(home, log): log}


def _thread_rescued(program: Program) -> Documents:
    documents = _thread(program)
    _done(program, "rescue", THREAD)
    return documents


def _exported(program: Program) -> Documents:
    """A store, a bundle, and nothing where its thread belongs."""
    documents = _thread(program)
    _done(program, "rescue", THREAD)
    _done(program, "export", THREAD, "bundle")
    for gone in (program.folder / "home", program.store, program.folder / "xdg"):
        shutil.rmtree(gone)
    (program.folder / "home" / ".codex").mkdir(parents=True)
    return _two_archived(program) | documents


def _keeping(program: Program) -> Documents:
    """A thread that was kept, and grew since; beside a store with documents."""
    documents = _two_archived(program)
    log = _thread(program)
    _done(program, "threads", "keep", "home/.codex")
    (path,) = log
    with path.open("ab") as file:
        file.write(rollout(1, 0, start=40))
    os.utime(path, (1_790_000_000, 1_790_000_000))
    return documents | {path: path.read_bytes()}


def _kept_and_gone(program: Program) -> Documents:
    documents = _keeping(program)
    _done(program, "threads", "keep", "home/.codex")
    (program.folder / "home" / ".codex").rename(program.folder / "gone")
    (program.folder / "home" / ".codex").mkdir()
    return documents


def _is_kept(program: Program, documents: Documents) -> None:
    aside = program.folder.with_name("fresh")
    shutil.rmtree(aside, ignore_errors=True)
    _done(program, "threads", "restore", THREAD, "--to", str(aside))
    (log,) = (path for path in documents if path.suffix == ".jsonl")
    (back,) = aside.rglob("*.jsonl")
    assert back.read_bytes() == documents[log]


def _kept(program: Program, kind: str) -> list[Path]:
    return [p for p in (program.store / kind).rglob("*") if p.is_file()]


def _are_slim(program: Program, documents: Documents) -> None:
    for path in documents:
        text = path.read_bytes().replace(b"\0", b"")
        assert b"data:image" not in text, f"{path.name} is not archived"


def _are_back(program: Program, documents: Documents) -> None:
    for path, data in documents.items():
        assert path.read_bytes() == data, f"{path.name} is not restored"


def _is_forgotten(program: Program, documents: Documents) -> None:
    first, *others = documents.items()
    _are_back(program, dict([first]))
    _are_slim(program, dict(others))
    assert len(_kept(program, "manifests")) == len(others)


def _is_collected(program: Program, documents: Documents) -> None:
    assert len(_kept(program, "manifests")) == 3
    assert not list((program.store / "tombs").iterdir())


def _is_optimized(program: Program, documents: Documents) -> None:
    packs = _kept(program, "packs")
    tombs = {path.name for path in (program.store / "tombs").iterdir()}
    # What is condemned goes with the next collection.
    assert {p.read_bytes()[5] for p in packs if p.name not in tombs} == {1}


def _is_indexed(program: Program, documents: Documents) -> None:
    assert len(list((program.store / "index").iterdir())) == 1


def _is_exported(program: Program, documents: Documents) -> None:
    (log,) = documents.values()
    aside = program.folder.with_name("fresh")
    shutil.rmtree(aside, ignore_errors=True)
    aside.mkdir()
    with Store.open(aside / "store", create=True) as store:
        done = import_bundle(store, program.folder / "bundle", aside)
        assert whole(store, Path(done.path).read_bytes()) == log


def _is_imported(program: Program, documents: Documents) -> None:
    assert all(path.exists() for path in documents)


def _is_repaired(program: Program, documents: Documents) -> None:
    _are_slim(program, documents)
    _done(program, "verify", "--read-data")
    aside = [path.read_bytes() for path in _kept(program, "quarantine")]
    spoilt = [path.read_bytes() for path in (program.folder / "spoilt").iterdir()]
    assert sorted(aside) == sorted(spoilt)


def _is_done(program: Program, documents: Documents) -> None:
    _are_slim(program, documents)
    states = json.loads(
        (program.folder / "xdg/state/assetstore/runs/tasks.json").read_bytes()
    )
    results = {name: state["last_result"] for name, state in states.items()}
    assert results == dict.fromkeys(("pages", "gc", "verify"), "ok"), results


def _is_rescued(program: Program, documents: Documents) -> None:
    _are_slim(program, documents)
    (path,) = documents
    ends = [0]
    for line in path.read_bytes().splitlines(keepends=True):
        json.loads(line)
        ends.append(ends[-1] + len(line))
    found = history(program.folder / "home" / ".codex")
    assert [row[2:4] for row in found["thread_turns"]] == list(pairwise(ends))
    assert found["thread_history_projection_state"] == [(THREAD, ends[-1])]
    assert not [row for row in found["thread_items"] if "data:image" in str(row[2])]


def _is_undone(program: Program, documents: Documents) -> None:
    _are_back(program, documents)
    aside = program.folder.with_name("fresh")
    shutil.rmtree(aside, ignore_errors=True)
    aside.mkdir()
    (log,) = documents.values()
    codex_home(aside, log)
    home = program.folder / "home" / ".codex"
    assert history(home) == history(aside / ".codex")


def _undo(program: Program, documents: Documents) -> None:
    _done(program, "rescue", "--undo", THREAD)
    _is_undone(program, documents)


# It writes files as an import does: where every point is tried, it is, too.
_LONG = () if os.environ.get("ASSETSTORE_TEST_FAULTS") == "all" else ("bring back",)
SCENES = {
    scene.name: scene
    for scene in (
        Scene("archive", ("archive", "DOCS"), _of_two_encodings, _are_slim),
        Scene("archive many", ("archive", "DOCS"), _many, _are_slim),
        Scene("archive again", ("archive", "DOCS"), _grown, _are_slim),
        Scene("restore", ("restore", "DOCS"), _of_two_encodings_archived, _are_back),
        Scene("gc", ("gc", "--grace", "0"), _garbage, _is_collected),
        Scene(
            "rebuild index",
            ("verify", "--rebuild-index"),
            _two_archived,
            _is_indexed,
        ),
        Scene(
            "repair",
            ("repair", "--from", "backup"),
            _spoilt,
            _is_repaired,
            spoilt=frozenset({"a.html", "c.html"}),
        ),
        Scene("forget", ("forget", "DOC"), _forgotten, _is_forgotten, (0, 1)),
        Scene("run", ("run", "--now"), _due, _is_done),
        Scene("optimize", ("optimize", "--max-effort", "1"), _seen, _is_optimized),
        Scene(
            "rescue",
            ("rescue", THREAD, "--backup", "backup"),
            _thread,
            _is_rescued,
            undo=_undo,
        ),
        Scene("export", ("export", THREAD, "bundle"), _thread_rescued, _is_exported),
        # What is there already is not overwritten.
        Scene("import", ("import", "bundle"), _exported, _is_imported, (0, 1)),
        Scene("keep", ("threads", "keep", "home/.codex"), _keeping, _is_kept),
        Scene(
            "bring back", ("threads", "restore", THREAD), _kept_and_gone, _is_imported
        ),
        Scene(
            "undo",
            ("rescue", "--undo", THREAD),
            _thread_rescued,
            _is_undone,
        ),
    )
    if scene.name not in _LONG
}

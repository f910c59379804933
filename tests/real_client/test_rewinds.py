"""Threads that were rewound, judged by what the model is sent and what is shown."""

import itertools
from collections.abc import Callable, Sequence
from pathlib import Path

import pytest
import zstandard

from support.codex import AppServer, Codex, image, read, text, troubles, turns, wanted
from support.mock_api import MockApi
from support.program import Program
from support.samples import picture, uri

pytestmark = pytest.mark.real_client


@pytest.fixture
def rewinding(codex: Codex, program: Program) -> Codex:
    if codex.old:
        pytest.skip("it has no thread/revert")
    program.environment["CODEX_HOME"] = str(codex.home)
    return codex


class Threads:
    """Some threads, what was said in each, and the turns by what was said."""

    def __init__(self, codex: Codex, api: MockApi):
        self.codex, self.api = codex, api
        self.words: dict[str, list[str]] = {}
        self._ends: dict[tuple[str, str], str] = {}
        self._numbers = itertools.count(1)

    def start(self, server: AppServer) -> str:
        id: str = server.call("thread/start", cwd=str(self.codex.work))["thread"]["id"]
        self.words[id] = []
        return id

    def say(self, server: AppServer, id: str, *words: str, shown: bool = True) -> None:
        for each in words:
            number = next(self._numbers)
            shot = [image(uri(picture(200, 100, number)))] if shown else []
            end = server.turn(id, text(each), *shot)
            assert end["turn"]["status"] == "completed", end
            self.words[id].append(each)
            self._ends[id, each] = end["turn"]["id"]

    def rewind(self, server: AppServer, id: str, before: str) -> None:
        at = self.words[id].index(before)
        server.call("thread/revert", threadId=id, beforeTurnId=self._turn(id, before))
        self.words[id] = self.words[id][:at]

    def fork(self, server: AppServer, id: str, until: str = "") -> str:
        more = {"lastTurnId": self._turn(id, until)} if until else {}
        new: str = server.call("thread/fork", threadId=id, **more)["thread"]["id"]
        words = self.words[id]
        self.words[new] = words[: words.index(until) + 1] if until else list(words)
        for each in self.words[new]:
            self._ends[new, each] = self._turn(id, each)
        return new

    def _turn(self, id: str, words: str) -> str:
        return self._ends[id, words]

    def logs(self) -> dict[Path, bytes]:
        return {path: path.read_bytes() for path in self.codex.rollouts()}

    def check(self, said: str, *, pictures: bool) -> None:
        """Let the client load each, show its turns, and send all of it."""
        with self.codex.server() as server:
            for id in self.words:
                server.call("thread/resume", threadId=id)
                self._check_shown(server, id)
                self.say(server, id, said, shown=False)
                assert self._sent() == self.words[id]
                count = len(self.words[id]) - sum(
                    w.startswith("check") for w in self.words[id]
                )
                found = len(self.api.requests[-1].images)
                assert found == (count if pictures else 0)
                self._check_shown(server, id)
            assert not troubles(server.log)

    def _check_shown(self, server: AppServer, id: str) -> None:
        for shown in (read(server, id), turns(server, id)):
            words = [
                item.removeprefix("userMessage ")
                for _, items in shown
                for item in items
                if item.startswith("userMessage ") and item != "userMessage picture"
            ]
            assert words == self.words[id]

    def _sent(self) -> list[str]:
        return [
            part["text"]
            for item in self.api.requests[-1].input
            if item.get("role") == "user"
            for part in item["content"]
            if part["type"] == "input_text"
            and not part["text"].startswith(("<", "[image"))
        ]


@pytest.fixture
def threads(rewinding: Codex, api: MockApi) -> Threads:
    return Threads(rewinding, api)


def once(threads: Threads, server: AppServer) -> str:
    id = threads.start(server)
    threads.say(server, id, "a0", "a1", "a2")
    threads.rewind(server, id, "a2")
    threads.say(server, id, "b0")
    return id


def twice(threads: Threads, server: AppServer) -> str:
    id = once(threads, server)
    threads.say(server, id, "b1")
    threads.rewind(server, id, "b1")
    threads.say(server, id, "c0")
    return id


def back_to_the_first(threads: Threads, server: AppServer) -> str:
    id = once(threads, server)
    threads.rewind(server, id, "a1")
    threads.say(server, id, "d0")
    return id


def to_nothing(threads: Threads, server: AppServer) -> str:
    id = once(threads, server)
    threads.rewind(server, id, "a0")
    threads.say(server, id, "e0")
    return id


def fork_of_rewound(threads: Threads, server: AppServer) -> str:
    id = once(threads, server)
    fork = threads.fork(server, id)
    threads.say(server, fork, "f0")
    early = threads.fork(server, id, "a0")
    threads.say(server, early, "g0")
    return id


def rewound_fork(threads: Threads, server: AppServer) -> str:
    id = threads.start(server)
    threads.say(server, id, "a0", "a1")
    fork = threads.fork(server, id)
    threads.say(server, fork, "f0", "f1")
    threads.rewind(server, fork, "f1")
    threads.say(server, fork, "g0")
    return id


Scenario = Callable[[Threads, AppServer], str]


def some(*scenarios: Scenario) -> Sequence[Scenario]:
    """These, or where all versions of the client are run, all of them."""
    return SCENARIOS if len(wanted()) > 2 else scenarios


SCENARIOS = [
    once,
    twice,
    back_to_the_first,
    to_nothing,
    fork_of_rewound,
    rewound_fork,
]


@pytest.mark.parametrize("scenario", some(twice, fork_of_rewound))
def test_rescued_and_undone(
    threads: Threads, program: Program, scenario: Scenario
) -> None:
    with threads.codex.server() as server:
        scenario(threads, server)
    before = threads.logs()
    told = program("doctor", "--json").result["threads"]
    assert {thread["thread"] for thread in told} == set(threads.words)
    for thread in told:
        assert thread["request_images"] == len(threads.words[thread["thread"]])
    for id in threads.words:
        done = program("rescue", id, "--now", "--json")
        assert done.code == 0, done.err
    for path in before:
        assert b"data:image" not in path.read_bytes()
    threads.check("check 1", pictures=False)
    for id in threads.words:
        back = program("rescue", "--undo", id, "--json")
        assert back.code == 0, back.err
        assert back.result["exact"] is True
    for path, was in before.items():
        assert path.read_bytes().startswith(was)
    threads.check("check 2", pictures=True)


@pytest.mark.parametrize("scenario", some(back_to_the_first, rewound_fork))
def test_archived_as_the_hourly_job_does_and_restored(
    threads: Threads, program: Program, scenario: Scenario
) -> None:
    with threads.codex.server() as server:
        scenario(threads, server)
    before = threads.logs()
    for _ in range(2):  # whatever comes first
        done = program("archive", threads.codex.home / "sessions", "--jobs", "2")
        assert done.code == 0, done.err
    threads.check("check 1", pictures=False)
    back = program("restore", threads.codex.home / "sessions")
    assert back.code == 0, back.err
    for path, was in before.items():
        assert path.read_bytes().startswith(was)
    threads.check("check 2", pictures=True)


@pytest.mark.parametrize("first", ["rescue", "archive"])
def test_rewound_after_the_rescue_and_undone(
    threads: Threads, program: Program, first: str
) -> None:
    """The log that the rewind makes counts the bytes of the slim one."""
    with threads.codex.server() as server:
        id = threads.start(server)
        threads.say(server, id, "a0", "a1", "a2")
        threads.say(server, id, "a3")
    (path,) = before = threads.logs()
    words = ["rescue", id, "--now"] if first == "rescue" else ["archive", path]
    assert program(*words).code == 0
    with threads.codex.server() as server:
        server.call("thread/resume", threadId=id)
        threads.rewind(server, id, "a2")
        threads.say(server, id, "b0", "b1")
        threads.rewind(server, id, "b1")
        threads.say(server, id, "c0")
        fork = threads.fork(server, id)
        threads.say(server, fork, "f0")
    made = threads.logs()
    assert len(made) == 4
    assert program("rescue", id, "--now").code == 0
    back = program("rescue", "--undo", id, "--json")
    assert back.code == 0, back.err
    assert path.read_bytes().startswith(before[path])
    assert back.result["exact"] is (first == "rescue")
    threads.check("check 2", pictures=True)
    for log, was in made.items():
        if log != path:  # its first line says where the large log goes on
            assert (
                log.read_bytes().partition(b"\n")[2].startswith(was.partition(b"\n")[2])
            )
    assert program("rescue", id, fork, "--now").code == 0
    threads.check("check 3", pictures=False)


def test_whose_older_log_is_compressed(threads: Threads, program: Program) -> None:
    """The client packs logs that are idle for long."""
    with threads.codex.server() as server:
        id = once(threads, server)
    old, new = threads.codex.rollouts()
    before = old.read_bytes(), new.read_bytes()
    packed = old.with_name(f"{old.name}.zst")
    packed.write_bytes(zstandard.compress(before[0]))
    old.unlink()
    assert program("rescue", id, "--now").code == 0
    threads.check("check 1", pictures=False)
    back = program("rescue", "--undo", id, "--json")
    assert back.code == 0, back.err
    assert back.result["exact"] is True
    threads.check("check 2", pictures=True)
    assert new.read_bytes().startswith(before[1])


def test_that_was_put_away(threads: Threads, program: Program) -> None:
    with threads.codex.server() as server:
        id = twice(threads, server)
        server.call("thread/archive", threadId=id)
    folder = threads.codex.home / "archived_sessions"
    before = {path: path.read_bytes() for path in folder.iterdir()}
    assert len(before) == 3
    assert program("rescue", id, "--now").code == 0
    assert all(b"data:image" not in path.read_bytes() for path in before)
    with threads.codex.server() as server:
        server.call("thread/unarchive", threadId=id)
    threads.check("check 1", pictures=False)
    assert program("rescue", "--undo", id, "--json").result["exact"] is True
    threads.check("check 2", pictures=True)


def test_with_a_list_of_threads_that_is_gone(
    threads: Threads, program: Program
) -> None:
    with threads.codex.server() as server:
        id = back_to_the_first(threads, server)
    for path in threads.codex.home.glob("state_*"):
        path.unlink()
    assert program("rescue", id, "--now").code == 0
    threads.check("check 1", pictures=False)
    told = program("doctor", "--json").result["threads"]
    assert [thread["thread"] for thread in told] == [id]
    assert Path(told[0]["path"]) == max(
        (log for log in threads.logs()), key=lambda log: log.name.split("_")[1:]
    )


@pytest.mark.parametrize("rescued", [False, True])
@pytest.mark.parametrize("scenario", some(fork_of_rewound))
def test_moved_to_another_machine(
    threads: Threads,
    program: Program,
    tmp_path: Path,
    scenario: Scenario,
    rescued: bool,
) -> None:
    """As one log each, whichever of them comes first, or alone."""
    with threads.codex.server() as server:
        scenario(threads, server)
    bundles = {id: tmp_path / f"{id}.bundle" for id in threads.words}
    for id, bundle in bundles.items():
        if rescued:
            assert program("rescue", id, "--now").code == 0
        done = program("export", id, bundle)
        assert done.code == 0, done.err
        if sum(id in path.name for path in threads.codex.rollouts()) > 1:
            again = program("import", bundle)
            assert again.code == 1
            assert "already" in again.err
    for alone in threads.words:
        folder = tmp_path / f"other {alone}"
        there = Codex(threads.codex.program, folder_of(folder), threads.api.url)
        other = Program(folder)
        other.environment["CODEX_HOME"] = str(there.home)
        only = Threads(there, threads.api)
        only.words[alone] = list(threads.words[alone])
        done = other("import", bundles[alone], "--json")
        assert done.code == 0, done.out
        assert len(there.rollouts()) == 1
        only.check("check 1", pictures=False)
        assert other("restore", done.result["path"]).code == 0
        only.check("check 2", pictures=True)


def folder_of(folder: Path) -> Path:
    folder.mkdir()
    return folder


def test_that_an_archive_broke_which_did_not_know_rewinds(
    threads: Threads, program: Program, tmp_path: Path
) -> None:
    with threads.codex.server() as server:
        id = once(threads, server)
    path, late = threads.codex.rollouts()
    before = path.read_bytes()
    slim = tmp_path / "slim.jsonl"
    assert program("archive", path, "-o", slim).code == 0
    path.write_bytes(slim.read_bytes())
    with threads.codex.server() as server:
        assert "error" in server.ask("thread/resume", threadId=id)
    told = program("doctor", "--json").result["threads"]
    assert told[0]["risk"] == "critical"
    assert "cannot load it" in told[0]["reason"]
    done = program("rescue", id, "--now")
    assert done.code == 0, done.err
    threads.check("check 1", pictures=False)
    assert b"data:image" not in late.read_bytes()
    assert program("restore", path, late).code == 0
    assert path.read_bytes() == before
    threads.check("check 2", pictures=True)


@pytest.mark.parametrize("scenario", some(rewound_fork))
def test_a_small_copy_has_all_of_it(
    threads: Threads, program: Program, scenario: Scenario
) -> None:
    with threads.codex.server() as server:
        scenario(threads, server)
    before = threads.logs()
    for id in list(threads.words):
        done = program("rescue", "--fork", id, "--json")
        assert done.code == 0, done.out
        copy = done.result["thread"]
        threads.words[copy] = list(threads.words.pop(id))
        assert b"data:image" not in Path(done.result["path"]).read_bytes()
    assert threads.logs().items() >= before.items()
    threads.check("check 1", pictures=False)

"""A rescue that is killed, and the client that loads the thread next."""

import signal
from collections.abc import Callable
from pathlib import Path

import pytest

from support.codex import NEWEST, Codex, image, read, text, thread_with_pictures
from support.codex import troubles as troubles_in
from support.mock_api import MockApi
from support.program import Program
from support.samples import picture, uri

pytestmark = pytest.mark.real_client
_NOTES = "assetstore/codex/*.json"


def moments(path: Path, state: Path) -> dict[str, Callable[[], bool]]:
    """When to kill it: as soon as one of these is so."""
    inode = path.stat().st_ino

    def noted() -> bool:
        return any(state.glob(_NOTES))

    def replaced() -> bool:
        return path.stat().st_ino != inode

    return {
        "it begins": lambda: True,
        "the journal is there": lambda: any(state.glob("assetstore/rescue/*.json")),
        "a draft is there": lambda: any(path.parent.glob("*.tmp")),
        "the note is there": noted,
        "the log is replaced": replaced,
        "the offsets are moved": lambda: replaced() and not noted(),
    }


@pytest.mark.parametrize("installed", [NEWEST], indirect=True)
def test_the_client_loads_a_thread_whose_rescue_was_killed(
    codex: Codex, api: MockApi, program: Program
) -> None:
    program.environment["CODEX_HOME"] = str(codex.home)
    state = Path(program.environment["XDG_STATE_HOME"])
    with codex.server() as server:
        thread, path = thread_with_pictures(codex, server)
        shown = read(server, thread)
    original = path.read_bytes()
    for number, name in enumerate(moments(path, state)):
        come, inode = moments(path, state)[name], path.stat().st_ino
        with program.start("rescue", thread) as process:
            while process.poll() is None and not come():
                pass
            process.send_signal(signal.SIGKILL)
        # Between the log's replacement and that of its offsets, the client sees that
        # they do not fit, and says so.
        between = path.stat().st_ino != inode and any(state.glob(_NOTES))
        with codex.server() as server:
            server.call("thread/resume", threadId=thread)
            assert read(server, thread) == shown, name
            assert between or not troubles_in(server.log), name
            if between:
                server.turn(thread, text("in between"))
        done = program("rescue", thread)
        assert done.code == 0, (name, done.err)
        assert b"data:image" not in path.read_bytes()
        assert not list(path.parent.glob(".*"))
        with codex.server() as server:
            server.call("thread/resume", threadId=thread)
            shot = uri(picture(200, 100, 50 + number))
            server.turn(thread, text(f"after {name}"), image(shot))
            now = read(server, thread)
            assert now[: len(shown)] == shown, name
            said = [f"userMessage after {name}"]
            assert [words[0] for _, words in now[len(shown) :]] == [
                "userMessage in between"
            ] * between + said
            assert not troubles_in(server.log), name
        assert api.requests[-1].images == [shot]
        shown = now
    undone = program("rescue", "--undo", thread, "--json")
    assert undone.code == 0, undone.out
    assert undone.result["exact"] is True
    assert path.read_bytes().startswith(original)
    with codex.server() as server:
        server.call("thread/resume", threadId=thread)
        assert read(server, thread) == shown
        assert not troubles_in(server.log)


@pytest.mark.parametrize("installed", [NEWEST], indirect=True)
def test_a_client_that_loads_the_thread_beside_a_rescue(
    codex: Codex, api: MockApi, program: Program
) -> None:
    """Whoever comes first: nothing is lost, and the other one waits or is told."""
    program.environment["CODEX_HOME"] = str(codex.home)
    with codex.server() as server:
        thread, path = thread_with_pictures(codex, server)
        shown = read(server, thread)
    original = path.read_bytes()
    with codex.server() as server, program.start("rescue", thread) as process:
        server.call("thread/resume", threadId=thread)
        server.turn(thread, text("beside it"))
        code = process.wait()
        assert code in (0, 13)
        now = read(server, thread)
        assert now[:-1] == shown
        assert not troubles_in(server.log)
    done = program("rescue", thread)
    assert done.code == 0, done.err
    with codex.server() as server:
        server.call("thread/resume", threadId=thread)
        assert read(server, thread) == now
        assert not troubles_in(server.log)
    assert program("rescue", "--undo", thread).code == 0
    assert path.read_bytes().startswith(original)
    assert b"beside it" in path.read_bytes()[len(original) :]

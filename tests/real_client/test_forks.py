"""Forks that Codex made, whose origins are rescued and undone."""

import pytest

from support.codex import (
    AppServer,
    Codex,
    has_pictures,
    image,
    read,
    text,
    troubles,
    turns,
)
from support.mock_api import MockApi
from support.program import Program
from support.samples import picture, uri

pytestmark = pytest.mark.real_client


def family(server: AppServer, codex: Codex) -> dict[str, str]:
    """A thread, its forks, and a fork of a fork; each with turns of its own."""
    origin: str = server.call("thread/start", cwd=str(codex.work))["thread"]["id"]
    ends = [
        server.turn(origin, text(f"turn {i}"), image(uri(picture(200, 100, i))))
        for i in range(3)
    ]

    def fork(of: str, number: int, **more: str) -> str:
        id: str = server.call("thread/fork", threadId=of, **more)["thread"]["id"]
        server.turn(id, text(f"in {number}"), image(uri(picture(200, 100, number))))
        return id

    whole = fork(origin, 11)
    server.turn(origin, text("later"), image(uri(picture(200, 100, 4))))
    return {
        "origin": origin,
        "fork": whole,
        "fork of the fork": fork(whole, 12),
        "from the middle": fork(origin, 13, lastTurnId=ends[1]["turn"]["id"]),
    }


def test_a_fork_made_by_the_client_and_its_origin_stay_loadable(
    codex: Codex, api: MockApi, program: Program
) -> None:
    program.environment["CODEX_HOME"] = str(codex.home)
    order = ("fork", "origin", "fork of the fork", "from the middle")
    with codex.server() as server:
        ids = family(server, codex)
        paths = {
            id: next(p for p in codex.rollouts() if id in p.name) for id in ids.values()
        }
        shown = {id: (read(server, id), turns(server, id)) for id in ids.values()}
    assert api.requests[-1].images
    original = {path: path.read_bytes() for path in paths.values()}

    def check(said: str) -> None:
        """Let the client load all of them, and say something in each."""
        with codex.server() as server:
            for id, before in shown.items():
                server.call("thread/resume", threadId=id)
                assert (read(server, id), turns(server, id)) == before
                server.turn(id, text(said))
                shown[id] = read(server, id), turns(server, id)
                assert [t[:-1] for t in shown[id]] == list(before)
            assert not troubles(server.log)

    for name in order:
        done = program("rescue", ids[name], "--now")
        assert done.code == 0, done.err
        if name != "fork of the fork":  # spares a start of the client
            check(f"{name} is rescued")
    assert not api.requests[-1].images
    for path in original:
        assert not has_pictures(path)
    for name in order:
        undone = program("rescue", "--undo", ids[name], "--json")
        assert undone.code == 0, undone.out
        assert undone.result["exact"] is True
        if name != "fork of the fork":  # spares a start of the client
            check(f"{name} is undone")
    for path, log in original.items():
        assert path.read_bytes().startswith(log)

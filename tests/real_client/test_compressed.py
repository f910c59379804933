"""Logs that the client compressed by itself."""

import os
import time
from pathlib import Path

import pytest
import zstandard

from support.codex import NEWEST, Codex, image, read, text, troubles
from support.mock_api import MockApi
from support.program import Program
from support.samples import picture, uri

pytestmark = pytest.mark.real_client
_FEATURE = "\n[features]\nlocal_thread_store_compression = true\n"
_DAYS = 86_400


def unpacked(path: Path) -> bytes:
    return zstandard.ZstdDecompressor().stream_reader(path.read_bytes()).read()


def compressed(codex: Codex, api: MockApi) -> list[Path]:
    """Let the client find its logs idle since long, and compress them."""
    for path in codex.rollouts():
        then = time.time() - 90 * _DAYS
        os.utime(path, (then, then))
    codex.config(api.url, _FEATURE)
    with codex.server():
        for _ in range(300):
            if all(path.suffix == ".zst" for path in codex.rollouts()):
                break
            time.sleep(0.1)
    codex.config(api.url)
    return codex.rollouts()


@pytest.mark.parametrize("installed", [NEWEST], indirect=True)
def test_a_log_and_a_fork_that_the_client_compressed(
    codex: Codex, api: MockApi, program: Program
) -> None:
    program.environment["CODEX_HOME"] = str(codex.home)
    with codex.server() as server:
        thread = server.call("thread/start", cwd=str(codex.work))["thread"]["id"]
        server.turn(thread, text("look"), image(uri(picture(200, 100, 1))))
        fork = server.call("thread/fork", threadId=thread)["thread"]["id"]
        server.turn(fork, text("in the fork"), image(uri(picture(200, 100, 2))))
        server.turn(thread, text("and this"), image(uri(picture(200, 100, 3))))
        shown = {id: read(server, id) for id in (thread, fork)}
    original = {path.name: path.read_bytes() for path in codex.rollouts()}
    paths = compressed(codex, api)
    assert [path.suffix for path in paths] == [".zst", ".zst"]
    assert [unpacked(path) for path in paths] == list(original.values())

    def check(said: str) -> None:
        """Let the client load both: it unpacks what it loads."""
        with codex.server() as server:
            for id, before in shown.items():
                server.call("thread/resume", threadId=id)
                assert read(server, id) == before
                server.turn(id, text(said))
                shown[id] = read(server, id)
                assert shown[id][:-1] == before
            assert not troubles(server.log)

    for id in (thread, fork):
        done = program("rescue", id, "--json")
        assert done.code == 0, done.out
        assert done.result["path"].endswith(".zst")
    for path in codex.rollouts():
        assert path.suffix == ".zst"
        assert b"data:image" not in unpacked(path)
    check("while they are small")
    assert not api.requests[-1].images
    assert [path.suffix for path in codex.rollouts()] == [".jsonl", ".jsonl"]
    for id in (fork, thread):
        undone = program("rescue", "--undo", id, "--json")
        assert undone.code == 0, undone.out
        assert undone.result["exact"] is True
    for path in codex.rollouts():
        assert path.read_bytes().startswith(original[path.name])
    check("as they were")
    assert api.requests[-1].images

"""A picture that the API refuses, in a thread that could go on without it."""

import pytest

from support.codex import Codex, image, read, text, troubles
from support.mock_api import MockApi
from support.program import Program
from support.samples import picture, uri

pytestmark = pytest.mark.real_client


@pytest.mark.parametrize(
    ("width", "height", "others", "what"),
    [
        # Newer clients make that one smaller before they send it.
        (8100, 40, 2, "8100x40 pixels, over 8000"),
        # Some of them this one, too: to 2048 pixels.
        (2100, 40, 20, " pixels, over 2000 with 21 images"),
        (1400, 1300, 2, "bytes as base64, over 5 MiB"),
    ],
    ids=["large", "large among many", "heavy"],
)
def test_the_one_picture_that_is_refused_is_taken_out(
    codex: Codex,
    api: MockApi,
    program: Program,
    width: int,
    height: int,
    others: int,
    what: str,
) -> None:
    program.environment["CODEX_HOME"] = str(codex.home)
    small = [uri(picture(40, 30, i)) for i in range(others)]
    with codex.server() as server:
        thread = server.call("thread/start", cwd=str(codex.work))["thread"]["id"]
        server.turn(thread, text("look"), *map(image, small))
        large = uri(picture(width, height, 99))
        end = server.turn(thread, text("and this"), image(large))
        if width > 8000 and codex.version >= (0, 145):
            assert end["turn"]["status"] == "completed"
            assert large not in api.requests[-1].images
            return
        assert end["turn"]["status"] == "failed"
        end = server.turn(thread, text("are you there?"))
        assert end["turn"]["status"] == "failed"
        assert api.requests[-1].error.startswith("invalid_image")
        shown = read(server, thread)
    (path,) = codex.rollouts()

    (told,) = program("doctor", "--json").result["threads"]
    assert told["risk"] == "critical"
    (over,) = told["over"]
    assert what in over["what"]
    line = path.read_bytes().splitlines()[over["line"] - 1]
    (sent,) = set(api.requests[-1].images) - set(small)
    assert sent.encode() in line

    done = program("rescue", "--image", over["image"], thread, "--now")
    assert done.code == 0, done.err
    with codex.server() as server:
        server.call("thread/resume", threadId=thread)
        assert read(server, thread) == shown
        end = server.turn(thread, text("and now?"))
        assert end["turn"]["status"] == "completed"
        assert read(server, thread)[:-1] == shown
        assert not troubles(server.log)
    assert set(api.requests[-1].images) == set(small)
    assert not program("doctor", "--json").result["threads"][0]["over"]


def test_what_is_no_picture_is_taken_out(
    codex: Codex, api: MockApi, program: Program
) -> None:
    """Put into the log as a client or a tool once wrote it; newer ones mend most."""
    program.environment["CODEX_HOME"] = str(codex.home)
    with codex.server() as server:
        thread = server.call("thread/start", cwd=str(codex.work))["thread"]["id"]
        server.turn(thread, text("look"), image(uri(picture(40, 30, 1))))
        server.turn(thread, text("and this"))
    (path,) = codex.rollouts()
    good = uri(picture(40, 30, 1)).encode()
    odd = [uri(b"# words\n" * 30, "text/markdown"), "data:image/png;base64,", ""]
    whole = path.read_bytes()
    before, item, after = whole.partition(b'{"type":"input_image","image_url":"' + good)
    assert item
    rest = after[: after.index(b"}") + 1]
    more = b"".join(
        b'{"type":"input_image","image_url":"' + url.encode() + rest + b","
        for url in odd
    )
    path.write_bytes(before + more + item + after)

    codex.exec("resume", thread, "are you there?")
    assert api.requests[-1].status == 400
    assert program("doctor", "--json").result["threads"][0]["risk"] == "critical"
    stuck = path.read_bytes()

    done = program("rescue", thread, "--now")
    assert done.code == 0, done.err
    small = path.read_bytes()
    assert small.count(b"\n") == stuck.count(b"\n")
    assert b"image_url" not in b"".join(
        line for line in small.splitlines() if b'"response_item"' in line
    )
    assert codex.exec("resume", thread, "and now?").code == 0
    assert api.requests[-1].status == 200
    assert api.requests[-1].text.count("archived as1:") >= len(odd) + 1

    later = path.read_bytes()[len(small) :]
    assert program("rescue", "--undo", thread, "--now").code == 0
    assert path.read_bytes() == stuck + later

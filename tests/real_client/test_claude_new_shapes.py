"""Shapes of Claude Code's sessions beside plain picture blocks, with the client."""

import re
from collections.abc import Callable

import pytest

from support.claude import SESSION, Claude, Session, image, text
from support.claude_scenarios import at_mention, compacted, mentioned, pdf, talk
from support.mock_messages import MockMessages
from support.program import Program
from support.samples import b64, picture

pytestmark = pytest.mark.real_client


@pytest.fixture(autouse=True)
def home(program: Program, claude: Claude) -> None:
    program.environment["CLAUDE_CONFIG_DIR"] = str(claude.home)


def test_a_healthy_session_with_a_mention_is_archived_and_answers(
    claude: Claude, messages: MockMessages, program: Program
) -> None:
    data = at_mention()
    path = claude.write(data)
    done = program("archive", "--min-size", "0", path)
    assert done.code == 0, done.err
    assert claude.resume("what was it?").code == 0
    (request,) = messages.requests
    assert request.status == 200
    assert not request.images
    assert re.search(
        r"[n\"] *1(?:\\t|→)\[image 300x200 png archived as1:", request.text
    )
    later = path.read_bytes()
    assert program("restore", path).code == 0
    assert path.read_bytes().startswith(data)
    assert later.endswith(path.read_bytes()[len(data) :])
    assert claude.resume("and with it?").code == 0
    assert messages.requests[-1].images == [b64(picture(300, 200, 1))]


def test_what_the_client_wrote_for_a_mention_and_a_pdf(
    claude: Claude, messages: MockMessages, program: Program
) -> None:
    """The client's own records: a mention, the tool that reads, a PDF."""
    (claude.work / "shot.png").write_bytes(picture(300, 200, 1))
    (claude.work / "doc.pdf").write_bytes(pdf())
    assert claude.say("what is in @shot.png and @doc.pdf ?").code == 0
    (path,) = claude.logs
    for name in ("shot.png", "doc.pdf"):
        read = f'call Read {{"file_path":"{claude.work / name}"}}'
        assert claude.resume(read, path.stem).code == 0
    before = messages.requests[-1]
    # 2.0 does not write down what is attached.
    assert len(before.images) == 2 - (claude.version < (2, 1))
    assert len(before.documents) == 1
    original = path.read_bytes()

    done = program("rescue", path.stem, "--now", "--media", "any")
    assert done.code == 0, done.err
    small = path.read_bytes()
    assert claude.resume("and now?", path.stem).code == 0
    request = messages.requests[-1]
    assert request.status == 200
    assert not request.images
    assert not request.documents
    later = path.read_bytes()[len(small) :]
    back = program("rescue", "--undo", path.stem, "--now", "--json")
    assert back.result["exact"] is True
    assert path.read_bytes() == original + later


def counted() -> bytes:
    """A session with what is sent, and as much that is not."""
    session = Session()
    for number in range(12):
        session.user(text("look"), image(picture(300, 200, number)))
        session.assistant()
        block = image(picture(300, 200, number + 20))
        session.read(block, toolUseResult=[block])
        session.assistant()
        said = {"type": "user", "message": {"role": "user", "content": [block]}}
        data = {"type": "agent_progress", "normalizedMessages": [said]}
        session.records.append({"type": "progress", "data": data, "uuid": str(number)})
    mentioned(session, picture(300, 200, 50))
    return session.data


@pytest.mark.parametrize("shape", [counted, compacted])
def test_doctor_counts_what_the_client_sends(
    claude: Claude,
    messages: MockMessages,
    program: Program,
    shape: Callable[[], bytes],
) -> None:
    claude.write(talk().data)
    claude.resume("go on")
    path = claude.write(shape())
    threads = program("doctor", "--all", "--json").result["threads"]
    (told,) = (thread for thread in threads if thread["thread"] == SESSION)
    claude.resume("go on")
    bare, whole = messages.requests
    assert told["request_images"] == len(whole.images)
    # What the client adds to every request is no matter of the session.
    size = len(whole.body) - len(bare.body)
    assert told["request_bytes"] == pytest.approx(size, rel=0.02)
    assert path.exists()

"""Claude Code itself as the judge: what it loads and sends."""

import re

import pytest

from support.claude import SESSION, Claude, Session, image, text
from support.mock_messages import MockMessages
from support.program import Program
from support.samples import b64, picture

pytestmark = pytest.mark.real_client


@pytest.fixture(autouse=True)
def home(program: Program, claude: Claude) -> None:
    program.environment["CLAUDE_CONFIG_DIR"] = str(claude.home)


def everywhere(refused: bytes, others: int = 0) -> bytes:
    """A session with a picture in every place that is sent, or only shown."""
    session = Session()
    session.user(text("look at this"), image(refused))
    session.assistant()
    for number in range(others):
        session.user(image(picture(40, 30, number)), text(f"turn {number}"))
        session.assistant()
    small = picture(60, 40, 99)
    shown = {"base64": b64(small), "type": "image/png", "originalSize": len(small)}
    session.read(image(small), toolUseResult={"type": "image", "file": shown})
    session.assistant()
    return session.data


@pytest.mark.parametrize(
    ("refused", "others", "said"),
    [
        (picture(8100, 40, 1), 0, "dimensions exceed max allowed size: 8000"),
        (picture(2100, 40, 2), 20, "many-image requests: 2000"),
        (picture(60, 40, 3)[:3000], 0, "Could not process image"),
    ],
    ids=["large", "large among many", "cut off"],
)
def test_refused_before_answered_after_and_every_byte_back(
    claude: Claude,
    messages: MockMessages,
    program: Program,
    refused: bytes,
    others: int,
    said: str,
) -> None:
    data = everywhere(refused, others)
    path = claude.write(data)
    first = claude.resume("are you there?")
    assert said in messages.requests[0].error
    assert len(messages.requests[0].images) == others + 2
    if claude.mends:
        assert first.code == 0
        assert messages.requests[-1].status == 200
    else:
        assert first.json["is_error"]
        assert all(request.status == 400 for request in messages.requests)
    path.write_bytes(data)
    messages.requests.clear()

    done = program("rescue", SESSION, "--now")
    assert done.code == 0, done.err
    small = path.read_bytes()
    assert small.count(b"\n") == data.count(b"\n")
    assert claude.resume("and now?").code == 0
    (request,) = messages.requests
    assert request.status == 200
    assert not request.images
    assert request.text.count("archived as1:") == others + 2
    for word in ("look at this", *(f"turn {i}" for i in range(others)), "and now?"):
        assert word in request.text
    assert path.read_bytes().startswith(small)

    later = path.read_bytes()[len(small) :]
    back = program("rescue", "--undo", SESSION, "--now", "--json")
    assert back.code == 0, back.out
    assert back.result["exact"] is True
    assert path.read_bytes() == data + later


def test_a_picture_that_the_client_itself_refuses(
    claude: Claude, messages: MockMessages, program: Program
) -> None:
    """Over 5 MB of base64, newer ones make no request at all."""
    claude.write(everywhere(picture(1225, 1225, 1)))
    first = claude.resume("are you there?")
    assert re.search(r"exceeds API limit \(5MB\)|too large", first.json["result"])
    assert first.json["is_error"]
    assert all("exceeds 5 MB" in request.error for request in messages.requests)
    assert not messages.requests or claude.version < (2, 1)
    messages.requests.clear()
    done = program("rescue", SESSION, "--now")
    assert done.code == 0, done.err
    assert claude.resume("and now?").json["result"] == "OK 1"
    assert not messages.requests[-1].images


def test_a_session_that_the_client_wrote(
    claude: Claude, messages: MockMessages, program: Program
) -> None:
    """Pasted and read by a tool; archived, gone on with, restored, gone on with."""
    (claude.work / "shot.png").write_bytes(picture(300, 200, 1))
    path = claude.paste(text("look"), image(picture(200, 100, 2)))
    name = path.stem
    read = f'call Read {{"file_path":"{claude.work / "shot.png"}"}}'
    assert claude.resume(read, name).code == 0
    sent = messages.requests[-1].images
    assert len(sent) == 2
    original = path.read_bytes()

    done = program("rescue", name, "--now")
    assert done.code == 0, done.err
    small = path.read_bytes()
    for data in sent:
        assert data.encode() not in small
    assert claude.resume("go on", name).code == 0
    request = messages.requests[-1]
    assert request.status == 200
    assert not request.images
    assert request.text.count("archived as1:") == 2
    later = path.read_bytes()[len(small) :]

    back = program("rescue", "--undo", name, "--now", "--json")
    assert back.code == 0, back.out
    assert back.result["exact"] is True
    assert path.read_bytes() == original + later
    assert claude.resume("and with them?", name).code == 0
    assert messages.requests[-1].images == sent

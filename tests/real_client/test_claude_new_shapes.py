"""Shapes of Claude Code's sessions beside plain picture blocks, with the client."""

import io
import random
import re
from collections.abc import Callable

import pytest
from PIL import Image

from support.claude import SESSION, Claude, Session, document, image, text
from support.mock_messages import MockMessages
from support.program import Program
from support.samples import b64, lines, picture

pytestmark = pytest.mark.real_client


@pytest.fixture(autouse=True)
def home(program: Program, claude: Claude) -> None:
    program.environment["CLAUDE_CONFIG_DIR"] = str(claude.home)


def pdf(pages: int = 1) -> bytes:
    file = io.BytesIO()
    page = Image.new("RGB", (100, 80), "red")
    page.save(file, "PDF", save_all=True, append_images=[page] * (pages - 1))
    return file.getvalue()


def talk() -> Session:
    """A beginning without pictures."""
    session = Session()
    session.user(text("hello"))
    session.assistant()
    return session


def mentioned(session: Session, data: bytes, mime: str = "image/png") -> None:
    """What "@shot.png" attaches."""
    session.user(text("what is in @shot.png ?"))
    file = {"base64": b64(data), "type": mime, "originalSize": len(data)}
    content = {"type": "image", "file": file}
    session.attach(
        type="file", filename="/p/shot.png", content=content, displayPath="shot.png"
    )
    session.assistant()


def at_mention() -> bytes:
    session = talk()
    mentioned(session, picture(300, 200, 1))
    return session.data


def at_mention_refused() -> bytes:
    session = talk()
    mentioned(session, picture(8100, 40, 1))
    return session.data


def queued() -> bytes:
    session = talk()
    session.user(text("work"))
    prompt = [text("and this, while you work"), image(picture(8100, 40, 1))]
    session.attach(type="queued_command", prompt=prompt, commandMode="prompt")
    session.assistant()
    return session.data


def notebook() -> bytes:
    """A notebook that was mentioned: its pictures are sent."""
    session = talk()
    session.user(text("what is in @n.ipynb ?"))
    shown = {"image_data": b64(picture(8100, 40, 1)), "media_type": "image/png"}
    output = {"output_type": "display_data", "text": "a figure", "image": shown}
    cell = {
        "cellType": "code",
        "source": "plot()",
        "language": "python",
        "cell_id": "c",
        "outputs": [output],
    }
    content = {"type": "notebook", "file": {"filePath": "/p/n.ipynb", "cells": [cell]}}
    session.attach(
        type="file", filename="/p/n.ipynb", content=content, displayPath="n.ipynb"
    )
    session.assistant()
    return session.data


def no_pictures() -> bytes:
    """Image blocks with what is no PNG, JPEG, GIF or WebP, or not what they say."""
    svg = b"<svg xmlns='http://www.w3.org/2000/svg'>" + b"<rect/>" * 300 + b"</svg>"
    heic = b"\0\0\0\x20ftypheic\0\0\0\0mif1MiHEmiaf" + random.Random(1).randbytes(9000)
    html = b"<!DOCTYPE html><p>404</p>" * 100
    session = Session()
    for block in (
        image(svg, "image/svg+xml"),
        image(heic),
        image(heic, "image/heic"),
        image(html),
        image(b""),
        image(b"{}", "application/json"),
        image(picture(60, 40, 1), "image/jpeg"),
        image(picture(60, 40, 2)[:3000]),
    ):
        session.user(text("look"), block)
        session.assistant()
        session.read(block)
        session.assistant()
    session.failed('{"type":"error","error":{"message":"Could not process image"}}')
    return session.data


def documents() -> bytes:
    session = Session()
    session.user(document(b"no PDF, but said to be one"), isMeta=True)
    session.assistant()
    session.read(text("PDF file read"), document(b"neither is this"))
    session.assistant()
    return session.data


SNAPSHOT = {
    "type": "file-history-snapshot",
    "messageId": "m",
    "snapshot": {"messageId": "m", "trackedFileBackups": {}, "timestamp": "2026"},
    "isSnapshotUpdate": True,
}


def blocks() -> bytes:
    """Picture blocks that are refused, and one that only the client shows."""
    session = Session()
    session.user(text("look"), image(picture(8100, 40, 1)))
    session.assistant()
    session.read(
        image(picture(8100, 40, 2)),
        toolUseResult=[image(picture(60, 40, 3))],
    )
    session.assistant()
    return session.data


SHAPES: dict[str, Callable[[], bytes]] = {
    "at mention": at_mention_refused,
    "queued prompt": queued,
    "notebook": notebook,
    "no pictures": no_pictures,
    "documents": documents,
    "snapshots first": lambda: lines(*[SNAPSHOT] * 500) + blocks(),
    "bom": lambda: b"\xef\xbb\xbf" + blocks(),
    "nul block first": lambda: b"\0" * 600 + b"\n" + blocks(),
    "crlf": lambda: blocks().replace(b"\n", b"\r\n"),
    "torn line": lambda: blocks() + blocks().splitlines(True)[0][:5000],
    "byte-identical lines": lambda: b"".join(
        line * 20 for line in blocks().splitlines(True)
    ),
}


@pytest.mark.parametrize("shape", SHAPES)
def test_refused_before_answered_after_and_every_byte_back(
    claude: Claude, messages: MockMessages, program: Program, shape: str
) -> None:
    data = SHAPES[shape]()
    path = claude.write(data)
    claude.resume("are you there?")
    assert messages.requests[0].status == 400
    path.write_bytes(data)
    messages.requests.clear()
    wanted = ["--media", "any"] if shape == "documents" else []

    done = program("rescue", SESSION, "--now", *wanted)
    assert done.code == 0, done.err
    small = path.read_bytes()
    assert small.count(b"\n") == data.count(b"\n")
    assert claude.resume("and now?").code == 0
    (request,) = messages.requests
    assert request.status == 200
    assert not request.images
    assert not request.documents
    if shape != "notebook":  # its output has no words of a picture
        assert "archived as1:" in request.text
    assert "undefined" not in request.text

    later = path.read_bytes()[len(small) :]
    back = program("rescue", "--undo", SESSION, "--now", "--json")
    assert back.code == 0, back.out
    assert back.result["exact"] is True
    assert path.read_bytes() == data + later


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


def compacted() -> bytes:
    """A session whose first half was summed up."""
    session = Session()
    session.user(text("look"), image(picture(900, 700, 1)))
    session.assistant()
    session.add({"type": "system", "subtype": "compact_boundary"}, parentUuid=None)
    session.user(text("a summary"), isCompactSummary=True)
    session.assistant()
    session.user(text("and this"), image(picture(900, 700, 2)))
    session.assistant()
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

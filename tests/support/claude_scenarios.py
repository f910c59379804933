"""Sessions of Claude Code with pictures at every place, and with much else."""

import io
import random

from PIL import Image

from support import claude_cases as cases
from support.claude import SESSION, Session, document, image, text
from support.compared import Scenario
from support.samples import b64, lines, picture, uri


def pdf(pages: int = 1) -> bytes:
    """A PDF."""
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


def at_mention(width: int = 300) -> bytes:
    """A picture that was named with @."""
    session = talk()
    mentioned(session, picture(width, 200 if width < 8000 else 40, 1))
    return session.data


def queued() -> bytes:
    """A prompt with a picture that waited for its turn."""
    session = talk()
    session.user(text("work"))
    prompt = [text("and this, while you work"), image(picture(8100, 40, 1))]
    session.attach(type="queued_command", prompt=prompt, commandMode="prompt")
    session.assistant()
    return session.data


def notebook() -> bytes:
    """A notebook that was named with @: its pictures are sent."""
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
    """Documents that are none."""
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


def shown() -> bytes:
    """Pictures in all that the client shows, or keeps, and does not send."""
    session = talk()
    small = [picture(60, 40, 60 + i) for i in range(7)]
    session.read(
        image(small[0]),
        toolUseResult={"stdout": uri(small[0]), "stderr": "", "isImage": True},
    )
    session.assistant()
    session.user(
        text("run it"),
        toolUseResult={"stdout": f"<img src='{uri(small[1])}'>", "isImage": False},
    )
    session.assistant()
    said = {"role": "user", "content": [image(small[2])]}
    normalized = {"type": "user", "message": said}
    session.records += [
        {
            "type": "queue-operation",
            "operation": "enqueue",
            "timestamp": "2026-09-01T00:00:00.000Z",
            "sessionId": SESSION,
            "content": [text("wait"), image(small[3])],
        },
        {
            "type": "progress",
            "data": {"type": "agent_progress", "normalizedMessages": [normalized]},
            "uuid": "00000000-0000-4000-8000-0000000000ff",
            "parentUuid": None,
            "sessionId": SESSION,
        },
        {
            "type": "api-request-blob",
            "sessionId": SESSION,
            "hash": "0" * 64,
            "blob": {"role": "user", "content": [image(small[4])]},
        },
    ]
    session.user(text("go on"))
    session.assistant()
    return session.data


def replaced() -> bytes:
    """Results of tools that the client sends in another form than they stand there."""
    session = talk()
    session.read(image(picture(60, 40, 1)), text("first"))
    call = session.records[-1]["message"]["content"][0]["tool_use_id"]
    session.assistant()
    words = f"<persisted-output>\nsaved; begins {uri(picture(50, 40, 2))}\n"
    session.read(text("a long result"))
    second = session.records[-1]["message"]["content"][0]["tool_use_id"]
    session.assistant()
    replacements = [
        {"kind": "tool-result", "toolUseId": id, "replacement": words}
        for id in (call, second)
    ]
    session.records.append(
        {
            "type": "content-replacement",
            "sessionId": SESSION,
            "replacements": replacements,
        }
    )
    session.user(text("go on"))
    session.assistant()
    return session.data


def resource() -> bytes:
    """A resource of an MCP server that was named with @: words and a picture."""
    session = talk()
    session.user(text("what is in @notes:shot ?"))
    contents = [
        {"uri": "notes:words", "mimeType": "text/plain", "text": "words of it"},
        {"uri": "notes:shot", "mimeType": "image/png", "blob": b64(picture(60, 40, 1))},
    ]
    session.attach(
        type="mcp_resource",
        server="notes",
        uri="notes:shot",
        name="shot",
        content={"contents": contents},
    )
    session.assistant()
    return session.data


def edited() -> bytes:
    """A picture that changed on disk, as the client notices it."""
    session = talk()
    file = {"base64": b64(picture(60, 40, 1)), "type": "image/png", "originalSize": 1}
    content = {"type": "image", "file": file}
    session.user(text("again"))
    session.attach(type="edited_image_file", filename="/p/shot.png", content=content)
    session.assistant()
    return session.data


def tools() -> bytes:
    """Results of three calls at once: two with pictures, and one that failed."""
    session = talk()
    calls = [
        {"type": "tool_use", "id": f"toolu_{i}", "name": "Read", "input": {"n": i}}
        for i in range(3)
    ]
    session.assistant(*calls)
    session.user(
        {
            "type": "tool_result",
            "tool_use_id": "toolu_0",
            "content": [image(picture(8100, 40, 1)), text("the first")],
        },
        {
            "type": "tool_result",
            "tool_use_id": "toolu_1",
            "content": [text("the second"), image(picture(60, 40, 2))],
        },
        {
            "type": "tool_result",
            "tool_use_id": "toolu_2",
            "content": "no such file",
            "is_error": True,
        },
    )
    session.assistant()
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


def words_of_data() -> bytes:
    """Data URIs in what was said, in a string and in a block."""
    session = talk()
    session.user(text(f"this is it: {uri(picture(60, 40, 1))} , you see"))
    session.assistant(text(f"I see {uri(picture(60, 40, 1))}"))
    message = {"role": "user", "content": f"and {uri(picture(60, 40, 2))}"}
    session.add({"type": "user", "message": message})
    session.assistant()
    return session.data


NAMES = ("as1:" + "a" * 27, "as1:" + "Z-_9" * 6 + "abc")


def quoted() -> bytes:
    """Placeholders that the conversation quotes, of nobody and in every place."""
    session = talk()
    for name in NAMES:
        said = f"[image 60x40 png archived {name}]"
        session.user(text(said), text(f"see {name} there"), image(picture(60, 40, 1)))
        session.assistant(text(f"it was {said}"))
        session.read(text(f'{{"placeholder":"{name}","name":"image"}}'))
        session.assistant()
        session.user(text(f"We looked at {said}, {name}."), isCompactSummary=True)
        session.assistant()
    return session.data


SCENARIOS: dict[str, Scenario] = {
    "blocks": Scenario(log=blocks),
    "mention": Scenario(log=at_mention, refused=False),
    "mention, refused": Scenario(log=lambda: at_mention(8100)),
    "queued prompt": Scenario(log=queued),
    "notebook": Scenario(log=notebook),
    "no pictures": Scenario(log=no_pictures),
    "documents": Scenario(log=documents, options=("--media", "any")),
    "results": Scenario(log=tools),
    "only shown": Scenario(log=shown, refused=False),
    "content-replacement": Scenario(log=replaced, refused=False),
    "mcp_resource": Scenario(log=resource, refused=False),
    "edited_image_file": Scenario(log=edited, refused=False),
    "compacted": Scenario(log=compacted, refused=False),
    "data URIs in words": Scenario(log=words_of_data, refused=False),
    "quotes": Scenario(log=quoted, refused=False),
    "snapshots first": Scenario(log=lambda: lines(*[SNAPSHOT] * 500) + blocks()),
    "bom": Scenario(log=lambda: b"\xef\xbb\xbf" + blocks()),
    "nul block first": Scenario(log=lambda: b"\0" * 600 + b"\n" + blocks()),
    "crlf": Scenario(log=lambda: blocks().replace(b"\n", b"\r\n")),
    "torn line": Scenario(
        log=lambda: blocks() + blocks().splitlines(True)[0][:5000],
    ),
    "byte-identical lines": Scenario(
        log=lambda: b"".join(line * 20 for line in blocks().splitlines(True))
    ),
    **cases.SCENARIOS,
}

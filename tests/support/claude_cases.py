"""Sessions as they were met: records without order, ids that are all the same."""

import random
from collections.abc import Sequence
from typing import Any

from support.claude import SESSION, document, image, text
from support.compared import Scenario
from support.samples import b64, lines, picture


def _user(*content: dict[str, Any], **more: object) -> dict[str, Any]:
    return {
        "parentUuid": None,
        "isSidechain": False,
        "type": "user",
        "message": {"role": "user", "content": list(content)},
        "uuid": "u",
        "timestamp": "2026-09-01T00:00:00Z",
        "sessionId": SESSION,
        "version": "2.1.112",
        **more,
    }


def _failed(words: str) -> dict[str, Any]:
    message = {
        "role": "assistant",
        "model": "<synthetic>",
        "content": [text(f"API Error: 400 {words}")],
    }
    return {
        "parentUuid": "u",
        "isSidechain": False,
        "type": "assistant",
        "message": message,
        "uuid": "e",
        "timestamp": "2026-09-01T00:00:01Z",
        "sessionId": SESSION,
        "isApiErrorMessage": True,
        "error": "unknown",
    }


def at_mention() -> bytes:
    """The mention is the last record."""
    file = {"base64": b64(picture(300, 200, 1)), "type": "image/png", "originalSize": 1}
    attachment = {
        "type": "file",
        "filename": "/p/shot.png",
        "content": {"type": "image", "file": file},
        "displayPath": "shot.png",
    }
    record = {
        "parentUuid": "u",
        "isSidechain": False,
        "attachment": attachment,
        "type": "attachment",
        "uuid": "a",
        "timestamp": "2026-09-01T00:00:01Z",
        "sessionId": SESSION,
    }
    return lines(_user(text("what is in @shot.png ?")), record)


def snapshots_first() -> bytes:
    """More than 64 KiB of records that do not tell whose they are."""
    held = {"messageId": "m", "trackedFileBackups": {}, "timestamp": "2026-09-01"}
    record = {
        "type": "file-history-snapshot",
        "messageId": "m",
        "snapshot": held,
        "isSnapshotUpdate": True,
    }
    return lines(*[record] * 500, _user(image(picture(300, 200, 1))))


def one_picture(before: bytes = b"") -> bytes:
    """A message with a picture behind something odd."""
    return before + lines(_user(image(picture(300, 200, 1))))


def no_picture_in_image_block() -> bytes:
    """SVG, HEIC and HTML where a picture should be, and the error for it."""
    heic = b"\0\0\0\x20ftypheic\0\0\0\0mif1MiHEmiaf" + random.Random(1).randbytes(9000)
    svg = b"<svg xmlns='http://www.w3.org/2000/svg'>" + b"<rect/>" * 300 + b"</svg>"
    odd = [
        image(svg, "image/svg+xml"),
        image(heic),
        image(b"<!DOCTYPE html><p>404</p>" * 100),
    ]
    return lines(*map(_user, odd), _failed("Could not process image"))


def pdfs() -> bytes:
    """More of them than a request may have bytes."""
    held = [
        document(b"%PDF-1.4\n" + random.Random(i).randbytes(5_200_000) + b"\n%%EOF\n")
        for i in range(5)
    ]
    return lines(
        *(
            _user(d, isMeta=True, uuid=f"u{i}", parentUuid=_in_front(i))
            for i, d in enumerate(held)
        )
    )


def _in_front(number: int) -> str | None:
    return f"u{number - 1}" if number else None


def five_megabytes() -> bytes:
    """4.5 MB of picture are 6 MB of base64."""
    return lines(
        _user(image(picture(1225, 1225, 1))), _failed("image exceeds 5 MB maximum")
    )


def api_error_last() -> bytes:
    """A picture that was cut off, and the error for it."""
    cut = picture(300, 200, 1)[:60_000]
    return lines(_user(image(cut)), _failed("Could not process image"))


def assistant_key_order() -> bytes:
    """The message stands in front of the record's type, in calls without results."""
    given = {"file_path": "/p/a.py", "content": "x = 1\n" * 4000}
    use = {"type": "tool_use", "name": "Write", "input": given}
    held = {"id": "m", "type": "message", "role": "assistant"}
    records = [
        {
            "parentUuid": "u",
            "isSidechain": False,
            "message": {**held, "content": [{**use, "id": f"t{i}"}]},
            "type": "assistant",
            "uuid": f"a{i}",
            "timestamp": "2026-09-01T00:00:01Z",
            "sessionId": SESSION,
        }
        for i in range(60)
    ]
    return lines(_user(text("write it")), *records)


def progress_records() -> bytes:
    """What a subagent was told, again and again."""
    message = {"role": "user", "content": [image(picture(400, 300, 1))]}
    data = {
        "type": "agent_progress",
        "normalizedMessages": [{"type": "user", "message": message}],
    }
    records = [
        {
            "parentUuid": "u",
            "isSidechain": False,
            "type": "progress",
            "data": data,
            "uuid": f"p{i}",
            "sessionId": SESSION,
        }
        for i in range(90)
    ]
    return lines(_user(text("go")), *records)


_ANY: Sequence[str] = ("--media", "any")
SCENARIOS: dict[str, Scenario] = {
    "case: at_mention": Scenario(log=at_mention, refused=False, moved=True),
    "case: snapshots_first": Scenario(log=snapshots_first, refused=False),
    "case: bom": Scenario(log=lambda: one_picture(b"\xef\xbb\xbf"), refused=False),
    "case: nul_head": Scenario(
        log=lambda: one_picture(b"\0" * 600 + b"\n"), refused=False
    ),
    "case: no_picture_in_image_block": Scenario(log=no_picture_in_image_block),
    "case: pdf": Scenario(log=pdfs, refused=None, options=_ANY),
    "case: five_megabytes": Scenario(log=five_megabytes, silent=True),
    "case: api_error_last": Scenario(log=api_error_last),
    "case: assistant_key_order": Scenario(
        log=assistant_key_order, refused=False, code=4
    ),
    "case: progress_records": Scenario(log=progress_records, refused=False),
}

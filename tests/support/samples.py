"""Builders of documents and pictures, the same on every run, with text of our own."""

import base64
import io
import json
import random
from urllib.parse import quote

from PIL import Image

TIME = "2026-03-01T09:30:00.000Z"


def picture(width: int, height: int, seed: int, format: str = "PNG") -> bytes:
    """A picture of coloured noise."""
    noise = random.Random(seed).randbytes(width * height * 3)
    file = io.BytesIO()
    Image.frombytes("RGB", (width, height), noise).save(file, format)
    return file.getvalue()


def svg(seed: int) -> str:
    """A small drawing."""
    r = random.Random(seed)
    shapes = "".join(
        f'<rect x="{r.randrange(90)}" y="{r.randrange(90)}" width="9" height="7" '
        f'fill="#{r.randrange(1 << 24):06x}"/>'
        for _ in range(12)
    )
    return f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 99 99">{shapes}</svg>'


def b64(data: bytes) -> str:
    """Standard base64."""
    return base64.b64encode(data).decode()


def uri(data: bytes, mime: str = "image/png") -> str:
    """A data URI."""
    return f"data:{mime};base64,{b64(data)}"


def wrapped(text: str, width: int, end: str) -> str:
    """Text broken into lines."""
    return end.join(text[i : i + width] for i in range(0, len(text), width))


def lines(*records: object) -> bytes:
    """JSON Lines as the common writers of agent sessions write them."""
    return b"".join(
        json.dumps(r, ensure_ascii=False, separators=(",", ":")).encode() + b"\n"
        for r in records
    )


def codex_log() -> bytes:
    """A Codex rollout with a picture in every place that holds one."""
    one, two = uri(picture(60, 40, 1)), uri(picture(50, 30, 2, "JPEG"), "image/jpeg")

    def item(kind: str, **payload: object) -> dict[str, object]:
        return {"timestamp": TIME, "type": kind, "payload": payload}

    image = {"type": "input_image", "image_url": one, "detail": "high"}
    message = {
        "type": "message",
        "role": "user",
        "content": [
            {"type": "input_text", "text": "<image name=[Image #1]>"},
            image,
            {"type": "input_text", "text": "</image>"},
            {"type": "input_text", "text": "what is this?"},
        ],
    }
    return (
        lines(
            item("session_meta", id="0199-a", cwd="/home/x", cli_version="0.150.0"),
            item("response_item", **message),
            item(
                "event_msg", type="user_message", message="what is this?", images=[one]
            ),
            item(
                "response_item",
                type="reasoning",
                encrypted_content="gAAAAAB" + "x9" * 90,
            ),
            item(
                "response_item", type="function_call", name="view_image", call_id="c1"
            ),
            item(
                "response_item",
                type="function_call_output",
                call_id="c1",
                output=[{"type": "input_image", "image_url": two}],
            ),
            item(
                "response_item",
                type="function_call_output",
                call_id="c2",
                output=json.dumps({"content": [{"type": "image", "data": b64(b"no")}]}),
            ),
            item(
                "response_item",
                type="image_generation_call",
                id="ig_1",
                status="completed",
                revised_prompt="a noise",
                result=b64(picture(30, 30, 3)),
            ),
            item(
                "event_msg",
                type="mcp_tool_call_end",
                call_id="c3",
                result={
                    "Ok": {
                        "content": [
                            {
                                "type": "image",
                                "data": b64(picture(20, 20, 4)),
                                "mimeType": "image/png",
                            }
                        ]
                    }
                },
            ),
            item(
                "compacted",
                message="",
                replacement_history=[
                    message,
                    message,
                    {"type": "compaction", "e": "zz"},
                ],
            ),
        )
        + b'{"timestamp":"'
        + TIME.encode()
        + b'","type":"event_msg","payload":{"im'
    )


def claude_log() -> bytes:
    """A Claude Code session with a picture in every place that holds one."""
    data = b64(picture(64, 48, 5))
    block = {
        "type": "image",
        "source": {"type": "base64", "media_type": "image/png", "data": data},
    }
    common = {"sessionId": "s-1", "uuid": "u", "timestamp": TIME, "cwd": "/home/x"}
    return lines(
        {"type": "summary", "summary": "A talk", "leafUuid": "u"},
        {
            **common,
            "parentUuid": None,
            "type": "user",
            "message": {
                "role": "user",
                "content": [block, {"type": "text", "text": "and this?"}],
            },
            "imagePasteIds": [1],
        },
        {
            **common,
            "parentUuid": "u",
            "type": "user",
            "message": {
                "role": "user",
                "content": [
                    {"tool_use_id": "t", "type": "tool_result", "content": [block]}
                ],
            },
            "toolUseResult": {
                "type": "image",
                "file": {"base64": data, "type": "image/png", "originalSize": 9000},
            },
        },
    )


def notebook() -> bytes:
    """A Jupyter notebook: pictures in outputs and attachments."""
    png = b64(picture(40, 40, 6))
    cells = [
        {
            "cell_type": "markdown",
            "attachments": {"a.png": {"image/png": png}},
            "metadata": {},
            "source": ["![a](attachment:a.png)"],
        },
        {
            "cell_type": "code",
            "execution_count": 1,
            "metadata": {},
            "outputs": [
                {
                    "data": {
                        "image/png": wrapped(png, 76, "\n") + "\n",
                        "text/plain": ["<Figure>"],
                    },
                    "metadata": {},
                    "output_type": "display_data",
                },
                {
                    "data": {"image/jpeg": b64(picture(9, 9, 7, "JPEG")) + "\n"},
                    "metadata": {},
                    "output_type": "display_data",
                },
            ],
            "source": ["plot()"],
        },
    ]
    book = {"cells": cells, "metadata": {}, "nbformat": 4, "nbformat_minor": 5}
    return json.dumps(book, indent=1).encode() + b"\n"


def har() -> bytes:
    """An HTTP archive with a picture in a response."""
    entry = {
        "request": {"method": "GET", "url": "https://example.org/a.png"},
        "response": {
            "status": 200,
            "content": {
                "size": 999,
                "mimeType": "image/png",
                "text": b64(picture(32, 32, 8)),
                "encoding": "base64",
            },
        },
    }
    log = {"log": {"version": "1.2", "creator": {}, "entries": [entry]}}
    return json.dumps(log, indent=2).encode()


def mhtml() -> bytes:
    """A saved web page: a picture as a part and one in quoted-printable."""
    part = wrapped(b64(picture(48, 48, 9)), 76, "\r\n")
    soft = wrapped(f'<img src=3D"{uri(picture(30, 30, 10))[:-1]}=3D">', 75, "=\r\n")
    return (
        "MIME-Version: 1.0\r\nContent-Type: multipart/related; boundary=x\r\n\r\n"
        "--x\r\nContent-Type: text/html\r\n"
        "Content-Transfer-Encoding: quoted-printable\r\n\r\n"
        f"<html>{soft}</html>\r\n--x\r\nContent-Type: image/png\r\n"
        f"Content-Transfer-Encoding: base64\r\n\r\n{part}\r\n--x--\r\n"
    ).encode()


def html() -> bytes:
    """A page with pictures in attributes, in all common quotings."""
    one, two = uri(picture(33, 21, 11)), uri(picture(22, 31, 12, "GIF"), "image/gif")
    plain = svg(13).replace('"', "'").replace("#", "%23")
    return (
        f"<!doctype html>\n<img src=\"{one}\">\n<img src='{two}' alt=x>\n"
        f'<img src={one}>\n<img srcset="{one} 1x, {two} 2x">\n'
        f'<img src="data:image/svg+xml,{quote(svg(13))}">\n'
        f'<img src="data:image/svg+xml;utf8,{plain}">\n'
        f"<style>a{{background:url({two})}}</style>\n"
        f"<script>const uri = `data:${{mime}};base64,${{btoa(x)}}`;\n"
        f'const s = "data:image/png;base64," + data;</script>\n'
    ).encode()


def css() -> bytes:
    """A style sheet with drawings and pictures in url()."""
    encoded = svg(14).replace('"', "'").replace("#", "%23")
    encoded = encoded.replace("<", "%3c").replace(">", "%3e")
    gif = b64(picture(9, 9, 1, "GIF"))
    return (
        f'.a{{background-image:url("data:image/svg+xml,{encoded}")}}\n'
        f".b{{background:url('{uri(picture(18, 18, 15))}') no-repeat}}\n"
        f".c{{background:url({uri(picture(19, 18, 15))});color:red}}\n"
        f".d{{background:url( data:image/gif;base64,{gif} )}}\n"
    ).encode()


def markdown() -> bytes:
    """A text with pictures in links, in front of a full stop and at the end."""
    one = uri(picture(25, 25, 16))
    return f"# A\n\n![x]({one} 'title'), ![y][r].\n\n<{one}>\n\n[r]: {one}".encode()


def dialects() -> dict[str, bytes]:
    """One picture in every way that people write it."""
    data = picture(24, 18, 17)
    text = b64(data + b"\xff\xfe\xfb" * 20 + b"zz")
    base = "data:image/png;base64,"
    plain = base + text
    safe = text.replace("+", "-").replace("/", "_")
    crlf = wrapped(text, 76, r"\r\n")
    entities = text.replace("+", "&#43;").replace("=", "&#61;")
    ways = {
        "plain": f'"{plain}"',
        "upper case": f'"DATA:IMAGE/PNG;BASE64,{text}"',
        "parameters": f'"data:image/png;name=a.png;charset=utf-8;base64,{text}"',
        "unpadded": f'"{plain.rstrip("=")}"',
        "url-safe": f'"{base}{safe}"',
        "url-safe unpadded": f'"{base}{safe.rstrip("=")}"',
        "wrapped LF": f"{base}{wrapped(text, 76, chr(10))}\n",
        "wrapped CRLF": f"{base}\r\n{wrapped(text, 64, chr(13) + chr(10))}\r\n",
        "wrapped, indented": f"{base}\n  {wrapped(text, 60, chr(10) + '  ')}\n",
        "wrapped, escaped": f'{{"a":"{base}{wrapped(text, 76, chr(92) + "n")}\\n"}}',
        "wrapped, escaped CRLF": f'"{base}{crlf}"',
        "stray bits": '"' + base + text.rstrip("=")[:-1] + 'p="',
        "php": '{"a":"' + plain.replace("/", "\\/") + '"}',
        "unicode slash": '{"a":"' + plain.replace("/", "\\u002f") + '"}',
        "gson": '{"a":"' + plain.replace("+", "\\u002B").replace("=", "\\u003d") + '"}',
        "json in json": json.dumps({"a": json.dumps({"b": plain})}),
        "json in json in json": json.dumps([json.dumps([json.dumps([plain])])]),
        "php in json": json.dumps({"a": '{"b":"' + plain.replace("/", "\\/") + '"}'}),
        "percent": base + quote(text, safe="") + " ",
        "entities": f'<a href="{base}{entities}">',
        "bare url()": f"url({plain})",
        "yaml": f"image: {plain}\nnext: 1\n",
        "xml": f"<image href='{plain}'/>",
    }
    return {name: way.encode() for name, way in ways.items()}


def every_sample() -> dict[str, bytes]:
    """Every document, by a file name that suits it."""
    samples = {
        "rollout.jsonl": codex_log(),
        "session.jsonl": claude_log(),
        "book.ipynb": notebook(),
        "page.har": har(),
        "page.mhtml": mhtml(),
        "page.html": html(),
        "style.css": css(),
        "text.md": markdown(),
    }
    for number, text in enumerate(dialects().values()):
        samples[f"dialect-{number:02}.txt"] = text
    return samples

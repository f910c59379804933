"""What Anthropic's Messages API refuses, in its own words.

Each rule is of a page of the documentation (platform.claude.com/docs/en), of the
types that Anthropic's SDK for Python sends (``anthropic.types``, 2.14), or of an error
that somebody was answered with; issues are of github.com/anthropics/claude-code unless
said.

=====================================================  =================================
Rule                                                   Source
=====================================================  =================================
32 MB a request (413, ``request_too_large``)           api/errors, api/overview
100 pictures, 8000 pixels a side, 2000 of more than    build-with-claude/vision; #5147,
20, PNG, JPEG, GIF, WebP                               #39185, dify #11177
5 MB a picture, of its base64 text                     build-with-claude/vision; #5147
``image cannot be empty``                              #12750
``invalid base64 data``                                sdk-typescript #603, gajae #2813
a media type that is none of the four                  #3073, #4661
a media type of another picture                        #35234, llxprt-code #2130
``Could not process image``: cut off, or none          build-with-claude/vision; #8184
a PDF that is none; 100 pages                          build-with-claude/pdf-support
``Extra inputs are not permitted``, of requests,       types ``*_param.py``; CLIProxyAPI
messages, tools, blocks and their sources              #512
``Input tag … does not match any of the expected``     AstrBot #4444
``text content blocks must be non-empty``              #59812, warp #6276
``cache_control cannot be set for empty text blocks``  #50082
at most four ``cache_control``; none on thinking       build-with-claude/prompt-caching;
                                                       sub2api #2013, #225
``all messages must have non-empty content``           chatlabs #35
``tool_use`` without ``tool_result`` in the next       agents-and-tools/tool-use; #7796,
message                                                #8286
``tool_result`` without its ``tool_use``               #13460, #19728
results stand in front of any text                     agents-and-tools/tool-use
``tool_use`` ids are unique, of letters, digits,       agents-and-tools/tool-use
``_`` and ``-``
a result that is an error has content, text only       markform #153; types
a signature of thinking that is not the model's        build-with-claude/extended-
                                                       thinking; #498 of
                                                       Antigravity-Manager
roles; a user speaks first; a system message is text   api/messages, types
=====================================================  =================================

The API cannot be asked here whether a signature is its own; here it is if it is
`signed` by this module.
"""

import base64
import binascii
import hashlib
import io
import json
import re
import warnings
from typing import Any

from PIL import Image

from support.messages_blocks import Block, Refused, blocks_of, needs, only
from support.messages_calls import check_calls

SIDE, SIDE_OF_MANY, MANY, MOST, PAGES, CACHED = 8000, 2000, 20, 100, 100, 4
BYTES, REQUEST = 5 << 20, 32_000_000
_PICTURES = {
    "image/png": "PNG",
    "image/jpeg": "JPEG",
    "image/gif": "GIF",
    "image/webp": "WEBP",
}
_CACHE = {"cache_control"}
_REQUEST = {
    *("model", "messages", "max_tokens", "metadata", "system", "tools", "tool_choice"),
    *("stream", "thinking", "stop_sequences", "service_tier", "temperature", "top_k"),
    *("top_p", "container", "context_management", "mcp_servers", "output_config"),
    *("output_format", "speed", "inference_geo", "diagnostics", "cache_control"),
    *("compaction", "fallbacks", "user_profile_id"),
}
_MESSAGE = {"role", "content"}
_SYSTEM_MESSAGE = {*_MESSAGE, "clear_at", "output_config"}
_TOOL = {
    *("name", "description", "input_schema", "type", "strict", "defer_loading"),
    *("allowed_callers", "input_examples", "eager_input_streaming", *_CACHE),
}
_KEYS = {
    "text": {"text", "citations", *_CACHE},
    "image": {"source", "transformations", *_CACHE},
    "document": {"source", "title", "context", "citations", *_CACHE},
    "tool_use": {"id", "name", "input", "caller", "toolset_name", *_CACHE},
    "tool_result": {"tool_use_id", "content", "is_error", "toolset_name", *_CACHE},
    "thinking": {"thinking", "signature"},
    "redacted_thinking": {"data"},
    "tool_reference": {"tool_name", *_CACHE},
    "search_result": {"source", "title", "content", "citations", *_CACHE},
}
_NEEDED = {
    "text": ("text",),
    "image": ("source",),
    "document": ("source",),
    "tool_use": ("id", "name", "input"),
    "tool_result": ("tool_use_id",),
    "thinking": ("thinking", "signature"),
    "redacted_thinking": ("data",),
    "tool_reference": ("tool_name",),
    "search_result": ("source", "title", "content"),
}
_SOURCES = {
    "base64": {"type", "media_type", "data"},
    "url": {"type", "url"},
    "file": {"type", "file_id"},
    "text": {"type", "media_type", "data"},
    "content": {"type", "content"},
}
_IN_RESULTS = {"text", "image", "document", "search_result", "tool_reference"}
_PAGE = re.compile(rb"/Type\s*/Page[^s]")


def signed(thinking: str) -> str:
    """What a block of thinking is signed with."""
    return base64.b64encode(hashlib.sha256(thinking.encode()).digest()).decode()


def check(body: bytes, asked: dict[str, Any], limit: int = REQUEST) -> None:
    """Find what the API refuses in a request.

    Args:
        body: The request.
        asked: The same, parsed.
        limit: The longest that is taken, in bytes.

    Raises:
        Refused: With the API's words.
    """
    if len(body) > limit:
        raise Refused("Request exceeds the maximum size", 413)
    only(asked, _REQUEST, "")
    for needed in ("model", "messages", "max_tokens"):
        if needed not in asked:
            raise Refused(f"{needed}: Field required")
    for number, tool in enumerate(asked.get("tools") or ()):
        if tool.get("type", "custom") == "custom":
            only(tool, _TOOL, f"tools.{number}.custom.")
            needs(tool, ("name", "input_schema"), f"tools.{number}.custom")
    messages = asked["messages"]
    _check_messages(messages)
    _check_cached(asked)
    blocks = list(blocks_of(messages))
    pictures = [b for b in blocks if b.value.get("type") == "image"]
    if len(pictures) > MOST:
        raise Refused(f"Too many images and documents: {len(pictures)} > {MOST}")
    for block in blocks:
        _check_block(block, len(pictures))
    check_calls(messages)


def _check_messages(messages: list[dict[str, Any]]) -> None:
    if not messages:
        raise Refused("messages: at least one message is required")
    for number, message in enumerate(messages):
        role, path = message.get("role"), f"messages.{number}"
        if role not in ("user", "assistant", "system"):
            raise Refused(f"{path}.role: Input should be 'user' or 'assistant'")
        system = role == "system"
        only(message, _SYSTEM_MESSAGE if system else _MESSAGE, f"{path}.")
        content = message.get("content")
        if not isinstance(content, str | list):
            raise Refused(f"{path}.content: Input should be a valid list")
        # A system's message may only say how hard to think (`SystemMessageParam`).
        set = system and bool(message.get("output_config"))
        last = role == "assistant" and message is messages[-1]
        if not content and not set and not last:
            raise Refused(
                f"{path}: all messages must have non-empty content except for the "
                "optional final assistant message"
            )
        if isinstance(content, str) and not content.strip() and not set:
            raise Refused("messages: text content blocks must be non-empty")
        if system and isinstance(content, list):
            for block in content:
                if block.get("type") != "text":
                    raise Refused(f"{path}.content: Input should be 'text'")
    if messages[0]["role"] != "user":
        raise Refused('messages: first message must use the "user" role')


def _check_cached(asked: dict[str, Any]) -> None:
    found = [asked, *(asked.get("tools") or ())]
    if isinstance(asked.get("system"), list):
        found += asked["system"]
    found += [block.value for block in blocks_of(asked["messages"])]
    count = sum("cache_control" in value for value in found)
    if count > CACHED:
        raise Refused(
            f"A maximum of {CACHED} blocks with cache_control may be provided. "
            f"Found {count}."
        )


def _check_block(block: Block, pictures: int) -> None:
    value, path = block.value, block.path
    kind = value.get("type")
    inner = ".tool_result." in path
    expected = _IN_RESULTS if inner else _KEYS.keys() - {"tool_reference"}
    if not isinstance(kind, str) or kind not in expected:
        raise Refused(
            f"{path}: Input tag {kind!r} found using 'type' does not match any of the "
            f"expected tags: {', '.join(map(repr, sorted(expected)))}"
        )
    only(value, _KEYS[kind] | {"type"}, f"{path}.{kind}.")
    needs(value, _NEEDED[kind], f"{path}.{kind}")
    if kind == "text":
        _check_text(value, path)
    elif kind == "thinking":
        if value["signature"] != signed(value["thinking"]):
            raise Refused(f"{path}: Invalid `signature` in `thinking` block")
    elif kind == "tool_result":
        _check_result(value, path)
    elif kind in ("image", "document"):
        source = value["source"]
        if not isinstance(source, dict) or "type" not in source:
            raise Refused(f"{path}.{kind}.source: Field required")
        allowed = _SOURCES.get(source["type"])
        if allowed is None:
            raise Refused(f"{path}.{kind}.source: Input tag {source['type']!r} found")
        at = f"{path}.{kind}.source.{source['type']}"
        only(source, allowed, f"{at}.")
        needs(source, allowed, at)
        if source["type"] == "base64":
            _check_data(block, at, pictures)


def _check_text(value: dict[str, Any], path: str) -> None:
    if not isinstance(value["text"], str):
        raise Refused(f"{path}.text.text: Input should be a valid string")
    if value["text"].strip():
        return
    if "cache_control" in value:
        raise Refused(f"{path}.text: cache_control cannot be set for empty text blocks")
    raise Refused("messages: text content blocks must be non-empty")


def _check_result(value: dict[str, Any], path: str) -> None:
    content = value.get("content")
    if not value.get("is_error"):
        return
    if not content:
        raise Refused(
            f"{path}.tool_result: content cannot be empty if `is_error` is true"
        )
    if isinstance(content, list) and any(b.get("type") != "text" for b in content):
        raise Refused(
            f'{path}.tool_result: all content must be type "text" if `is_error` is true'
        )


def _check_data(block: Block, path: str, pictures: int) -> None:
    kind = block.value["type"]
    mime, text = block.value["source"]["media_type"], block.data
    if kind == "document":
        if mime != "application/pdf":
            raise Refused(f"{path}.media_type: Input should be 'application/pdf'")
    elif mime not in _PICTURES:
        raise Refused(
            f"{path}.media_type: Input should be 'image/jpeg', 'image/png', "
            "'image/gif' or 'image/webp'"
        )
    if not text:
        raise Refused(f"{path}: {kind} cannot be empty")
    try:
        data = base64.b64decode(text, validate=True)
    except (binascii.Error, ValueError):
        raise Refused(f"{path}: invalid base64 data") from None
    if kind == "document":
        if not data.startswith(b"%PDF-"):
            raise Refused(f"{path}.data: The PDF specified was not valid.")
        if len(_PAGE.findall(data)) > PAGES:
            raise Refused(f"{path}.data: A maximum of {PAGES} PDF pages may be given")
        return
    if len(text) > BYTES:
        raise Refused(
            f"{path}: image exceeds 5 MB maximum: {len(text)} bytes > {BYTES} bytes"
        )
    format, sides = _picture(data)
    if format != _PICTURES[mime]:
        other = next(name for name, known in _PICTURES.items() if known == format)
        raise Refused(
            f"{path}: The image was specified using the {mime} media type, but the "
            f"image appears to be a {other} image"
        )
    most = SIDE_OF_MANY if pictures > MANY else SIDE
    if max(sides) > most:
        many = " for many-image requests" if most == SIDE_OF_MANY else ""
        raise Refused(
            f"{path}.data: At least one of the image dimensions exceed max allowed "
            f"size{many}: {most} pixels"
        )


def _picture(data: bytes) -> tuple[str, tuple[int, int]]:
    """A picture's format and sides; all of it must be there."""
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            with Image.open(
                io.BytesIO(data), formats=list(_PICTURES.values())
            ) as found:
                found.load()
                return str(found.format), found.size
    except (OSError, SyntaxError, ValueError, Image.DecompressionBombError):
        raise Refused("Could not process image") from None


def parsed(body: bytes) -> dict[str, Any]:
    """A request's body.

    Raises:
        Refused: It is none.
    """
    try:
        asked = json.loads(body)
    except ValueError:
        raise Refused("The request body is not valid JSON") from None
    if not isinstance(asked, dict):
        raise Refused("Input should be a valid dictionary")
    return asked

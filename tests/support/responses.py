"""What the Responses API refuses of a request's ``input``, in its own words.

As far as it is documented or was met in reports: items and parts of a type that is not
known, fields that are none, pictures whose data is none, calls without outputs and
outputs without calls, ids twice. The limits of pictures are those that Anthropic
documents: in pixels of a side, fewer where there are many, and in bytes.
"""

import base64
import binascii
import struct
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

SIDE, SIDE_OF_MANY, MANY, BYTES = 8000, 2000, 20, 5 << 20
LONGEST_TEXT = 10 << 20
MAGIC = {
    "image/png": (b"\x89PNG\r\n\x1a\n",),
    "image/jpeg": (b"\xff\xd8\xff",),
    "image/gif": (b"GIF87a", b"GIF89a"),
    "image/webp": (b"RIFF",),
}
_OUTPUTS = {
    "function_call_output": "function_call",
    "custom_tool_call_output": "custom_tool_call",
    "local_shell_call_output": "local_shell_call",
    "tool_search_output": "tool_search_call",
}
_ANY = {"type", "id", "status"}
ITEMS = {
    "message": {*_ANY, "role", "content", "phase"},
    "reasoning": {*_ANY, "summary", "content", "encrypted_content"},
    "function_call": {*_ANY, "call_id", "name", "namespace", "arguments"},
    "function_call_output": {*_ANY, "call_id", "output"},
    "custom_tool_call": {*_ANY, "call_id", "name", "namespace", "input"},
    "custom_tool_call_output": {*_ANY, "call_id", "name", "output"},
    "local_shell_call": {*_ANY, "call_id", "action"},
    "local_shell_call_output": {*_ANY, "call_id", "output"},
    "tool_search_call": {*_ANY, "call_id", "execution", "arguments"},
    "tool_search_output": {*_ANY, "call_id", "execution", "tools"},
    "web_search_call": {*_ANY, "action"},
    "image_generation_call": {*_ANY, "result", "revised_prompt"},
    "additional_tools": {*_ANY, "role", "tools"},
    "compaction": {*_ANY, "encrypted_content"},
    "context_compaction": {*_ANY, "encrypted_content"},
    "compaction_trigger": {*_ANY},
}
PARTS = {
    "input_text": {"type", "text"},
    "input_image": {"type", "image_url", "file_id", "detail"},
    "input_file": {"type", "file_id", "filename", "file_data", "file_url"},
    "output_text": {"type", "text", "annotations", "logprobs"},
    "refusal": {"type", "refusal"},
}
_OF_ASSISTANT = ("output_text", "refusal")
_OF_OTHERS = ("input_text", "input_image", "input_file")


@dataclass(frozen=True, slots=True)
class Refusal:
    """Why a request is refused.

    Attributes:
        code: The API's name for it.
        message: Its words.
        param: What of the request they are about.
    """

    code: str
    message: str
    param: str


def refusal(items: list[dict[str, Any]]) -> Refusal | None:
    """The first thing that the API refuses in an input; None: nothing."""
    return next(_refusals(items), None)


def too_long(items: list[dict[str, Any]], longest: int) -> Refusal | None:
    """The first text over a limit, but for the client's own instructions."""
    for number, item in enumerate(items):
        if item.get("role") == "developer":
            continue
        for name in ("content", "output"):
            at, held = f"input[{number}].{name}", item.get(name)
            parts = held if isinstance(held, list) else []
            texts = [(at, held)]
            texts += [(f"{at}[{i}].text", p.get("text")) for i, p in enumerate(parts)]
            for place, text in texts:
                if isinstance(text, str) and len(text) > longest:
                    words = f"Invalid '{place}': string too long."
                    return Refusal("string_above_max_length", words, place)
    return None


def pictures(value: object) -> Iterator[dict[str, Any]]:
    """The parts of an input that are to be pictures."""
    if isinstance(value, dict):
        if "image_url" in value:
            yield value
        for inner in value.values():
            yield from pictures(inner)
    elif isinstance(value, list):
        for inner in value:
            yield from pictures(inner)


def _refusals(items: list[dict[str, Any]]) -> Iterator[Refusal]:
    calls: dict[str, str] = {}
    answered: set[str] = set()
    ids: set[str] = set()
    most = SIDE_OF_MANY if len(list(pictures(items))) > MANY else SIDE
    for number, item in enumerate(items):
        at, kind = f"input[{number}]", str(item.get("type", "message"))
        yield from _unknown(item, kind, at, ITEMS)
        if item.get("id"):
            if item["id"] in ids:
                words = f"Duplicate item found with id {item['id']}. Remove duplicate"
                yield Refusal("", f"{words} items from your input and try again.", at)
            ids.add(item["id"])
        if kind in _OUTPUTS.values() and item.get("call_id"):
            calls[item["call_id"]] = kind
        elif kind in _OUTPUTS:
            call = str(item.get("call_id"))
            answered.add(call)
            if calls.get(call) != _OUTPUTS[kind]:
                words = f"call output with call_id {call}"
                yield Refusal("", f"No tool call found for function {words}.", "input")
        yield from _wrong_parts(item, kind, at, most)
    for call in calls:
        if call not in answered:
            words = f"No tool output found for function call {call}."
            yield Refusal("", words, "input")


def _unknown(
    value: dict[str, Any], kind: str, at: str, known: dict[str, set[str]]
) -> Iterator[Refusal]:
    if kind not in known:
        yield _invalid(kind, f"{at}.type", known)
        return
    for key in value:
        if key not in known[kind]:
            words = f"Unknown parameter: '{at}.{key}'."
            yield Refusal("unknown_parameter", words, f"{at}.{key}")


def _wrong_parts(
    item: dict[str, Any], kind: str, at: str, most: int
) -> Iterator[Refusal]:
    name = "content" if kind == "message" else "output"
    parts = item.get(name)
    if not isinstance(parts, list) or (kind not in _OUTPUTS and kind != "message"):
        if isinstance(parts, dict) or (kind == "message" and parts is None):
            yield Refusal("invalid_type", f"Invalid type for '{at}.{name}'.", at)
        return
    own = _OF_ASSISTANT if item.get("role") == "assistant" else _OF_OTHERS
    for number, part in enumerate(parts):
        here, type = f"{at}.{name}[{number}]", str(part.get("type"))
        if type not in own:
            yield _invalid(type, f"{here}.type", own)
            continue
        yield from _unknown(part, type, here, PARTS)
        if len(str(part.get("text", ""))) > LONGEST_TEXT:
            words = f"Invalid '{here}.text': string too long."
            yield Refusal("string_above_max_length", words, f"{here}.text")
        if type in ("input_text", "output_text") and not isinstance(
            part.get("text"), str
        ):
            words = f"Missing required parameter: '{here}.text'."
            yield Refusal("missing_required_parameter", words, f"{here}.text")
        if type == "input_image":
            yield from _wrong_picture(part, f"{here}.image_url", most)


def _wrong_picture(part: dict[str, Any], at: str, most: int) -> Iterator[Refusal]:
    url = part.get("image_url")
    if url is None and part.get("file_id"):
        return
    if not isinstance(url, str):
        words = f"Invalid type for '{at}': expected an image URL."
        yield Refusal("invalid_type", words, at)
        return
    if url.startswith("https://"):
        return
    if not url.startswith("data:"):
        words = f"Invalid '{at}'. Expected a valid URL, but got a value with an invalid"
        yield Refusal("invalid_value", f"{words} format.", at)
        return
    head, _, data = url.partition(",")
    mime, _, coding = head.removeprefix("data:").partition(";")
    if mime.replace("/jpg", "/jpeg") not in MAGIC or coding != "base64":
        words = (
            f"Invalid '{at}'. Expected a base64-encoded data URL with an image MIME "
            f"type (e.g. 'data:image/png;base64,aW1n...'), but got {mime!r}."
        )
        yield Refusal("invalid_value", words, at)
        return
    try:
        raw = base64.b64decode(data, validate=True)
    except binascii.Error:
        words = f"Invalid '{at}'. Expected a base64-encoded data URL."
        yield Refusal("invalid_base64", words, at)
        return
    if not any(raw.startswith(sign) for signs in MAGIC.values() for sign in signs):
        words = "The image data you provided does not represent a valid image."
        yield Refusal("invalid_image", words, at)
    elif max(_sides(raw)) > most:
        words = f"an image dimension exceeds {most} pixels"
        yield Refusal("invalid_image", words, at)
    elif len(raw) > BYTES:
        words = f"an image exceeds 5 MB: {len(raw)} bytes"
        yield Refusal("invalid_image", words, at)


def _sides(data: bytes) -> tuple[int, int]:
    """Width and height of a PNG; of other pictures, none are known."""
    if not data.startswith(MAGIC["image/png"]):
        return 0, 0
    width, height = struct.unpack(">II", data[16:24])
    return width, height


def _invalid(value: str, at: str, known: object) -> Refusal:
    assert isinstance(known, dict | tuple)
    names = ", ".join(f"'{name}'" for name in known)
    words = f"Invalid value: '{value}'. Supported values are: {names}."
    return Refusal("invalid_value", words, at)

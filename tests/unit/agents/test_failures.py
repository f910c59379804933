"""What a thread's last error says."""

import pytest

from assetstore.agents.failures import about, key, named, short, stuck
from assetstore.agents.request import Block, BlockName, LastError, Request


def error(text: str, order: int = 9) -> LastError:
    return LastError(text=text, line=order + 1, order=order)


@pytest.mark.parametrize(
    ("text", "what"),
    [
        ("API Error: 400 image exceeds 5 MB maximum: 6012616 bytes > 5242880", "media"),
        ('API Error: 400 {"error":{"message":"Could not process image"}}', "media"),
        ("messages.1.content.0.image.source.base64: invalid base64 data", "media"),
        ("The PDF file was not valid. Double press esc to go back", "media"),
        ("Image base64 size (5.7MB) exceeds API limit (5MB). Please resize", "media"),
        ("Invalid 'input[1].content[0].image_url'. Expected a data URL", "media"),
        ("Prompt is too long", "length"),
        ("Codex ran out of room in the model's context window", "length"),
        ("API Error: 413 Request too large", "length"),
        ("context_length_exceeded: Your input exceeds the window", "length"),
        ("messages: text content blocks must be non-empty", "other"),
        ("API Error: 529 overloaded_error", "passing"),
        ("API Error: 500 Internal server error", "passing"),
        ("API Error: 429 rate limit reached", "passing"),
        ("API Error: Connection error.", "passing"),
        ("Invalid API key · Please run /login", "passing"),
        ("Credit balance is too low", "passing"),
        ("no network", "passing"),
        ("stream disconnected before completion: error sending request", "passing"),
        ("You've hit your usage limit.", "passing"),
        ("interrupted", "passing"),
    ],
)
def test_what_it_is_about(text: str, what: str) -> None:
    assert about(error(text)) == what
    assert (stuck(Request(error=error(text))) is None) == (what == "passing")


@pytest.mark.parametrize(
    ("text", "place"),
    [
        ("messages.12.content.3.image.source.base64: too large", (12, 3, None)),
        ("messages.12.content.3.tool_result.content.1.image.source", (12, 3, 1)),
        ("Invalid 'input[1].content[0].image_url'.", (1, 0, None)),
        ("Invalid 'input[7].output'.", (7, None, None)),
        ("Invalid 'input[7].output[2].text': string too long.", (7, 2, None)),
        ("Could not process image", None),
    ],
)
def test_the_block_that_it_names(text: str, place: BlockName | None) -> None:
    assert named(error(text)) == place


def block(kind: str, order: int, origin: int = -1, content: int = 0) -> Block:
    return Block(
        kind="image" if kind == "image" else "placeholder",
        message=order,
        content=content,
        order=order,
        origin=origin,
    )


@pytest.mark.parametrize(
    ("blocks", "believed"),
    [
        ([block("image", 3)], True),
        ([], True),
        # Taken out of what was new to the request that failed.
        ([block("placeholder", 6)], False),
        ([block("placeholder", 6), block("image", 7)], False),
        # Taken out before: the failure is a new one.
        ([block("placeholder", 2), block("image", 7)], True),
        # Taken out of what came since: not of the request that failed.
        ([block("placeholder", 12)], True),
        # Out of a thread that it goes on from.
        ([block("placeholder", 1, origin=0)], False),
    ],
)
def test_an_error_is_believed_until_something_was_taken_out(
    blocks: list[Block], believed: bool
) -> None:
    request = Request(blocks=blocks, answered=4, error=error("no image"))
    assert (stuck(request) is not None) is believed
    assert stuck(request, answered=key(error("no image"))) is None
    other = key(error("no image", order=8))
    assert (stuck(request, answered=other) is not None) is believed


def test_words_without_the_json_around_them() -> None:
    text = 'API Error: 400 {"type":"error","error":{"message":"no \\"image\\" here"}}'
    assert short(text) == 'no "image" here'
    assert short("a  b\nc") == "a b c"
    assert short("x" * 200) == "x" * 160 + "…"

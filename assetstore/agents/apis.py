"""The APIs that clients talk to, as far as a log is judged by them."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal

# Anthropic's limits for pictures: pixels of a side, bytes of the base64 text, how many.
MOST_PIXELS, MOST_PIXELS_OF_MANY, MANY = 8000, 2000, 20
MOST_BYTES = 5 << 20
MOST_IMAGES = 100
FORMATS = ("image/png", "image/jpeg", "image/gif", "image/webp")

# Whether limits for pictures count: always; where an error says so, or nothing was
# answered; never.
Limits = Literal["always", "when it says so", "never"]


def _of_openai(width: int, height: int) -> int:
    """Count 70, and 140 for each tile of 512 pixels.

    After the picture was made to fit 2048 by 2048 and its shorter side 768, as the
    documentation of vision says; the models differ.
    """
    scale = min(1, 2048 / max(width, height))
    width, height = int(width * scale), int(height * scale)
    scale = min(1, 768 / max(1, min(width, height)))
    across = -(-int(width * scale) // 512)
    return 70 + 140 * across * -(-int(height * scale) // 512)


def _of_anthropic(width: int, height: int) -> int:
    """Count one for 750 pixels, after the longer side was made to fit 1568."""
    scale = min(1, 1568 / max(width, height))
    return int(width * scale * height * scale / 750)


def _of_google(width: int, height: int) -> int:
    """Count 258 for each tile of 768 pixels; a small picture is one."""
    if max(width, height) <= 384:
        return 258
    return 258 * -(-width // 768) * -(-height // 768)


@dataclass(frozen=True, slots=True, kw_only=True)
class Api:
    """What is known of an API.

    Attributes:
        block: How its errors name a block, with the numbers of its message and of the
            block in that.
        inner: What follows for a block in a tool's result.
        window: The context window of the models that are used most, in tokens.
        tokens: About what a model counts for a picture of a width and a height.
        limits: Whether the limits of `assetstore.agents.api_limits` count.
        longest: The longest request that it takes, in bytes.
        most_images: So many pictures a request may have; 0: no number is known.
        formats: What it takes for a picture.
        also: What else it takes, if a picture is called that.
        strict: Whether a picture must be of the type that it is called.
    """

    block: str
    inner: str = ""
    window: int = 200_000
    tokens: Callable[[int, int], int] = _of_openai
    limits: Limits = "never"
    longest: int = 1 << 62
    most_images: int = 0
    formats: tuple[str, ...] = FORMATS
    also: tuple[str, ...] = ()
    strict: bool = False


RESPONSES = Api(
    block="input[{message}].content[{content}]",
    window=258_400,  # Codex's own default
    limits="when it says so",
    also=("image/jpg",),
)
MESSAGES = Api(
    block="messages.{message}.content.{content}",
    inner=".tool_result.content.{inner}",
    tokens=_of_anthropic,
    limits="always",
    longest=32 << 20,
    most_images=MOST_IMAGES,
    strict=True,
)
CHAT = Api(
    block="messages[{message}].content[{content}]",
    window=128_000,
    limits="when it says so",
    also=("image/jpg",),
)
GEMINI = Api(
    block="contents[{message}].parts[{content}]",
    inner=".function_response.parts[{inner}]",
    window=1_048_576,
    tokens=_of_google,
    formats=(*FORMATS, "image/heic", "image/heif"),
)
# Of a log that no client is known to have written.
UNKNOWN = Api(
    block="messages.{message}.content.{content}",
    inner=".tool_result.content.{inner}",
)

"""What a thread's last error says: whether it is stuck, and by what."""

import re
from typing import Literal

from assetstore.agents.request import BlockName, LastError, Request

About = Literal["media", "length", "other", "passing"]

# Nothing in the thread is the reason: it may be tried again, or the user must act.
_PASSING = re.compile(
    r"(?i)\b(?:429|5\d\d)\b(?!\d)|overloaded|rate.?limit|usage limit|limit reached|"
    r"credit balance|billing|quota|unauthori[sz]ed|authenticat|api key|/login|oauth|"
    r"forbidden|\b40[13]\b|connection|network|timed? ?out|econn|enotfound|socket|"
    r"fetch failed|disconnected|interrupted|aborted|internal server|stream (?:error|"
    r"closed)|unable to connect|certificate|dns|at capacity|no internet"
)
_CONTENT = re.compile(r"(?i)invalid_request|\b(?:400|413)\b|invalid_image")
_MEDIA = re.compile(
    r"(?i)image|picture|pdf|document|media.?type|pixel|dimension|base64|data url"
)
_LENGTH = re.compile(
    r"(?i)context|ran out of room|too (?:large|long|many)|maximum|exceed|\b413\b"
)
_NAMED = re.compile(
    r"messages[.\[](\d+)\]?\.content[.\[](\d+)\]?"
    r"(?:\.tool_result\.content[.\[](\d+)\]?)?"
    r"|input\[(\d+)\](?:\.(?:content|output)\[(\d+)\])?"
)


def about(error: LastError) -> About:
    """Say what an error is about."""
    text = error.text
    if _PASSING.search(text) and not _CONTENT.search(text):
        return "passing"
    if _MEDIA.search(text):
        return "media"
    return "length" if _LENGTH.search(text) else "other"


def named(error: LastError) -> BlockName | None:
    """The message, the block in it, and the one in that, that an error names."""
    found = _NAMED.search(error.text)
    if found is None:
        return None
    message, content, inner = found[1] or found[4], found[2] or found[5], found[3]
    return (
        int(message),
        int(content) if content is not None else None,
        int(inner) if inner is not None else None,
    )


def stuck(request: Request, *, answered: str = "") -> LastError | None:
    """The error that keeps a thread from going on, if there is one.

    An error is believed, whatever the numbers are, until something was taken out of
    what was new to the request that it answered, or out of a log that the thread goes
    on from: a placeholder stands there now.

    Args:
        request: The next request.
        answered: What a rescue noted of an error that it dealt with (`key`).
    """
    error = request.error
    if error is None or about(error) == "passing" or answered == key(error):
        return None
    new = [b for b in request.blocks if request.answered < b.order < error.order]
    new += [b for b in request.blocks if b.origin >= 0]
    return None if any(b.kind == "placeholder" for b in new) else error


def key(error: LastError) -> str:
    """Return what tells an error of a thread from others of it."""
    return f"{error.line} {error.text[:200]}"


def short(text: str, most: int = 160) -> str:
    """The words of an error, without the JSON around them."""
    found = re.search(r'"message"\s*:\s*"((?:[^"\\]|\\.)+)"', text)
    if found is not None:
        text = found[1].replace('\\"', '"')
    text = " ".join(text.split())
    return text if len(text) <= most else f"{text[:most]}…"

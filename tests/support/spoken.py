"""What models say that stand in for real ones: they call what they are told to call."""

import re

_CALL = re.compile(r"^call (\S+) (\{.*\})\s*$", re.MULTILINE)


def wanted_call(text: str) -> tuple[str, str] | None:
    """The tool, and its arguments as JSON, that a line "call NAME JSON" asks for."""
    found = list(_CALL.finditer(text))
    return (found[-1][1], found[-1][2]) if found else None

"""Where a bundle says that its thread belongs: names that mean nothing but themselves.

Whoever made the bundle chose them, and it may be imported on another system than the
one that it was made on: Windows has devices in every folder, and leaves out dots and
spaces at a name's end.
"""

import re

from assetstore.agents import thread_clients
from assetstore.files.windows_names import is_name

_LONGEST = 120


def is_place(text: str) -> bool:
    """Tell whether a text is where a client has a log, from its home on."""
    return thread_clients.is_place(text) and all(map(is_name, text.split("/")))


def file_name(thread: str, ending: str = ".jsonl") -> str:
    """Make the name of a log that has no place, of its thread's id."""
    name = re.sub(r"[^\w.-]", "_", thread, flags=re.ASCII)[:_LONGEST].strip(".")
    if not name or not is_name(name):
        name = f"thread-{name}".rstrip("-")
    return f"{name}{ending}"

"""Codex rollouts (JSON Lines).

The API rejects an ``image_url`` that is not a picture, which would make the
thread unusable anew. So whatever the model sees becomes a text item, one for
one; what only the client shows keeps its shape. All of it was measured on
Codex 0.98 to 0.169 (docs/design.md).
"""

import re

from assetstore.archiver.profiles.base import IN_PLACE, Swap, enclosing
from assetstore.archiver.scanner import Form, Hit

_URL = re.compile(rb"\"(?:image_url|file_data|url)\"\s*:\s*\"$")
_RESULT = re.compile(rb"\"result\"\s*:\s*\"$")


class Codex:
    """``rollout-*.jsonl`` of the Codex command line and app."""

    name = "codex"
    typed = False
    looks_around = True

    def swap(self, hit: Hit, before: bytes, after: bytes, note: str) -> Swap | None:
        """Turn picture items into text items."""
        if hit.closer != b'"' or hit.escapes:
            return IN_PLACE
        if hit.form is Form.BARE:
            result = _RESULT.search(before)
            if result is None or after[:1] != b'"':
                return IN_PLACE
            # A text-only model's own form is an empty result; a field that the
            # client does not know stays in the file and is never sent.
            return Swap(len(result[0]), 1, b'"result":"","assetstore":"', b'"')
        if not _URL.search(before):
            return IN_PLACE
        item = enclosing(before, after, in_string=True)
        if item is None:
            return None
        kind = item.value.get("type")
        if kind in ("input_image", "input_file"):
            text, rest = b'{"type":"input_text","text":"[', b'"}'
        elif kind == "image":
            text, rest = b'{"type":"text","text":"[', b'","text_elements":[]}'
        else:
            return IN_PLACE if b'"url' in before[-12:] else None
        words = f"{note} archived ".encode("ascii")
        return Swap(len(before) - item.start, item.end, text + words, b"]" + rest)

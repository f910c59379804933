"""Codex rollouts (JSON Lines).

The API rejects an ``image_url`` that is not a picture, which would make the
thread unusable anew. So whatever the model sees becomes a text item, one for
one; what only the client shows keeps its shape. All of it was measured on
Codex 0.98 to 0.169 (docs/codex.md).
"""

import re
from collections.abc import Callable, Sequence
from pathlib import Path, PurePath

from assetstore.files.replace import Draft
from assetstore.files.source import RandomAccess, Source
from assetstore.formats import shapes
from assetstore.formats.base import Candidate, Reader, Spelling, Swap, Treatment
from assetstore.formats.beside import Beside
from assetstore.formats.homes import HomeShape
from assetstore.formats.json_lexer import OTHER
from assetstore.formats.json_places import Place
from assetstore.formats.text import is_lines, is_pretty
from assetstore.patterns import later
from assetstore.results import Why

_RECORDS = (
    b"session_meta",
    b"response_item",
    b"event_msg",
    b"turn_context",
    b"compacted",
    b"world_state",
    b"token_usage_record",
)
_SENT = (b"response_item", b"compacted")
_TYPE = rb"\"type\"\s*:\s*\"(?:" + b"|".join(_RECORDS) + rb")\""
_HEAD = re.compile(_TYPE + rb"\s*,\s*\"payload\"\s*:|\"payload\"\s*:.*" + _TYPE)
_NAME = re.compile(r"rollout-\d{4}-\d\d-\d\dT[\d-]+-[0-9a-f-]{36}.*\.jsonl(?:\.zst)?")


_HOME = HomeShape(
    title="Codex",
    name=".codex",
    variable="CODEX_HOME",
    logs=("sessions", "archived_sessions"),
    log="rollout-*.jsonl",
    own=later(
        r"auth\.json|history\.jsonl|session_index\.jsonl|thread-writer-locks"
        r"|archived_sessions|shell_snapshots|(?:state|thread_history|logs)_\d+\.sqlite"
    ),
    beside=later(
        r"config\.toml|version\.json|installation_id|.*\.sqlite|memories|skills"
        r"|prompts|rules|log|AGENTS\.md"
    ),
    shape=later(r"\d{4}|rollout-.*"),
)


class BesideRollouts:
    """A rollout's Codex home: offsets into it, and forks that count its bytes.

    What knows them is imported where a rollout comes: each archive of anything loads
    this module.
    """

    def owns(self, path: Path) -> bool:
        """Whether a file is called as a rollout is."""
        return path.name.startswith("rollout-")

    def recover(self, path: Path) -> None:
        """Finish replacements that were killed."""
        from assetstore.agents.codex import state

        state.recover(path)

    def replace(self, draft: Draft, source: Source) -> None:
        """Replace a rollout, with the offsets and forks of its home."""
        from assetstore.agents.codex import state

        state.replace(draft, source)

    def earlier_forms(self, path: Path, source: Source) -> Sequence[RandomAccess]:
        """A fork, as it was when it pointed to other places of its origin."""
        from assetstore.agents.codex import forks

        return forks.earlier_forms(path, source)


class Codex:
    """``rollout-*.jsonl`` of the Codex command line and app."""

    name = "codex"
    lines = True
    appends = True
    typed = False
    members: tuple[bytes, ...] = (b"data", b"blob", b"image_url", b"file_data")
    tells = tuple(b'"%b"' % name for name in _RECORDS[:3])
    beside: Beside = BesideRollouts()
    home: HomeShape | None = _HOME

    def claims(self, path: PurePath, head: bytes) -> bool:
        """Whether it is called as a rollout is, or begins as one does."""
        if is_pretty(head):
            return False
        if _NAME.fullmatch(path.name):
            return True
        return path.suffix != ".json" and is_lines(head) and bool(_HEAD.search(head))

    def told_by(self, get: Callable[[bytes], bytes | None]) -> bool:
        """Whether a record is a rollout's."""
        return get(b"type") in _RECORDS and get(b"payload") == OTHER

    def treat(self, found: Candidate) -> Treatment | None:
        """Turn picture items into text items."""
        place = found.place
        if place is None:
            return None if found.kind is Spelling.MEMBER else Treatment()
        sent = place.record[0].get(b"type") in _SENT
        reader: Reader = "model" if sent else "client"
        if place.key in (b"image_url", b"file_data", b"url") and not place.escapes:
            return _item(found, place, reader)
        if place.key == b"result" and found.kind is Spelling.BARE and not place.escapes:
            # A text-only model's own form is an empty result; a field that the
            # client does not know stays in the file and is never sent.
            before, after = b'"result":"","assetstore":"', b'"'
            swap = Swap(place.key_start, place, before, after)
            return Treatment(reader, swap)
        if sent:
            part = shapes.treated(place, reader=reader, any_size=True)
            if part is not None:
                return part
        return None if found.kind is Spelling.MEMBER else Treatment(reader)


def _item(found: Candidate, place: Place, reader: Reader) -> Treatment | None:
    """What becomes of an item with a picture or a file."""
    item, kind = place.inner, place.inner.get(b"type")
    if kind in (b"input_image", b"input_file"):
        swap = shapes.text_swap(item, shapes.INPUT_TEXT, b'"}')
    elif kind == b"image":
        swap = shapes.text_swap(item, shapes.TEXT, b'","text_elements":[]}')
    else:
        part = shapes.treated(place, reader=reader, any_size=True)
        if part is not None or found.kind is Spelling.MEMBER:
            return part
        if place.key == b"url":
            return Treatment(reader)
        return Treatment(reader, why=Why.REFUSED)
    return Treatment(reader, swap, any_data=True, any_size=True)


CODEX = Codex()

"""Codex rollouts (JSON Lines).

The API rejects an ``image_url`` that is not a picture, which would make the
thread unusable anew. So whatever the model sees becomes a text item, one for
one; what only the client shows keeps its shape. All of it was measured on
Codex 0.98 to 0.171 (docs/codex.md).
"""

from collections.abc import Callable, Sequence
from pathlib import Path, PurePath
from typing import TYPE_CHECKING

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

if TYPE_CHECKING:
    from assetstore.store.store import Store

_RECORDS = (
    b"session_meta",
    b"response_item",
    b"event_msg",
    b"turn_context",
    b"compacted",
    b"world_state",
    b"token_usage_record",
    b"realtime_item",
    b"id_allocation",
    b"inter_agent_communication",
    b"inter_agent_communication_metadata",
    b"dynamic_tools_updated",
    b"security_risk_score",
)
_SENT = (b"response_item", b"compacted")
_TYPE = rb"\"type\"\s*:\s*\"(?:" + b"|".join(_RECORDS) + rb")\""
# What the client shows of a message it may send again, where the message is edited;
# and titles are made of it. A field that it does not know stays in the file.
_COPY = b'{"type":"text","text":"%b","text_elements":[],"assetstore":"'
# What a tool of the client's user gave back.
_OUTPUT = b'{"type":"inputText","text":"'
_ADDRESSES = (b"image_url", b"imageUrl", b"file_data", b"url")
# Records of a conversation by voice.
_LIVE = b"realtime_item"
# So many letters tell a picture.
_SHOWS = 32
# The client's own word for a message that is a picture alone.
_ALONE = b"[Image]"
# Both, as the client writes them where it writes a message anew.
STAND_INS = tuple(
    f'{{"type":"text","text":"{text}","text_elements":[]}}'
    for text in ("", _ALONE.decode())
)
# And a picture of one, of 32 by 24 pixels: lists of pictures have no room for words.
_STAND_IN = (
    b"iVBORw0KGgoAAAANSUhEUgAAACAAAAAYAQAAAACzKMKZAAAAU0lEQVR42mP4DwQMYOIAAwMzw/H//x8z"
    b"3P7//zbDnf//rRnu1f+rZri//+9vhvvnPwOJ7++BxM/5QOKPPYwAc8ESYCUgxWBtYAPARoENBRsPtw0A"
    b"hrdO910oUtUAAAAASUVORK5CYII="
)
_HEAD = later(_TYPE + rb"\s*,\s*\"payload\"\s*:|\"payload\"\s*:.*" + _TYPE)
_NAME = later(r"rollout-\d{4}-\d\d-\d\dT[\d-]+-[0-9a-f-]{36}.*\.jsonl(?:\.zst)?")


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
        """Tell whether a file is called as a rollout is."""
        return path.name.startswith("rollout-")

    def recover(self, path: Path) -> None:
        """Finish replacements that were killed."""
        from assetstore.agents.codex import state

        state.recover(path)

    def mend(self, path: Path, store: "Store") -> None:
        """Put pictures where a placeholder must not stand."""
        from assetstore.agents.codex.picture_fields import put_pictures_back

        if path.suffix != ".zst":
            put_pictures_back(store, path)

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
        """Tell whether it is called as a rollout is, or begins as one does."""
        if is_pretty(head):
            return False
        if _NAME.fullmatch(path.name):
            return True
        return path.suffix != ".json" and is_lines(head) and bool(_HEAD.search(head))

    def told_by(self, get: Callable[[bytes], bytes | None]) -> bool:
        """Tell whether a record is a rollout's."""
        return get(b"type") in _RECORDS and get(b"payload") == OTHER

    def treat(self, found: Candidate) -> Treatment | None:
        """Turn picture items into text items."""
        place = found.place
        stands_in = len(found.begin) > _SHOWS and _STAND_IN.startswith(found.begin)
        if place is None:
            # A member's value is none of a part; what stands in for a picture is ours.
            member = found.kind is Spelling.MEMBER
            return None if member or stands_in else Treatment()
        record = place.record[0].get(b"type")
        reader: Reader = "model" if record in _SENT else "client"
        if record == _LIVE:  # what its backend takes back is not known
            member = found.kind is Spelling.MEMBER
            return None if member else Treatment(reader, why=Why.REFUSED)
        if reader == "client" and not place.inner.is_object and not place.escapes:
            if stands_in:
                return None
            if place.inner.key == b"images" and found.kind is not Spelling.MEMBER:
                return _listed(place)
        if place.key in _ADDRESSES and not place.escapes:
            return _item(found, place, reader)
        # Results of other calls are no pictures.
        generated = place.key == b"result" and found.kind is Spelling.BARE
        original = place.key == b"original_data_url"
        if (generated or original) and not place.escapes:
            return _emptied(place, reader)
        if reader == "model":
            part = shapes.treated(place, reader=reader, any_size=True)
            if part is not None:
                return part
        return None if found.kind is Spelling.MEMBER else Treatment(reader)


def _emptied(place: Place, reader: Reader) -> Treatment:
    """Decide what becomes of a field that may be empty.

    It is so for a model that takes no pictures. A field that the client does not know
    stays in the file and is never sent.
    """
    assert isinstance(place.key, bytes)  # noqa: S101 for the type checker
    before = b'"%b":"","assetstore":"' % place.key
    return Treatment(reader, Swap(place.key_start, place, before, b'"'))


def _item(found: Candidate, place: Place, reader: Reader) -> Treatment | None:
    """Decide what becomes of an item with a picture or a file."""
    item, kind = place.inner, place.inner.get(b"type")
    if kind in (b"input_image", b"input_file"):
        swap = shapes.text_swap(item, shapes.INPUT_TEXT, b'"}')
    elif kind == b"inputImage":
        swap = shapes.text_swap(item, _OUTPUT, b'"}')
    elif kind == b"image":
        around = item.parent
        alone = item.key == 0 and around is not None and not around.says(b"text")
        copy = _COPY % (_ALONE if alone else b"")
        swap = shapes.text_swap(item, copy, b'"}')
    else:
        part = shapes.treated(place, reader=reader, any_size=True)
        if part is not None or found.kind is Spelling.MEMBER:
            return part
        if place.key == b"url":
            return Treatment(reader)
        return Treatment(reader, why=Why.REFUSED)
    return Treatment(reader, swap, any_data=True, any_size=True)


def _listed(place: Place) -> Treatment:
    """Decide what becomes of a picture in the list of an older client's message.

    An edited message is sent with all that is in the list. So the first picture that
    goes ends it, and begins another one, of a name that the client does not know.
    """
    more, event = b"", place.inner.parent
    if event is not None and event.get(b"message") == b"":
        more = b'"data:image/png;base64,' + _STAND_IN + b'"'
    return shapes.ended_list(place, more)


CODEX = Codex()

"""Sessions of GitHub's Copilot CLI (JSON Lines).

A picture is written once, as an asset that is called by the SHA-256 of its bytes;
messages and tools' results name it. Where the asset of a name is missing, the client
says so to the model, or reads a pasted file again. So a picture that goes takes its
asset's name with it. Where a record holds a picture itself, it becomes what the
client writes for one that it left out. Anything else is left: the client does not open
a session of which it does not understand a record. Tried with Copilot CLI 1.0.102,
whose package has the records' schema (``session-events.schema.json``).
"""

import re
from collections.abc import Callable
from pathlib import PurePath

from assetstore.formats import shapes
from assetstore.formats.base import Candidate, Treatment
from assetstore.formats.json_places import Place
from assetstore.formats.text import JsonLines, begins_with
from assetstore.results import Why

_BEGIN = re.compile(rb'"type"\s*:\s*"session\.(?:start|binary_asset)"')
_KINDS = (b"session.start", b"session.binary_asset")

# JSON up to the words that stand for a picture, and behind them.
_Ends = tuple[bytes, bytes]

_UNAVAILABLE = b'"byteLength":0,"omittedReason":"asset_unavailable"'
# An asset that no record names; the client wants all of these members.
_ASSET: _Ends = (
    b'{"assetId":"',
    b'","type":"image","mimeType":"image/png","byteLength":0,"data":""}',
)
_PASTED: _Ends = (
    b'{"type":"blob","mimeType":"image/png",' + _UNAVAILABLE + b',"displayName":"',
    b'"}',
)
_RESULT: _Ends = (
    b'{"type":"image","mimeType":"image/png",' + _UNAVAILABLE + b',"description":"',
    b'"}',
)
# Where else records hold pictures: of which types, and in which members.
_HELD: tuple[tuple[_Ends, tuple[bytes, ...], list[bytes]], ...] = (
    (_PASTED, (b"blob",), [b"attachments", b"data"]),
    (_RESULT, (b"image", b"resource"), [b"binaryResultsForLlm", b"result", b"data"]),
    (
        (shapes.TEXT, b'"}'),
        (b"image", b"audio"),
        [b"contents", b"result", b"data"],
    ),
)


class CopilotCli(JsonLines):
    """``~/.copilot/session-state/*/events.jsonl``."""

    name = "copilot-cli"
    tells = (b'"session.start"', b'"session.binary_asset"')

    def claims(self, path: PurePath, head: bytes) -> bool:
        """Tell whether it is where sessions are, or begins as one does."""
        if path.name == "events.jsonl" and "session-state" in path.parts:
            return True
        first = head[:4096].partition(b"\n")[0]
        return begins_with(first, b"{") and _BEGIN.search(first) is not None

    def told_by(self, get: Callable[[bytes], bytes | None]) -> bool:
        """Tell whether a record is a session's."""
        return get(b"type") in _KINDS and get(b"data") is not None

    def treat(self, found: Candidate) -> Treatment | None:
        """Take assets, and pictures that records hold; leave all others."""
        place = found.place
        if place is not None and place.key == b"data" and not place.escapes:
            ends = _ends(place) if found.begin else None
            if ends is not None:
                swap = shapes.text_swap(place.inner, *ends)
                return Treatment("model", swap, any_data=True, any_size=True)
        treatment = super().treat(found)
        return treatment and Treatment(why=treatment.why or Why.NOT_UNDERSTOOD)


def _ends(place: Place) -> _Ends | None:
    """Return what stands around the words in place of an object with a picture."""
    part, kind = place.inner, place.inner.get(b"type")
    first, *way = (key for _, key in place.way())
    if way == [first]:
        record = part.parent
        asset = record is not None and record.get(b"type") == b"session.binary_asset"
        return _ASSET if asset and part.get(b"assetId") is not None else None
    for ends, kinds, around in _HELD:
        if kind in kinds and way[1:] == around:
            return ends
    return None


COPILOT_CLI = CopilotCli()

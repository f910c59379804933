"""Find private keys in text: PEM, OpenSSH, PGP, SSH2, whole ones and cut off ones.

The forms are those of https://www.rfc-editor.org/rfc/rfc7468 (PEM),
https://www.rfc-editor.org/rfc/rfc4716 (four dashes and blanks) and
https://www.rfc-editor.org/rfc/rfc9580#section-6 (PGP).
"""

import re
from collections.abc import Iterator

_MARK = re.compile(
    r"-{4,5} ?(?P<what>BEGIN|END) (?:[A-Z0-9 ]{0,40}PRIVATE KEY(?: BLOCK)?"
    r"|OpenVPN Static key V1) ?-{4,5}"
)
# Line breaks, also those of strings in JSON and source, with what quotes the lines.
_BREAK = r"(?:\\{1,8}[rn]|[\r\n]|[ ](?=[A-Za-z0-9+/]{40}))[ \t>|+\"'…]*+"
_HEADER = "(?:Proc-Type|DEK-Info|Version|Comment|Hash|Charset|MessageID|Subject): "
_LINE = rf"(?:[A-Za-z0-9+/]++={{0,3}}|{_HEADER}[^\n\\]{{0,200}})"
_END_OF_LINE = r"(?=[\"'`, \t;)\\]*(?:[\r\n…]|\\[rn]|\.\.\.|\Z))"
_BODY = re.compile(rf"(?:(?:{_BREAK})++{_LINE}{_END_OF_LINE})*+")
# A last line of which more than the key's is on it.
_LAST_LINE = re.compile(rf"(?:{_BREAK})++[A-Za-z0-9+/]{{40,}}+={{0,3}}")
_LINES = re.compile(r"\\+[rn]|[\r\n]+")
_ENCODED = re.compile(r"[A-Za-z0-9+/]{16,}={0,3}")
_LAST = re.compile(r"[A-Za-z0-9+/]{1,80}={0,3}")
_AROUND = " \t\r\n>|+\"'…\\"


def private_keys(text: str) -> Iterator[tuple[int, int]]:
    """Find private keys: (begin, end), in order and apart.

    Between a BEGIN and the END after it everything is the key. Without an END, the
    lines after the BEGIN that are base64 or headers are, and without a BEGIN those
    before the END.
    """
    done = 0
    begun: re.Match[str] | None = None
    for mark in _MARK.finditer(text):
        if mark["what"] == "END":
            begin = begun.start() if begun else _head(text, done, mark.start())
            yield begin, mark.end()
            done, begun = mark.end(), None
            continue
        if begun:
            yield begun.start(), _end_of_body(text, begun.end(), mark.start())
        begun = mark
        done = mark.end()
    if begun:
        yield begun.start(), _end_of_body(text, begun.end(), len(text))


def _end_of_body(text: str, begin: int, end: int) -> int:
    body = _BODY.match(text, begin, end)
    done = body.end() if body else begin
    last = _LAST_LINE.match(text, done, end)
    return last.end() if last else done


def _head(text: str, begin: int, end: int) -> int:
    """Find where the lines of base64 begin that stand right before `end`."""
    breaks = [begin, *(m.end() for m in _LINES.finditer(text, begin, end))]
    first = end
    form = _LAST  # may be short
    for at in reversed(breaks):
        line = _LINES.sub("", text[at:first]).strip(_AROUND)
        if line and not form.fullmatch(line):
            break
        if line:
            form = _ENCODED
        first = at
    return first

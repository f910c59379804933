"""Patterns of ignore files as expressions that no name can keep busy.

A pattern such as ``*a*a*a*a*b`` becomes an expression in which each star may end at
each "a": on a long name that ends otherwise, all the ways are tried, one after the
other, for longer than anybody waits. But the first place where what stands between two
stars fits is as good as any later one, since the second star takes the rest. So what
was matched there is not given up again (an atomic group).
"""

import re

from assetstore.patterns import later

_STAR, _LAZY = "[^/]*", "[^/]*?"
_DEEP, _DEEP_LAZY = "(?:/.+)?", "(?:/.+?)??"
_TOKEN = later(
    r"\(\?:/\.\+\)\?|\(\?:\.\+/\)\?|\(\?:\(\?P<ps_d>/\)\|\$\)|\(\?P<ps_d>/\)"
    r"|\[\^/\]\*|\[\^/\]\+?|\[(?:\\.|[^\]\\])+\]|\\.|.",
    re.S,
)
_ENDS = ("/", _DEEP, "(?:.+/)?", "(?:(?P<ps_d>/)|$)", "(?P<ps_d>/)", "$")


def linear(source: str) -> str:
    """Write an expression of pathspec's so that it takes time by a path's length.

    It matches the same paths.
    """
    tokens = _TOKEN.findall(source)
    if source != "".join(tokens) or source.count(_STAR) + source.count(_DEEP) < 2:
        return source
    parts: list[list[str]] = [[]]
    for token in tokens:
        if token == _DEEP:
            parts.append([])
        else:
            parts[-1].append(token)
    first, *rest = ("".join(_stars(part)) for part in parts)
    if not rest:
        return first
    # What stands between two "**" is a fixed number of names: where it begins says
    # where it ends, and that is in front of a slash.
    between = (f"(?>{_DEEP_LAZY}{part}(?=/))" for part in rest[:-1])
    return "".join((first, *between, _DEEP, rest[-1]))


def _stars(tokens: list[str]) -> list[str]:
    """Do it for the stars within each name."""
    written: list[str] = []
    at = 0
    while at < len(tokens):
        if tokens[at] != _STAR:
            written.append(tokens[at])
            at += 1
            continue
        end = at + 1
        while end < len(tokens) and tokens[end] not in (_STAR, *_ENDS):
            end += 1
        chunk = "".join(tokens[at + 1 : end])
        if end == len(tokens) or tokens[end] != _STAR:  # the last one of its name
            written.append(_STAR + chunk)
        elif chunk:
            written.append(f"(?>{_LAZY}{chunk})")
        at = end
    return written

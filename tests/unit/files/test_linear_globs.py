"""Expressions that match the same, in time by a path's length."""

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pathspec import GitIgnoreSpec

from assetstore.files.linear_globs import linear

patterns = st.lists(
    st.sampled_from(["a", "b", "*", "*", "**", "/", "/**/", "?", "[ab]", ".", "\\*"]),
    min_size=1,
    max_size=9,
).map("".join)
paths = st.lists(
    st.sampled_from(["a", "b", "aa", "ab", ".", "/", "/", "*"]), min_size=1, max_size=12
).map("".join)


@given(patterns, st.lists(paths, min_size=1, max_size=20))
def test_they_match_the_same(pattern: str, paths: list[str]) -> None:
    try:
        found = [p.regex for p in GitIgnoreSpec.from_lines([pattern]).patterns]
    except ValueError:
        return
    for regex in found:
        if regex is not None:
            other = re.compile(linear(regex.pattern))
            for path in paths:
                was, now = regex.match(path), other.match(path)
                assert (was is None) == (now is None), (pattern, path)
                if was is not None and now is not None:
                    assert was.groupdict() == now.groupdict(), (pattern, path)


@pytest.mark.parametrize(
    "pattern",
    [
        "a*" * 100 + "b",
        "*a" * 100 + "*b",
        "*?" * 60 + "z",
        "*[ab]" * 60 + "z",
        "**/a/" * 40 + "b",
        "**/*a*a*a/" * 20 + "b",
        "x/" + "**/a/" * 40 + "b",
    ],
)
def test_no_path_keeps_them_busy(pattern: str) -> None:
    (found,) = GitIgnoreSpec.from_lines([pattern]).patterns
    assert found.regex is not None
    fast = re.compile(linear(found.regex.pattern))
    for path in ("a" * 250, "x/" + "a/" * 100 + "c", "a/" * 60 + "a" * 120):
        assert fast.match(path) is None  # what it was would not end in days

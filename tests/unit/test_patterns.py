"""An expression that is compiled later is one that was compiled at once."""

import re

import pytest

from assetstore.patterns import later


def test_it_is_compiled_when_it_is_used(monkeypatch: pytest.MonkeyPatch) -> None:
    compiled: list[str] = []
    compile_ = re.compile

    def told(pattern: str, flags: int = 0) -> re.Pattern[str]:
        compiled.append(pattern)
        return compile_(pattern, flags)

    monkeypatch.setattr(re, "compile", told)
    pattern = later("A+", re.I)
    assert compiled == []
    assert pattern.pattern == "A+"
    for _ in range(3):
        assert pattern.match("aaa")
    assert compiled == ["A+"]
    assert pattern.sub("b", "xAx") == "xbx"


def test_bytes_are_searched_with_bytes() -> None:
    assert later(rb"\d+").findall(b"1 22") == [b"1", b"22"]


def test_what_an_expression_has_not_it_has_not() -> None:
    with pytest.raises(AttributeError):
        _ = later("a").nothing  # type: ignore[attr-defined]

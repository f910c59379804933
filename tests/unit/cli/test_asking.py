"""Before what cannot be undone, somebody is asked, or nothing is done."""

import sys
from collections.abc import Callable

import click
import pytest

from assetstore.cli.asking import ask
from assetstore.cli.invocation import Run
from assetstore.errors import AssetstoreError, UsageError

WORDS = {"why": "it is for good", "look": "Look first", "otherwise": "nothing done"}


@pytest.fixture
def shown() -> list[str]:
    return []


@pytest.fixture
def show(shown: list[str]) -> Callable[[], None]:
    return lambda: shown.append("what goes")


@pytest.fixture
def terminal(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("stdin", "stderr"):
        monkeypatch.setattr(getattr(sys, name), "isatty", lambda: True)


def answered(monkeypatch: pytest.MonkeyPatch, answer: bool) -> None:
    monkeypatch.setattr(click, "confirm", lambda *_words, **_options: answer)


@pytest.mark.usefixtures("terminal")
@pytest.mark.parametrize("answer", [True, False])
def test_it_goes_on_only_with_a_yes(
    monkeypatch: pytest.MonkeyPatch,
    show: Callable[[], None],
    shown: list[str],
    answer: bool,
) -> None:
    answered(monkeypatch, answer)
    if answer:
        ask(Run(), show, "Go on?", **WORDS)
    else:
        with pytest.raises(AssetstoreError, match="nothing done"):
            ask(Run(), show, "Go on?", **WORDS)
    assert shown == ["what goes"]


def test_nobody_is_there(
    monkeypatch: pytest.MonkeyPatch, show: Callable[[], None], shown: list[str]
) -> None:
    answered(monkeypatch, True)
    with pytest.raises(UsageError, match="nobody to be asked") as caught:
        ask(Run(), show, "Go on?", **WORDS)
    assert caught.value.hint == "Look first, then give --yes."
    assert shown == []

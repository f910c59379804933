"""Files that are opened with the desktop's program for them."""

import subprocess
import sys
from pathlib import Path

import click
import pytest

from assetstore.cli import launching

xdg = pytest.mark.skipif(
    sys.platform in ("win32", "darwin"), reason="there is no xdg-open"
)


@xdg
def test_that_there_is_no_program_is_noticed(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    shot = tmp_path / "shot.png"
    assert not launching.launched(shot)
    opener = tmp_path / "xdg-open"
    opener.write_text('#!/bin/sh\necho "$1: no method" >&2\nexit 3\n')
    opener.chmod(0o755)
    assert not launching.launched(shot)
    opener.write_text(f'#!/bin/sh\n[ "$1" = "{shot}" ]\n')
    assert launching.launched(shot)
    assert capfd.readouterr().err == ""


@xdg
def test_an_opener_that_goes_on_has_found_one(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    class GoesOn:
        def __init__(self, *_: object, **__: object):
            pass

        def wait(self, timeout: float) -> int:
            raise subprocess.TimeoutExpired("xdg-open", timeout)

    monkeypatch.setattr(subprocess, "Popen", GoesOn)
    assert launching.launched(tmp_path / "shot.png")


@pytest.mark.parametrize(("code", "opened"), [(0, True), (127, False)])
def test_elsewhere_the_system_opens_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, code: int, opened: bool
) -> None:
    monkeypatch.setattr(sys, "platform", "darwin")
    monkeypatch.setattr(click, "launch", lambda name: code)
    assert launching.launched(tmp_path / "shot.png") is opened

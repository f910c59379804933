"""``assetstore show``."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from assetstore.cli import launching
from support.homes import THREAD, codex_home
from support.samples import lines, picture, uri

Call = Callable[..., Any]


@pytest.fixture
def log(home: Path) -> Path:
    return codex_home(home)


def test_a_conversation_and_its_images(call: Call, log: Path) -> None:
    done = call("show", THREAD[:8])
    assert done.code == 0
    assert "look at number 0" in done.out
    assert "[image 4: image 60x40 png" in done.out
    last = call("show", log, "--last", "1", "--json").result["events"]
    assert len(last) == 1


def test_an_image_is_written(call: Call, home: Path, log: Path) -> None:
    before = log.read_bytes()
    assert call("show", log, "--image", "2", "-o", "shot.png").code == 0
    assert (home / "shot.png").read_bytes() == picture(60, 40, 1)
    assert log.read_bytes() == before


def test_an_archived_image_comes_from_the_store(
    call: Call, home: Path, log: Path
) -> None:
    assert call("archive", log).code == 0
    assert call("show", log, "--image", "1", "-o", "shot.png").code == 0
    assert (home / "shot.png").read_bytes() == picture(60, 40, 0)
    other = call("show", log, "--image", "1", "-o", "x.png", "--store", home / "none")
    assert other.code == 1
    assert "there is no store to take it from" in other.err
    assert not (home / "x.png").exists()


def test_a_picture_is_opened_where_no_file_is_named(
    call: Call, log: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    opened: list[Path] = []

    def launched(name: Path) -> bool:
        opened.append(name)
        return len(opened) == 1

    monkeypatch.setattr(launching, "launched", launched)
    assert call("show", log, "--image", "1").code == 0
    path = opened[0]
    assert path.read_bytes() == picture(60, 40, 0)
    assert path.suffix == ".png"
    path.unlink()
    path.parent.rmdir()
    done = call("show", log, "--image", "1")
    assert done.code == 1
    assert "there is no program here that opens image 1" in done.err
    assert "-o FILE" in done.err
    assert not opened[1].parent.exists()


def test_what_is_a_program_to_a_desktop_is_not_opened(
    call: Call, home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A page with a script in the name of a picture."""
    opened: list[Path] = []
    monkeypatch.setattr(launching, "launched", opened.append)
    hostile = b'<svg xmlns="http://www.w3.org/2000/svg"><script>x()</script></svg>' * 9
    image = {"type": "input_image", "image_url": uri(hostile, "image/svg+xml")}
    message = {"type": "message", "role": "user", "content": [image]}
    log = codex_home(home, lines({"type": "response_item", "payload": message}))
    done = call("show", log, "--image", "1")
    assert done.code == 2
    assert "opened unasked" in done.err
    assert opened == []


def test_what_there_is_not(call: Call, log: Path) -> None:
    done = call("show", log, "--image", "9")
    assert (done.code, "the thread has 4" in done.err) == (2, True)
    assert call("show", log, "-o", "x.png").code == 2
    assert call("show", "nobody").code == 2
    over = call("show", log, "--image", "1", "-o", log)
    assert over.code == 2  # the log itself is no place for it

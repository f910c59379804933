"""What a thread knows, written down."""

from pathlib import Path
from typing import Any

import PIL.Image
import pytest

from assetstore.agents.find import find_threads
from assetstore.agents.handoff import Handoff, hand_off
from support.homes import codex_home, long_thread
from support.samples import lines, picture, uri
from support.threads import call, event, gave, says, thread


def of(path: Path, **more: Any) -> Handoff:
    return hand_off(next(find_threads([path])), **more)


def section(text: str, name: str) -> str:
    return text.partition(f"\n## {name}\n")[2].partition("\n## ")[0]


@pytest.fixture
def log(alone: Path) -> Path:
    secret = "ghp_" + "a1B2c3D4" * 6
    return thread(
        alone,
        event("task_started"),
        says("user", "Write a parser <b>now</b>.", uri(picture(60, 40, 1))),
        call("update_plan", {"plan": [{"step": "lexer", "status": "completed"}]}, "1"),
        gave("1", "ok"),
        says("assistant", "I chose a ring buffer instead of a list because of room."),
        says("user", "Go on."),
        call("exec", {"cmd": f"push --token {secret}"}, "2"),
        gave("2", "denied", 1),
        call("apply_patch", {"input": "*** Add File: src/a.rs\n+x\n"}, "3"),
    )


def test_each_kind_has_its_section(log: Path) -> None:
    handoff = of(log)
    text = handoff.text
    assert text.startswith("# Handoff: Write a parser")
    assert "Write a parser \\<b>now\\</b>. [image 1]" in section(
        text, "What it was about"
    )
    assert "> Go on." in section(text, "Latest requests, the newest first")
    stopped = section(text, "Where it stopped")
    assert "ring buffer" in stopped
    assert "has no answer" in stopped
    assert "created `src/a.rs`: ended unknown" in stopped
    assert "- [x] lexer" in section(text, "Plan, as last stated")
    assert "failed at its last run (line 8): denied" in section(text, "Open problems")
    assert "`src/a.rs`: created (line 10)" in section(text, "Files created and changed")
    assert "Image 1: image 60x40 png" in section(text, "Images")
    assert handoff.tokens == len(text.encode()) // 4


def test_nobodys_words_are_html_or_a_line_of_their_own(alone: Path) -> None:
    """What renders Markdown would take them for its own."""
    hostile = "<img src=x> is a problem because\n## of it"
    plan = [{"step": f"{hostile} step", "status": "pending"}]
    text = of(
        thread(
            alone,
            says("user", f"{hostile} asked", uri(picture(20, 20, 1))),
            call("update_plan", {"plan": plan}, "1"),
            gave("1", "x"),
            says("assistant", hostile.replace("\n", " ") + " decided."),
            call("exec", {"cmd": "make"}, "2"),
            gave("2", f"{hostile} failed", 1),
            event("error", message=f"{hostile} ended"),
        )
    ).text
    for word in ("asked", "step", "decided", "failed", "ended"):
        assert f"of it {word}" in text or f"of it\n> {word}" in text
    assert text.count("<img") == text.count("\\<img")
    assert "\n## of it" not in text


def test_no_secret_is_in_it(log: Path) -> None:
    handoff = of(log)
    assert "a1B2c3D4a1B2c3D4" not in handoff.text
    assert "a1B2c3D4a1B2c3D4" not in str(handoff.facts)


def test_programs_get_the_same(log: Path) -> None:
    facts = of(log).facts
    assert (facts["cwd"], facts["turns"], facts["images"]) == ("/home/x", 1, 1)
    assert facts["plan"] == [{"status": "completed", "step": "lexer"}]
    assert facts["files"][0]["path"] == "src/a.rs"
    (command,) = facts["commands"]
    assert (command["ok"], command["runs"], command["failed"]) == (False, 1, 1)
    assert facts["interrupted"] is False


def test_it_is_as_long_as_it_may_be(alone: Path) -> None:
    path = codex_home(alone, long_thread(60))
    whole = of(path, max_tokens=50_000)
    for most in (500, 1000):
        short = of(path, max_tokens=most)
        assert short.tokens <= most * 1.05
        assert short.tokens < whole.tokens
        assert "more" in short.text
    assert of(path, max_tokens=1).tokens <= 420  # the least that makes sense


def test_small_copies_of_its_pictures(log: Path, tmp_path: Path) -> None:
    folder = tmp_path / "small"
    text = of(log, thumbnails=folder).text
    (small,) = folder.iterdir()
    with PIL.Image.open(small) as image:
        assert image.format == "PNG"
    assert small.name in section(text, "Images")


def test_a_thread_without_anything(alone: Path) -> None:
    handoff = of(codex_home(alone, b""))
    assert handoff.text.startswith(f"# Handoff: {handoff.thread}")
    assert "\n## " not in handoff.text


def test_a_log_without_times_says_none(alone: Path) -> None:
    path = alone / ".kimi/sessions/a/0d4e5b1c-aaaa-4bbb-8ccc-dddddddddddd/context.jsonl"
    path.parent.mkdir(parents=True)
    path.write_bytes(lines({"role": "user", "content": "look"}))
    assert "\n- 1 turns; 1 lines, 0 different images\n" in of(path).text

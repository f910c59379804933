"""What happens in a session, as show and list_images tell it."""

from pathlib import Path

from assetstore.agents.conversation import Gallery
from assetstore.agents.find import find_threads
from assetstore.agents.log_text import opened
from assetstore.agents.reading import read_thread
from assetstore.agents.transcript import events
from support.claude_records import attachment, user
from support.samples import b64, lines, picture

NAME = "as1:" + "a" * 27


def test_pictures_of_a_notebook_are_told_in_and_out_of_it(tmp_path: Path) -> None:
    drawn = {"image_data": b64(picture(60, 40, 1)), "media_type": "image/png"}
    outputs = [
        {"output_type": "display_data", "text": "a figure", "image": drawn},
        {"output_type": "display_data", "text": f"[image 8x4 png archived {NAME}]"},
    ]
    held = {"type": "notebook", "file": {"cells": [{"outputs": outputs}, {}]}}
    path = tmp_path / "projects" / "-p" / "0d4e5b1c-6a6f-4d3e-9a53-3a4a1f3f8f10.jsonl"
    path.parent.mkdir(parents=True)
    path.write_bytes(
        lines(
            user(None, "1", "look at @a.ipynb"),
            attachment("1", "2", type="file", filename="/a.ipynb", content=held),
        )
    )
    (thread,) = find_threads([path])
    reading = read_thread(thread)
    with opened(thread) as source:
        told = list(events(source, reading, Gallery(reading, source)))
    (shown,) = [event for event in told if event.kind == "result"]
    assert [p.name for p in shown.pictures] == ["image 60x40 png", "image 8x4 png"]
    assert [p.placeholder for p in shown.pictures] == ["", NAME]

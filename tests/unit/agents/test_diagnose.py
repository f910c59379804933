"""How near a thread is to not answering any more, and what helps."""

from pathlib import Path
from typing import Any

import pytest

from assetstore.agents.diagnose import Diagnosis, diagnosis
from assetstore.agents.find import Thread
from assetstore.agents.reading import Image, Reading
from assetstore.agents.request import Block, LastError, Request
from assetstore.agents.sent_payloads import Content, SentPayload

MIB = 1 << 20


def image(length: int = 100, **more: Any) -> Image:
    return Image(0, length, b"b" * 32, 50, "image/png", 10, 10, picture=True, **more)


def block(side: int = 10, **more: Any) -> Block:
    payload = SentPayload(
        line=1, offset=0, written=100, length=100, claimed="image/png"
    )
    found = Content(type="image/png", size=50, width=side, height=side, blob=b"b" * 32)
    return Block(
        kind="image", message=0, content=0, line=7, payload=payload, found=found, **more
    )


def of(
    client: str = "claude-code", request: Request | None = None, **more: Any
) -> Diagnosis:
    thread = Thread(Path("/h/log.jsonl"), client, "t1", 10, 0, 1)
    values = {"size": 1000, "images": [], **more}
    reading = Reading(thread=thread, client=client, **values)
    reading.request = request or Request(size=500)
    return diagnosis(reading)


def test_one_that_is_well_needs_nothing() -> None:
    found = of()
    assert (found.risk, found.reason, found.command) == (
        "low",
        "nothing to worry about",
        "",
    )
    assert found.window == 200_000
    assert of("codex").window == 258_400


@pytest.mark.parametrize(
    ("request_", "more", "risk", "said"),
    [
        (Request(size=33 * MIB), {}, "critical", "the API takes 32"),
        (Request(blocks=[block(9000)]), {}, "critical", "the API refuses messages.0"),
        (Request(size=900_000), {}, "critical", "the model takes 200,000"),
        (Request(size=600_000), {}, "high", "of 200,000 tokens"),
        (Request(size=21 * MIB, window=10**7), {}, "high", "carries 21 MiB"),
        (Request(blocks=[block()] * 90), {}, "high", "carries 90 images"),
        (Request(), {"images": [image(11 * MIB)]}, "medium", "% of the log is images"),
        (Request(hidden=True), {}, "medium", "does not list it"),
        (Request(), {"size": 201 * MIB}, "medium", "has 201 MiB to load"),
        (Request(), {"broken": "a line is torn"}, "critical", "a line is torn"),
    ],
)
def test_why_one_is_at_risk(
    request_: Request, more: dict[str, Any], risk: str, said: str
) -> None:
    found = of(request=request_, **more)
    assert found.risk == risk
    assert said in found.reason
    assert found.command


def test_what_helps() -> None:
    assert of(broken="x").command == "assetstore rescue t1"
    assert of(request=Request(hidden=True)).command == "claude --resume t1"
    hidden = of(request=Request(hidden=True), images=[image()])
    assert hidden.command == "assetstore rescue t1"


def test_a_thread_of_no_client_is_named_by_its_file() -> None:
    assert of("", broken="x").command == "assetstore rescue /h/log.jsonl"


def test_what_goes_on_from_another_is_rescued_with_it() -> None:
    blocks = [block(origin=0), block(origin=1)]
    request = Request(blocks=blocks, origins=["far", "near"])
    found = of(request=request, broken="x")
    assert found.command == "assetstore rescue t1 near far"
    assert found.reason.endswith(
        "; it goes on from near, and the images there go with each request"
    )


def test_its_last_error_counts_before_any_number() -> None:
    words = '{"error":{"message":"Could not process image"}}'
    request = Request(blocks=[block()], error=LastError(text=words, line=9, order=9))
    found = of(request=request)
    assert (found.risk, found.stuck) == ("critical", True)
    assert found.reason == (
        "its last turn failed (Could not process image), and 1 images go with each "
        "request"
    )
    assert found.error == "Could not process image"


def test_codex_has_limits_for_pictures_only_where_its_turn_says_so() -> None:
    large = [block(9000)]
    assert of("codex", Request(blocks=large)).over == ()
    assert len(of("codex", Request(blocks=large, unanswered=True)).over) == 1
    error = LastError(text="an image is too large", line=1, order=1)
    assert len(of("codex", Request(blocks=large, error=error)).over) == 1


def test_what_an_archiving_takes_is_known() -> None:
    taken = of(request=Request(blocks=[block(9000)]), images=[image()])
    assert [over.goes for over in taken.over] == [True]
    stays = of(request=Request(blocks=[block(9000)]))
    assert [over.goes for over in stays.over] == [False]


def test_tokens_of_pictures_and_documents() -> None:
    assert of(request=Request(blocks=[block(750)])).image_tokens == 750
    assert of(request=Request(blocks=[block(7000)])).image_tokens == 1568 * 1568 // 750
    assert of("codex", Request(blocks=[block(512)])).image_tokens == 70 + 140
    held = Content(type="application/pdf", size=250_000)
    pdf = Block(kind="document", message=0, content=0, found=held)
    assert of(request=Request(blocks=[pdf])).request_tokens == 4000
    assert of(request=Request(size=400)).request_tokens == 100


def test_copies_are_counted_by_what_they_are_of() -> None:
    found = of(images=[image(), image(compacted=True)], others=[image(length=7)])
    assert (found.images, found.distinct, found.compacted_images) == (3, 1, 1)
    assert found.image_bytes == 207

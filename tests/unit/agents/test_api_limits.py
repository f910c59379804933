"""What an API refuses in a request."""

import pytest

from assetstore.agents.api_limits import Over, name_of, refused
from assetstore.agents.apis import MANY, MESSAGES, MOST_BYTES, RESPONSES, Api
from assetstore.agents.request import Block, Request
from assetstore.agents.sent_payloads import Content, SentPayload


def payload(
    claimed: str = "image/png", length: int = 100, text: str = ""
) -> SentPayload:
    return SentPayload(
        line=7, offset=5, written=100, length=length, claimed=claimed, text=text
    )


def content(type: str = "image/png", side: int = 10, problem: str = "") -> Content:
    return Content(
        blob=b"\xab" * 32,
        type=type,
        width=side,
        height=1,
        size=50,
        problem=problem,
    )


def of(*blocks: Block, api: Api = MESSAGES, mends: bool = False) -> list[Over]:
    request = Request(blocks=list(blocks), mends=mends, origins=["origin"])
    return list(refused(request, api, pixels=True))


def image(held: Content | None, given: SentPayload | None = None) -> Block:
    given = given or payload()
    return Block(kind="image", message=3, content=1, line=7, payload=given, found=held)


def test_a_picture_within_the_limits_is_taken() -> None:
    assert of(image(content())) == []
    assert of(image(content(side=8000))) == []


@pytest.mark.parametrize(
    ("held", "given", "said"),
    [
        (None, payload(), "without data"),
        (content(problem="empty"), payload(), "without data"),
        (content(problem="no base64"), payload(), "no base64"),
        (content("image/bmp"), payload(), "image/bmp where an image"),
        (content(""), payload(), "no image where"),
        (content(), payload("text/plain"), "called text/plain"),
        (content(), payload("image/jpeg"), "image/png that is called image/jpeg"),
        (content(problem="cut off"), payload(), "whose end is missing"),
        (content(side=8001), payload(), "over 8000"),
        (content(), payload(length=MOST_BYTES + 1), "over 5 MiB"),
    ],
)
def test_one_beyond_them_is_told(
    held: Content | None, given: SentPayload, said: str
) -> None:
    (over,) = of(image(held, given))
    assert said in over.what
    assert (over.line, over.block) == (7, "messages.3.content.1")
    assert (over.offset, over.end) == (5, 105)
    assert over.image == ("ab" * 6 if held is not None else "")


def test_many_pictures_have_to_be_smaller() -> None:
    assert of(*[image(content(side=2001))] * MANY) == []
    over = of(*[image(content(side=2001))] * (MANY + 1))
    assert len(over) == MANY + 1
    assert "over 2000 with 21 images" in over[0].what


def test_a_client_that_mends_sends_smaller_ones() -> None:
    assert of(image(content(side=9000)), mends=True) == []
    assert of(image(content(problem="no base64")), mends=True) == []
    (empty,) = of(image(None, payload(length=0)), mends=True)
    assert empty.what == "an image without data"


def test_documents_are_refused_for_what_they_are_not() -> None:
    def document(held: Content | None) -> Block:
        given = payload("application/pdf")
        return Block(kind="document", message=0, content=0, payload=given, found=held)

    assert of(document(content("application/pdf"))) == []
    (other,) = of(document(content("text/html")))
    assert other.what == "text/html where a PDF should be"
    (none,) = of(document(None))
    assert none.what == "a document without data"


def test_a_block_is_named_as_its_api_does() -> None:
    block = Block(kind="image", message=3, content=1)
    inner = Block(kind="image", message=3, content=1, inner=2)
    assert name_of(block, RESPONSES) == "input[3].content[1]"
    assert name_of(inner, MESSAGES) == "messages.3.content.1.tool_result.content.2"


def test_whose_a_block_is() -> None:
    theirs = Block(kind="image", message=0, content=0, origin=0)
    (over,) = of(theirs)
    assert over.thread == "origin"

"""What is known of APIs."""

import pytest

from assetstore.agents.apis import CHAT, GEMINI, MESSAGES, RESPONSES, UNKNOWN, Api


@pytest.mark.parametrize(
    ("api", "side", "tokens"),
    [
        (RESPONSES, 512, 70 + 140),
        (CHAT, 1024, 70 + 4 * 140),
        (UNKNOWN, 4096, 70 + 4 * 140),
        (MESSAGES, 750, 750),
        (GEMINI, 384, 258),
        (GEMINI, 1000, 4 * 258),
    ],
)
def test_what_a_picture_counts(api: Api, side: int, tokens: int) -> None:
    assert api.tokens(side, side) == tokens


def test_only_gemini_takes_heic() -> None:
    apis = RESPONSES, MESSAGES, CHAT, GEMINI
    assert [api for api in apis if "image/heic" in api.formats] == [GEMINI]

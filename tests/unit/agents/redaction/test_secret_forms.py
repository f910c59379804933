"""The forms of tokens: where each is seen, and what of it is the secret."""

import pytest

from assetstore.agents.redaction.secret_forms import FORMS


@pytest.mark.parametrize("name", FORMS)
def test_no_form_is_seen_in_words(name: str) -> None:
    prose = "The quick brown fox jumps over the lazy dog 1234567890 times, and on. "
    assert FORMS[name].search(prose * 20) is None
    assert FORMS[name].search("") is None


@pytest.mark.parametrize("name", FORMS)
def test_what_is_replaced_is_all_of_it_or_one_group(name: str) -> None:
    assert set(FORMS[name].groupindex) <= {"secret"}


def seen(name: str, text: str) -> str | None:
    match = FORMS[name].search(text)
    if match is None:
        return None
    return match["secret" if "secret" in match.re.groupindex else 0]


TOKEN = "a1B2c3D4" * 6


def test_some_forms_are_seen_in_the_middle_of_a_name() -> None:
    token = "ghp_" + TOKEN
    assert seen("GitHub token", f"x{token} y") == token


@pytest.mark.parametrize("before", [" ", "=", '"', "\\n", "\n", ""])
def test_others_only_where_a_word_begins(before: str) -> None:
    token = "sk-ant-" + TOKEN
    assert seen("Anthropic key", f"{before}{token}") == token
    assert seen("Anthropic key", f"ta{token}") is None


def test_a_token_that_became_longer_is_seen_as_a_whole() -> None:
    for length in (36, 100, 255):
        token = "npm_" + (TOKEN * 6)[:length]
        assert seen("npm token", f"({token})") == token


def test_of_some_only_a_part_is_the_secret() -> None:
    key = "A" * 20 + "b" * 20
    assert seen("AWS secret key beside its id", f"AKIA{'Z' * 16},{key}") == key
    path = "T00000000/B00000000/" + "x" * 24
    place = f"https://hooks.slack.com/services/{path}"
    assert seen("Slack webhook", place) == path

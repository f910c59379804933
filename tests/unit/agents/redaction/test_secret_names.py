"""What stands behind the name of a secret: and what is code."""

import pytest

from assetstore.agents.redaction.secret_names import NAMES, is_secret

KEY = "a1B2c3D4e5F6g7H8i9"


def secrets(text: str) -> set[str]:
    return {
        match["secret"]
        for rule in NAMES.values()
        for match in rule.finditer(text)
        if is_secret(match)
    }


@pytest.mark.parametrize(
    "text",
    [
        f"PASSWORD={KEY}",
        f'"api_key": "{KEY}"',
        f"Authorization: Bearer {KEY}",
        f"https://me:{KEY}@host/path",
        f"tool --token {KEY}",
        f"machine host login me password {KEY}",
        f"<SecretAccessKey>{KEY}</SecretAccessKey>",
        f"https://bucket/x?X-Amz-Signature={KEY}&b=1",
        f'{{"auth": "{KEY}"}}',
    ],
)
def test_a_secret_is_told_by_its_name(text: str) -> None:
    assert secrets(text) == {KEY}


@pytest.mark.parametrize(
    "text",
    [
        "PASSWORD=$PASSWORD",
        "TOKEN=${TOKEN}",
        "SECRET=$(cat secret.txt)",
        "password: str = None",
        "token = os.environ.token",
        "password = getPassword()",
        "if token == other:",
        "PWD=/home/joe/project",
        "password: ****",
        "the password is required",
        "api_key: <your key>",
        "https://host/path",
        "const token: AccessToken",
        'secret = "+ name +"',
    ],
)
def test_code_and_references_are_none(text: str) -> None:
    assert secrets(text) == set()


@pytest.mark.parametrize("name", NAMES)
def test_each_rule_says_what_the_secret_is(name: str) -> None:
    assert "secret" in NAMES[name].groupindex
    assert NAMES[name].search("") is None

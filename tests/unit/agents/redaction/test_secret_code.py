"""Secrets by the code or the sentence that they stand in."""

import pytest

from assetstore.agents.redaction.secret_code import CODE, HINTED
from assetstore.agents.redaction.secret_names import is_no_word, is_secret

KEY = "a1B2c3D4e5F6g7H8"


def secrets(rule: str, text: str) -> list[str]:
    pattern, judge = CODE.get(rule), is_secret
    if pattern is None:
        pattern, judge = HINTED[rule], is_no_word
    return [m["secret"] for m in pattern.finditer(text) if judge(m)]


@pytest.mark.parametrize(
    ("rule", "text"),
    [
        ("definition", f'#define API_TOKEN "{KEY}"'),
        ("SecureString", f'ConvertTo-SecureString -String "{KEY}"'),
        ("SQL password", f"CREATE USER me IDENTIFIED BY '{KEY}'"),
        ("basic authentication", f'auth=("me", "{KEY}")'),
        ("secret as an argument", f'client.setPassword("{KEY}")'),
        ("default", f'process.env.API_TOKEN || "{KEY}"'),
        ("default of a shell", f"${{DB_PASSWORD:-{KEY}}}"),
        ("name and value", f'{{"name": "DB_PASSWORD", "value": "{KEY}"}}'),
        ("value and name", f'{{"value": "{KEY}", "name": "DB_PASSWORD"}}'),
        ("property list", f"<key>ApiToken</key><string>{KEY}</string>"),
        ("default of a variable", f'variable "db_password" {{ default = "{KEY}" }}'),
        ("WordPress salt", f"define('AUTH_KEY', '{KEY}')"),
        ("option in a list", f'["tool", "--api-key", "{KEY}"]'),
        ("short option in a list", f'["sshpass", "-p", "{KEY}"]'),
        ("key data", f"client-key-data: {KEY}{KEY}"),
        ("signature of a request", f"Signature={KEY}{KEY}"),
        ("webhook", f"https://hooks.zapier.com/hooks/catch/{KEY}"),
        ("Yarn identity", f'npmAuthIdent: "me:{KEY}"'),
        ("XML property", f'<property name="db.password">{KEY}</property>'),
        ("Wi-Fi code", f"WIFI:T:WPA;S:home;P:{KEY};;"),
        ("name and argument", f'os.Setenv("API_KEY", "{KEY}")'),
        ("Go DSN", f"me:{KEY}@tcp(host)/db"),
        ("Oracle address", f"jdbc:oracle:thin:me/{KEY}@host"),
        ("told in quotes", f'the password is "{KEY}"'),
        ("told behind a colon", f"The password is: {KEY}"),
        ("temporary password", f"your temporary password for me: {KEY}"),
        ("parameter of an address", f"https://host/f?code={KEY}"),
        ("variable", f"APP_SALT={KEY}"),
        ("cell", f"| API token | {KEY} |"),
        ("told", f"the password is {KEY}"),
        ("password in an address cut off", f"postgres://me:{KEY}"),
        ("psk", f'psk="{KEY}"'),
    ],
)
def test_a_secret_is_told_by_what_it_stands_in(rule: str, text: str) -> None:
    (found,) = secrets(rule, text)
    assert found in (KEY, KEY + KEY)


def test_words_of_a_wallet() -> None:
    words = " ".join(["abandon"] * 11 + ["about"])
    assert secrets("mnemonic", f"seed phrase: {words}") == [words]
    assert secrets("mnemonic", f"mnemonic: {' '.join(['abandon'] * 5)}") == []


@pytest.mark.parametrize("rule", [*CODE, *HINTED])
def test_each_rule_says_what_the_secret_is(rule: str) -> None:
    pattern = CODE.get(rule) or HINTED[rule]
    assert "secret" in pattern.groupindex
    assert secrets(rule, "The password and the token are required here.") == []
    assert secrets(rule, "") == []


@pytest.mark.parametrize(
    "text",
    [
        'client.setPassword("${PASSWORD}")',
        "process.env.API_TOKEN || null",
        "${DB_PASSWORD:-$OTHER}",
        "the password is required",
        "APP_KEY=app",
        "https://host/f?code=state",
        "| Token | the one of the account |",
    ],
)
def test_code_and_words_stay(text: str) -> None:
    assert [rule for rule in (*CODE, *HINTED) if secrets(rule, text)] == []

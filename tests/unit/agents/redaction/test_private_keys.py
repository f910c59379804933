"""Where private keys begin and end in a text."""

from itertools import pairwise

import pytest

from assetstore.agents.redaction.private_keys import private_keys

DASHES = "-" * 5
BEGIN, END = f"{DASHES}BEGIN PRIVATE KEY{DASHES}", f"{DASHES}END PRIVATE KEY{DASHES}"
LINES = "\n".join(["MIIEvQIBADANBgkqhkiG9w0BAQEFAASCBKcwggSjAgEAAoIBAQ"] * 3)


def found(text: str) -> list[str]:
    places = list(private_keys(text))
    assert all(begin < end for begin, end in places)
    assert all(one[1] <= other[0] for one, other in pairwise(places))
    return [text[begin:end] for begin, end in places]


@pytest.mark.parametrize("kind", ["", "RSA ", "OPENSSH ", "ENCRYPTED "])
def test_a_whole_key_is_found_between_its_marks(kind: str) -> None:
    key = f"{BEGIN}\n{LINES}\n{END}".replace("PRIVATE", f"{kind}PRIVATE")
    assert found(f"before\n{key}\nafter") == [key]
    assert found(f"{key}\n{key}") == [key, key]


def test_other_forms_of_marks() -> None:
    ssh2 = "---- BEGIN SSH2 ENCRYPTED PRIVATE KEY ----"
    assert found(f"{ssh2}\n{LINES}\n{ssh2.replace('BEGIN', 'END')}")
    pgp = f"{DASHES}BEGIN PGP PRIVATE KEY BLOCK{DASHES}"
    assert found(f"{pgp}\nVersion: 1\n\n{LINES}\n")[0].startswith(pgp)


def test_a_key_without_an_end_goes_as_far_as_its_lines() -> None:
    text = f"{BEGIN}\n{LINES}\nand prose behind it"
    assert found(text) == [f"{BEGIN}\n{LINES}"]


def test_a_key_without_a_beginning_begins_with_its_lines() -> None:
    text = f"prose in front\n{LINES}\n{END} behind"
    (key,) = found(text)
    assert key.strip() == f"{LINES}\n{END}"


def test_a_key_in_a_string_of_json() -> None:
    key = f"{BEGIN}\n{LINES}\n{END}".replace("\n", "\\n")
    assert found(f'{{"key":"{key}"}}') == [key]


def test_a_beginning_that_is_only_mentioned_takes_nothing_along() -> None:
    assert found(f"look for {BEGIN} in the file") == [BEGIN]
    assert found("-----BEGIN CERTIFICATE-----\n" + LINES) == []
    assert found("") == []

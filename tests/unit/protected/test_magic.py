"""Formats by their first bytes: known ones are named, words of text are not."""

import pytest

from assetstore.protected.magic import PREFIXES, WORDS, by_prefix
from support.samples import every_sample


@pytest.mark.parametrize("prefix", sorted(PREFIXES))
def test_a_prefix_names_what_it_is(prefix: bytes) -> None:
    assert by_prefix(prefix + b"and whatever follows") == PREFIXES[prefix]
    assert by_prefix(prefix) == PREFIXES[prefix]


@pytest.mark.parametrize("word", sorted(WORDS))
def test_a_word_does_only_where_no_text_follows(word: bytes) -> None:
    assert by_prefix(word + b"\x01\0\0\x02") == WORDS[word]
    assert by_prefix(word + b" is how such a file begins") == ""
    assert by_prefix(word) == ""
    assert by_prefix(word + b" " * 64 + b"\0") == "", "too far behind it"


def test_of_two_that_fit_the_longer_one_counts() -> None:
    assert by_prefix(b"\x00\x01\x00\x00Standard Jet DB") == "an Access database"
    assert by_prefix(b"\x00\x01\x00\x00\x00\x10") == "a font"


def test_no_prefix_is_within_a_word_or_twice() -> None:
    assert PREFIXES.keys().isdisjoint(WORDS)
    assert all(len(prefix) > 1 for prefix in PREFIXES)


@pytest.mark.parametrize("head", [b"", b"\x89", b"P", b"text", b"{", b"\xef\xbb\xbf{"])
def test_what_begins_otherwise_has_no_name(head: bytes) -> None:
    assert by_prefix(head) == ""


def test_no_document_is_taken_for_another_thing() -> None:
    for name, data in every_sample().items():
        assert by_prefix(data) == "", name

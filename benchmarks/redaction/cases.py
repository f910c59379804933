"""The list: secrets where they stand, and what of each must not stay."""

import json
from collections.abc import Iterator
from dataclasses import dataclass

from benchmarks.redaction.commands import HANDED, HANDED_BEHIND, OPTIONS
from benchmarks.redaction.files import files, keys
from benchmarks.redaction.places import (
    BARE,
    NO_BLANKS,
    OF_TOKENS,
    PASSWORDS,
    QUOTED,
    QUOTED_PASSWORDS,
    TOKEN_PLACES,
    TOLD_BEHIND,
    WEAK,
    WORDS,
)
from benchmarks.redaction.tokens import UNTOLD, tokens

# What may stay of a secret: fewer characters in a row.
SHOWN = 8


@dataclass(frozen=True, slots=True)
class Case:
    """A text with a secret.

    Attributes:
        group: What kind of case.
        name: Which.
        text: The text.
        secret: What of it must not stay.
    """

    group: str
    name: str
    text: str
    secret: str

    def stays(self, redacted: str) -> bool:
        """Tell whether a part of the secret is in what was made of the text."""
        lines = [line for line in self.secret.split("\n") if line]
        return any(
            line[at : at + SHOWN] in redacted
            for line in lines
            for at in range(max(1, len(line) - SHOWN + 1))
        )


def cases() -> Iterator[Case]:
    """All cases."""
    for name, token in tokens():
        for place, text in TOKEN_PLACES.items() if name not in UNTOLD else ():
            yield Case(
                "tokens, by themselves", f"{name}, {place}", put(text, token), token
            )
        for place in (
            "JSON",
            "Python",
            "JavaScript, or",
            "option",
            "YAML, list of variables",
        ):
            if place in QUOTED:
                yield Case(
                    "tokens, with a name",
                    f"{name}, {place}",
                    put(QUOTED[place], token),
                    token,
                )
    for kind, places, words in (
        ("passwords in quotes", QUOTED, QUOTED_PASSWORDS),
        ("passwords, bare", BARE, PASSWORDS),
        ("passwords, handed to commands", HANDED, PASSWORDS),
        ("passwords, options of commands", OPTIONS, PASSWORDS),
    ):
        for place, text in places.items():
            for which, word in words.items():
                if _fits(place, which):
                    yield Case(kind, f"{place}, {which}", put(text, word), word)
    for places in (QUOTED, BARE, HANDED, OPTIONS):
        for place, text in places.items():
            for which in ("letters and digits", "with signs"):
                yield from _wrapped(place, which, put(text, PASSWORDS[which]))
    for what, text, secret in keys():
        yield Case("private keys", what, text, secret)
    for what, text, secret in files():
        yield Case("files, messages, addresses", what, text, secret)
        yield Case(
            "files, in JSON", what, json.dumps({"x": text}), secret.replace("\n", "\\n")
        )


def put(place: str, secret: str) -> str:
    """A place with a secret in it."""
    return place.replace("@", secret).replace("\0", "@")


def _fits(place: str, which: str) -> bool:
    if place in WEAK and which in WORDS:
        return False
    if place in OF_TOKENS and which == "word":
        return False
    return not (place in NO_BLANKS and which == "blanks")


def _wrapped(place: str, which: str, text: str) -> Iterator[Case]:
    """A line as a log of an agent has it, and cut off."""
    word = PASSWORDS[which]
    end = text.index(word) + len(word)
    for how, wrapped in {
        "JSON": json.dumps({"output": text}),
        "JSON in JSON": json.dumps({"text": json.dumps({"output": text})}),
        "quoted": "> " + text.replace("\n", "\n> "),
        "in a list": "  - " + text.replace("\n", "\n    "),
        "cut behind it": text[:end],
        "behind a prompt": f"$ {text}",
    }.items():
        if how == "cut behind it" and place in TOLD_BEHIND | HANDED_BEHIND:
            continue
        yield Case(f"lines, {how}", f"{place}, {which}", wrapped, word)

"""Take secrets out of text, by rules of our own that name their sources.

They find known forms, and what stands where a secret would. What has neither is not
found: a password in a sentence, a key without a prefix beside no name.
"""

import re
from collections.abc import Callable

from assetstore.agents.redaction.private_keys import private_keys
from assetstore.agents.redaction.secret_code import CODE, HINTED
from assetstore.agents.redaction.secret_commands import COMMANDS
from assetstore.agents.redaction.secret_forms import PASSES
from assetstore.agents.redaction.secret_input import INPUT
from assetstore.agents.redaction.secret_names import (
    NAMES,
    REDACTED,
    is_no_word,
    is_secret,
)

_Judge = Callable[[re.Match[str]], bool] | None
# So much around a cut is redacted with what is shown; keys are told by half, too.
_AROUND = 4096


def redact(text: str) -> str:
    """Replace what looks like a secret, to show a text to others."""
    return _redacted(text, lambda rule: None)


def found_in(text: str) -> list[str]:
    """The names of the rules that take something of a text for a secret, as often."""
    found: list[str] = []
    _redacted(text, found.append)
    return found


def _redacted(text: str, tell: Callable[[str], None]) -> str:
    parts, done = [], 0
    for begin, end in private_keys(text):
        tell("private key")
        parts += [text[done:begin], REDACTED]
        done = end
    text = "".join(parts) + text[done:]
    for rules, judge in (
        (PASSES, None),
        (NAMES, is_secret),
        (COMMANDS, is_secret),
        (INPUT, is_secret),
        (CODE, is_secret),
        (HINTED, is_no_word),
    ):
        for name, rule in rules.items():

            def hidden(
                match: re.Match[str], judge: _Judge = judge, name: str = name
            ) -> str:
                if judge is not None and not judge(match):
                    return match[0]
                tell(name)
                return _hidden(match)

            text = rule.sub(hidden, text)
    return text


def redact_start(text: str, most: int) -> str:
    """The beginning of a text, redacted before it is cut: half a secret has no form.

    Args:
        text: The text, of any length; no more of it is looked at than need be.
        most: How many characters of it.
    """
    return redact(text[: most + _AROUND])[:most]


def redact_end(text: str, most: int) -> str:
    """The end of a text, redacted before it is cut."""
    return redact(text[-most - _AROUND :])[-most:]


def _hidden(match: re.Match[str]) -> str:
    if "secret" not in match.re.groupindex:
        return REDACTED
    start = match.start("secret") - match.start()
    end = match.end("secret") - match.start()
    return match[0][:start] + REDACTED + match[0][end:]

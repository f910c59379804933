"""Take secrets out of text, by rules of our own that name their sources.

They find known forms, and what stands where a secret would. What has neither is not
found: a password in a sentence, a key without a prefix beside no name.
"""

import re

from assetstore.agents.redaction.private_keys import private_keys
from assetstore.agents.redaction.secret_forms import FORMS
from assetstore.agents.redaction.secret_names import NAMES, REDACTED, is_secret

# So much around a cut is redacted with what is shown; keys are told by half, too.
_AROUND = 4096


def redact(text: str) -> str:
    """Replace what looks like a secret, to show a text to others."""
    text = _without_private_keys(text)
    for form in FORMS.values():
        text = form.sub(_hidden, text)
    for rule in NAMES.values():
        text = rule.sub(_hidden_value, text)
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


def _without_private_keys(text: str) -> str:
    parts, done = [], 0
    for begin, end in private_keys(text):
        parts += [text[done:begin], REDACTED]
        done = end
    return "".join(parts) + text[done:]


def _hidden_value(match: re.Match[str]) -> str:
    return _hidden(match) if is_secret(match) else match[0]


def _hidden(match: re.Match[str]) -> str:
    if "secret" not in match.re.groupindex:
        return REDACTED
    start = match.start("secret") - match.start()
    end = match.end("secret") - match.start()
    return match[0][:start] + REDACTED + match[0][end:]

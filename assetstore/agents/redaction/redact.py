"""Take secrets out of text, by rules of our own that name their sources.

They find known forms, and what stands where a secret would. What has neither is not
found: a password in a sentence, a key without a prefix beside no name.
"""

import re

from assetstore.agents.redaction.private_keys import private_keys
from assetstore.agents.redaction.secret_forms import FORMS
from assetstore.agents.redaction.secret_names import NAMES, REDACTED, is_secret


def redact(text: str) -> str:
    """Replace what looks like a secret, to show a text to others."""
    text = _without_private_keys(text)
    for form in FORMS.values():
        text = form.sub(_hidden, text)
    for rule in NAMES.values():
        text = rule.sub(_hidden_value, text)
    return text


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

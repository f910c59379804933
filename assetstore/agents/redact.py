"""Take secrets out of text, by the rules of detect-secrets and a few more."""

import re
from collections.abc import Iterable, Iterator
from contextlib import contextmanager

REDACTED = "[redacted]"

# What may stand behind a secret that a handoff quotes in the middle of a line.
_END = r"`?:?"
# What its rules pass over, or match only in part: keys of OpenAI and Anthropic,
# unquoted assignments, bearer tokens, bodies of private keys.
_ALSO = (
    re.compile(r"\bsk-[A-Za-z0-9_-]{16,}"),
    re.compile(
        r"(?i)(?<=[\w-])?(?:password|passwd|secret|token|api[_-]?key|access[_-]?key)"
        r"[\"']?\s*[:=]\s*[\"']?(?P<secret>[^\s\"',;]{6,}?)"
        rf"(?={_END}(?:[\s\"',;]|$))"
    ),
    re.compile(
        rf"(?i)\bauthorization:\s*\w+\s+(?P<secret>\S{{8,}}?)(?={_END}(?:\s|$))"
    ),
)
_KEY = re.compile(
    r"-----BEGIN [A-Z ]*PRIVATE KEY-----.*?(?:-----END [A-Z ]*PRIVATE KEY-----|\Z)",
    re.S,
)
# Most of a token, since some rules report only how it begins.
_TOKEN = r"[A-Za-z0-9_+/=.~-]*"  # noqa: S105 what stands for a secret
_TOO_MANY = ("Base64HighEntropyString", "HexHighEntropyString", "IPPublicDetector")


@contextmanager
def _rules() -> Iterator[None]:
    """The library's rules: not those that take hashes for secrets, and no network."""
    from detect_secrets.core.plugins.util import get_mapping_from_secret_type_to_class
    from detect_secrets.settings import transient_settings

    kinds: Iterable[type] = get_mapping_from_secret_type_to_class().values()
    names = [kind.__name__ for kind in kinds]
    plugins = [{"name": name} for name in names if name not in _TOO_MANY]
    with transient_settings({"plugins_used": plugins, "filters_used": []}):
        yield


def redact(text: str) -> str:
    """A text without what looks like a secret."""
    from detect_secrets.core.scan import scan_line

    text = _KEY.sub(REDACTED, text)
    with _rules():
        lines = [
            _without(line, [s.secret_value or "" for s in scan_line(line)])
            for line in text.split("\n")
        ]
    return "\n".join(lines)


def _without(line: str, secrets: list[str]) -> str:
    for secret in sorted(filter(None, secrets), key=len, reverse=True):
        line = re.sub(_TOKEN + re.escape(secret) + _TOKEN, REDACTED, line)
    for rule in _ALSO:
        line = rule.sub(_hidden, line)
    return line


def _hidden(match: re.Match[str]) -> str:
    if "secret" not in match.re.groupindex:
        return REDACTED
    start = match.start("secret") - match.start()
    end = match.end("secret") - match.start()
    return match[0][:start] + REDACTED + match[0][end:]

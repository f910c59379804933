"""Secrets that are told by what stands before them: a name, an option, a header.

What stands there may still be code or a reference (`token = get_token()`,
`$PASSWORD`): `is_secret` tells them apart.
"""

import re

REDACTED = "[redacted]"

# Names of secrets, as in the list of the keyword detector of detect-secrets,
# https://github.com/Yelp/detect-secrets/blob/master/detect_secrets/plugins/keyword.py,
# and of https://cwe.mitre.org/data/definitions/798.html. A longer word may end with
# them (PGPASSWORD, clientSecret); a longer name (token_type, secret_name) is another.
WORD = (
    r"(?=[acdeikmprstu_])"  # how they begin: most places in a text are passed at once
    r"(?:pass(?:word|wd|phrase|code)|contrase(?:ñ|n)a|secret|token|api[ _-]?key"
    r"|(?:access|account|auth|client|consumer|database|db|encryption|master|private"
    r"|secret|service|shared|signing|storage|subscription"
    r"|cloud|cloudant|iam|ibm|softlayer|(?<![a-z])sl)[ _-]?key"
    r"|(?<![a-z])(?:(?:db|database|key|user|admin|root|smtp)?pass|pwd?|_auth)"
    r"|(?<=[a-z])pwd)"
    r"(?:[_-]?(?:\d{1,3}|key(?:_?base)?|hash|value|plain|text|prod(?:uction)?|dev"
    r"|staging|test|live|old|new|current|confirm(?:ation)?))?"
)
# What closes a name in JSON, in a string of JSON, in a lookup, in Markdown.
_CLOSED = (
    r"(?:\\{0,32}[\"'`])?\]?\*{0,2}(?:(?:\x1b|\\{1,4}(?:u001b|x1b|033"
    r"|e))?\[[\d;]{0,9}m)?"
)
# A type that is written between name and value: password: str = "..."
_TYPE = r"(?::[ \t]?(?:&(?:'\w+[ \t])?)?[A-Za-z_][\w.\[\]|]{0,40}[ \t]{1,4}(?==))?"
# A value of YAML may have an anchor or a tag.
_IS = (
    r"[ \t]{0,8}(?P<sign>:=|={1,3}>?|!={1,2}|:)\*{0,2}[ \t]{0,8}"
    r"(?:(?<=[ \t])(?:&\w{1,40}|!!?\w{1,20})[ \t]{1,4})?"
)
_NAMED = rf"(?i:(?P<name>{WORD}){_CLOSED}[ \t]{{0,8}}{_TYPE}{_IS})"
# To the quote that opened, behind as many backslashes, or to the end of a line that
# was cut off. Where the quote closes a string ("token=" + x), other signs come next.
_OPENED = (
    r"(?:@|\$(?=')|[bfru]{1,2})?"
    r"(?P<quote>(?:\\{1,32}\"){3}|\\{0,32}(?:\"\"\"|[\"'`]))"
    r"(?!(?P=quote)|[\s)\]},;:>])"
)
_QUOTED = rf"{_OPENED}(?P<secret>[^\n]+?)(?:(?<!\\)(?P=quote)|$)"
# To white space or a separator, less what stands behind a secret in prose or a call.
ENDS = r"(?=[`)\]}*]{0,4}[:.]?(?:[\s\"',;]|$)|\\{1,8}[nrt\"']|&\w+=)"
_BARE = rf"(?P<secret>[^\s\"'`,;:=(){{}}\[\]<>][^\s\"',;]{{5,}}?){ENDS}"
_TOLD = r"[\"']?(?P<secret>[^\s\"'`,;]{3,}?)" + ENDS
# To the quote that opened, in front of it or of what is in front of it.
REST = (
    r"(?P<secret>(?(quote)[^\n]{3,2000}?(?=(?P=quote)|$)"
    rf"|[^\s\"'`,;]{{3,}}?{ENDS}))"
)
VALUE = r"(?P<quote>\\{0,8}[\"'])?" + REST

# Where a line begins, also in a string of JSON, a quotation, a list, a numbered text.
LINE = (
    r"(?:^|(?<=\\n)|(?<=\\r)|(?<=[\"'`]))(?:[ \t>|+$#-]|\\t){0,16}(?:\d{1,7}(?:"
    r"[→:|\t]|\\t)[ \t]{0,8})?"
)
# White space between two lines, or parts of one.
GAP = r"(?:[\s>|+]|\\{1,8}[nrt]){1,40}"
REST_OF_STRING = r"(?P<secret>(?!(?P=quote))[^\n]{3,2000}?)(?=(?P=quote)|$)"

# By what the rule looks for. The names are above, where they stand is here.
NAMES = {
    "quoted value": re.compile(_NAMED + _QUOTED, re.M),
    "bare value": re.compile(_NAMED + _BARE, re.M),
    # https://nginx.org/en/docs/beginners_guide.html: a directive, and its value
    "directive": re.compile(
        rf"(?i:{WORD})[ \t]{{1,8}}(?P<quote>[\"'`])"
        r"(?P<secret>[^\"'`\n]{3,400})(?:(?P=quote);|$)",
        re.M,
    ),
    "compared value": re.compile(
        r"(?P<quote>[\"'`])(?P<secret>[^\"'`\n]{3,200})(?P=quote)"
        rf"[ \t]{{0,4}}[!=]={{1,2}}[ \t]{{0,4}}[\w.]{{0,40}}?(?i:{WORD})"
    ),
    # https://www.gnu.org/prep/standards/html_node/Command_002dLine-Interfaces.html
    "option": re.compile(
        rf"(?i:(?:(?<![\w-])--?[\w-]{{0,40}}?|\bset[ \t]+-\w{{1,4}}[ \t]+\w{{0,40}}?"
        rf"|\bsetx[ \t]+\w{{0,40}}?){WORD})[ \t]{{1,4}}(?![-\s]|<<){VALUE}",
        re.M,
    ),
    # https://www.postgresql.org/docs/current/libpq-pgpass.html
    "pgpass": re.compile(
        LINE + r"[\w.*-]{1,253}:(?:\d{2,5}|\*):[^\s:]{1,63}:[^\s:]{1,63}:"
        r"(?P<secret>[^\s:\"'\\]{3,})(?=$|\\{1,8}[nr\"]|[\"'])",
        re.M,
    ),
    # https://docs.docker.com/reference/dockerfile/#env
    "ENV directive": re.compile(
        rf"{LINE}ENV[ \t]+\w{{0,40}}?(?i:{WORD})[ \t]+(?P<secret>\S{{3,400}})", re.M
    ),
    # https://docs.docker.com/reference/cli/docker/login/#configuration-file
    "Docker login": re.compile(
        r"\"auth\\{0,8}\"[ \t]{0,4}:[ \t]{0,4}\\{0,8}\""
        r"(?P<secret>[A-Za-z0-9+/]{8,}={0,2})"
    ),
    # https://docs.aws.amazon.com/AmazonS3/latest/API/sigv4-query-string-auth.html
    # https://cloud.google.com/storage/docs/access-control/signed-urls
    "signed URL": re.compile(
        r"[?&](?i:x-amz-signature|x-amz-security-token|x-goog-signature|sig|signature)"
        r"=(?P<secret>[^\s&\"'`<>]{8,4096})"
    ),
    # https://www.gnu.org/software/inetutils/manual/html_node/The-_002enetrc-file.html
    "netrc": re.compile(
        rf"\blogin[ \t]+\S{{1,100}}?{GAP}password[ \t]+(?P<secret>[^\s\"'\\]{{3,}})"
    ),
    # https://docs.aws.amazon.com/STS/latest/APIReference/API_AssumeRole.html
    "XML element": re.compile(
        rf"(?<![?P])<[\w:.-]{{0,40}}?(?i:{WORD})>(?P<secret>[^<>\n]{{3,400}})(?=<|$)",
        re.M,
    ),
    # https://learn.microsoft.com/dotnet/framework/configure-apps/file-schema/appsettings/
    "XML attribute": re.compile(
        rf"\b(?:key|name|id)=[\"'][\w:.-]{{0,40}}?(?i:{WORD})[\"'][ \t]{{1,4}}"
        r"value=[\"'](?P<secret>[^\"'\n]{3,400})"
    ),
    # https://docs.aws.amazon.com/IAM/latest/UserGuide/id_credentials_access-keys.html
    "AWS key by name": re.compile(
        r"(?i:aws)[\w .-]{0,30}[^\w\n/+]{1,8}(?![0-9a-f]{40})"
        r"(?P<secret>[A-Za-z0-9/+]{40})(?![A-Za-z0-9/+=])"
    ),
    # https://www.rfc-editor.org/rfc/rfc9110#section-11.6.2 (some send no scheme)
    # https://github.com/Yelp/detect-secrets/blob/master/detect_secrets/plugins/artifactory.py
    "Authorization header": re.compile(
        rf"(?i:authorization|x-jfrog-art-api){_CLOSED}[ \t]{{0,8}}[:=]"
        r"[ \t]{0,8}(?:[bfru]{0,2}\\{0,8}[\"'`])?"
        r"(?:(?i:bearer|basic|token|apikey|negotiate|key)[ \t]{1,8}|\w{1,30}[ \t]{1,8}"
        r"(?=\S{8})|(?=\S{0,100}\d))" + _TOLD,
        re.M,
    ),
    # https://www.rfc-editor.org/rfc/rfc6750#section-2.1
    "bearer token": re.compile(
        r"(?i:\bbearer)[ \t]{1,4}(?=[A-Za-z._~+/=-]{0,200}\d)"
        r"(?P<secret>[A-Za-z0-9._~+/-]{16,}=*)"
    ),
    # https://www.rfc-editor.org/rfc/rfc6265#section-4
    "cookie header": re.compile(
        r"(?i:\b(?:set-)?cookie):[ \t]*+[^\s=;\"']{1,100}=(?P<secret>[^\n\"']{8,})"
    ),
    # https://www.rfc-editor.org/rfc/rfc3986#section-3.2.1
    "URL password": re.compile(
        r"://[^\s/:@\"'`<>]{0,256}:(?P<secret>[^\s/\"'`<>]{1,512}"
        r"|(?!\d{1,5}/)[^\s@\"'`<>]{1,512})@(?=[\w.[-])"
    ),
    "URL token": re.compile(
        r"://(?=[A-Za-z_-]{0,100}\d)(?P<secret>[A-Za-z0-9_-]{20,512})@"
    ),
    # https://github.com/Yelp/detect-secrets/blob/master/detect_secrets/plugins/softlayer.py
    "SoftLayer address": re.compile(
        r"(?i:api\.softlayer\.com/soap/v3(?:\.1)?/)(?P<secret>[A-Za-z0-9]{64})"
    ),
}

# $NAME, ${NAME}, $(command), %NAME%, {{ name }}, <name>, ****, ...
_REFERENCE = re.compile(
    r"\$[A-Z_][A-Z0-9_]*|\$?\{{1,2}[^{}]*\}{0,2}|\$\([^\n]*|%\w+%|%[sdr]"
    rf"|<[\w .-]*>?|[*x.…•_-]+|{re.escape(REDACTED[:-1])}.{{0,3}}"
)
# config.token, os.environ["X"], getToken(), a::b, Option<String>: no digits, since a
# password with a dot has them more often than a name in code.
_CODE = re.compile(
    r"[&*]?[A-Za-z_$]+(?:(?:\??\.|::|->)[A-Za-z_$]+)+[;!?]?"
    r"|[&*]?[A-Za-z_$][\w$]*(?:(?:\??\.|::|->)[\w$]+)*[(\[<].*",
    re.S,
)
# An address without a user; what its parameters hold has rules of its own.
_ADDRESS = re.compile(r"https?://[^\s@]*")
# Types, values and remarks that stand where a secret would.
_PLAINWORDS = """
    str string strings bytes bytearray int integer number float bool boolean object any
    unknown never void none null undefined true false optional list array dict record
    buffer self this await async return lambda secretstr secretbytes char varchar text
    uuid required missing invalid expired disabled enabled provided default hidden
    redacted option options argument parameter instead function default_factory field
"""
_PLAIN = frozenset(_PLAINWORDS.split())
# user_password, AccessToken; a type may have digits: Ed25519PrivateKey.
_NAME = re.compile(
    rf"[A-Za-z_]*(?i:{WORD})[A-Za-z_]*|[A-Z]\w{{0,60}}(?:Key|Token|Secret|Password)"
)
_LONGEST_CODE = 200


def is_secret(match: re.Match[str]) -> bool:
    """Tell whether a match is a secret, and not code or a reference to one."""
    value = match["secret"]
    if len(value) < 3 or _REFERENCE.fullmatch(value):
        return False
    if value.strip("?!.|):").lower() in _PLAIN or _ADDRESS.fullmatch(value):
        return False
    found = match.groupdict()
    name, sign = found.get("name"), found.get("sign")
    if name is None or sign is None:
        return True
    if name.lower() == "token" and sign[0] in "=!" and sign[1:2] == "=":
        return False  # a parser's
    if found.get("quote") is not None:
        inner = value.strip(" \"'\\")
        return not (inner.startswith("+") and inner.endswith("+"))  # "a=" + x + "b"
    after = match.string[match.end("sign")]
    if name.isupper() and name != "PWD" and not after.isspace():
        return True  # a variable of the environment
    return not _is_code(name, value)


def _is_code(name: str, value: str) -> bool:
    """Tell whether a value without quotes is an expression, by form and name."""
    if name.lower() == "pwd" and value.startswith(("/", "~")):
        return True  # the working directory
    if len(value) > _LONGEST_CODE:
        return False
    if _CODE.fullmatch(value):
        return True
    if name in ("token", "Token") and value.isalpha() and len(value) < 16:
        return True  # a parser's token, or a word of prose
    return _NAME.fullmatch(value) is not None


# Paths, addresses, versions, dates and names in code.
_TELLING = re.compile(
    r"[./~].*|\w+://.*|v?\d+(?:\.\w+)+|\d{4}-\d\d.*|[A-Za-z_]+\d{0,3}(?:[-_.:/]"
    r"[A-Za-z_]*\d{0,4})*"
)


def is_no_word(match: re.Match[str]) -> bool:
    """Tell whether a match is a secret where little is said of it by what is around."""
    value = match["secret"]
    return (
        is_secret(match)
        and len(set(value)) > 5
        and _TELLING.fullmatch(value) is None
        and _CODE.fullmatch(value) is None
    )

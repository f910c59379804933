"""redact: what is taken for a secret, and what is not.

The secrets are made up, and put together here from parts, so that no scanner of a
forge takes them for real ones.
"""

import base64
import random
import string

import pytest

from assetstore.agents.redaction.redact import redact, redact_end, redact_start
from assetstore.agents.redaction.secret_commands import COMMANDS
from assetstore.agents.redaction.secret_forms import FORMS
from assetstore.agents.redaction.secret_names import NAMES

_LETTERS = string.ascii_letters + string.digits
_HEX = "0123456789abcdef"
DASHES = "-" * 5


def drawn(length: int, alphabet: str = _LETTERS, seed: int = 7) -> str:
    """As many characters as one asks for, with a digit and no word."""
    return "".join(random.Random(seed).choices(alphabet, k=length - 1)) + "7"


def joined(*parts: str) -> str:
    return "".join(parts)


FORMED = {
    "AWS access key id": joined("AK", "IA", drawn(16, string.ascii_uppercase)),
    "AWS Bedrock key": joined("bedrock-", "api-key-", drawn(60)),
    "GitHub token": joined("gh", "p_", drawn(36)),
    "GitHub fine-grained token": joined("github_", "pat_", drawn(22), "_", drawn(59)),
    "GitLab token": joined("gl", "pat-", drawn(20)),
    "GitLab runner registration token": joined("GR", "1348941", drawn(20)),
    "Slack token": joined("xo", "xb-", "123456789012-1234567890123-", drawn(24)),
    "Slack app token": joined("xa", "pp-1-A012345-123456-", drawn(64, _HEX)),
    "Stripe key": joined("sk", "_live_", drawn(24)),
    "Stripe webhook secret": joined("wh", "sec_", drawn(32)),
    "npm token": joined("np", "m_", drawn(36)),
    "PyPI token": joined("py", "pi-AgEIcHlwaS5vcmc", drawn(80)),
    "DigitalOcean token": joined("do", "p_v1_", drawn(64, _HEX)),
    "SendGrid key": joined("S", "G.", drawn(22), ".", drawn(43)),
    "Square token": joined("sq0", "csp-", drawn(43)),
    "Shopify token": joined("shp", "at_", drawn(32, _HEX)),
    "Google client secret": joined("GOC", "SPX-", drawn(28)),
    "Docker token": joined("dckr", "_pat_", drawn(27)),
    "Tailscale key": joined("ts", "key-auth-", drawn(12), "-", drawn(24)),
    "age key": joined("AGE-", "SECRET-KEY-1", drawn(58, string.ascii_uppercase)),
    "1Password service account": joined("op", "s_eyJ", drawn(250)),
    "Supabase key": joined("sb", "p_", drawn(40, _HEX)),
    "Terraform token": joined(drawn(14), ".atlas", "v1.", drawn(67)),
    "Sentry token": joined("sn", "tryu_", drawn(64, _HEX)),
    "Grafana token": joined("gl", "sa_", drawn(32), "_", drawn(8, _HEX)),
    "Airtable token": joined("pa", "t", drawn(14), ".", drawn(64, _HEX)),
    "Alibaba key id": joined("LT", "AI", drawn(20)),
    "Brevo key": joined("xkey", "sib-", drawn(64, _HEX), "-", drawn(16)),
    "Clojars token": joined("CLO", "JARS_", drawn(60)),
    "Cloudflare origin key": joined(
        "v1", ".0-", drawn(24, _HEX), "-", drawn(146, _HEX)
    ),
    "Dynatrace token": joined("dt0", "c01.", drawn(24), ".", drawn(64)),
    "PlanetScale token": joined("pscale", "_tkn_", drawn(43)),
    "Postman key": joined("PM", "AK-", drawn(24, _HEX), "-", drawn(34, _HEX)),
    "Atlassian token": joined("ATA", "TT3", drawn(186)),
    "Doppler token": joined("dp", ".pt.", drawn(43)),
    "Heroku key": joined("HR", "KU-AA", drawn(58)),
    "Linear key": joined("lin", "_api_", drawn(40)),
    "New Relic key": joined("NR", "AK-", drawn(27)),
    "Perplexity key": joined("pp", "lx-", drawn(48)),
    "RubyGems key": joined("ruby", "gems_", drawn(48, _HEX)),
    "Anthropic key": joined("sk-", "ant-api03-", drawn(93), "AA"),
    "OpenAI key": joined("sk-", "proj-", drawn(40), "_", drawn(40)),
    "Google API key": joined("AI", "za", drawn(35)),
    "Google access token": joined("ya", "29.", drawn(60)),
    "Google refresh token": joined("1/", "/0", drawn(50)),
    "JWT": joined("ey", "J", drawn(30), ".eyJ", drawn(60), ".", drawn(43)),
    "Hugging Face token": joined("h", "f_", drawn(34)),
    "Twilio id or key": joined("S", "K", drawn(32, _HEX)),
    "Telegram bot token": joined("12345", "6789:", drawn(35)),
    "Discord bot token": joined("M", drawn(23), ".", drawn(6), ".", drawn(27)),
    "Mailgun key": joined(drawn(32, _HEX), "-", drawn(8, _HEX), "-", drawn(8, _HEX)),
    "Mailchimp key": joined(drawn(32, _HEX), "-us", "12"),
    "Square access token": joined("EA", "AA", drawn(60)),
    "Artifactory key": joined("AK", "C", drawn(70)),
    "Vault token": joined("hv", "s.", drawn(90)),
    "Databricks token": joined("da", "pi", drawn(32, _HEX)),
    "Notion token": joined("nt", "n_", drawn(46)),
    "Pulumi token": joined("pu", "l-", drawn(40, _HEX)),
    "Figma token": joined("fi", "gd_", drawn(40)),
    "Groq key": joined("gs", "k_", drawn(52)),
    "LangSmith key": joined("ls", "v2_pt_", drawn(32, _HEX), "_", drawn(10, _HEX)),
    "Replicate token": joined("r", "8_", drawn(37)),
    "xAI key": joined("xa", "i-", drawn(80)),
    "Microsoft Entra client secret": joined("ab", "c8", "Q~", drawn(34)),
}
# Where the form has more than the secret: what stands before it, and the secret.
PARTLY_FORMED = {
    "AWS secret key beside its id": ("", FORMED["AWS access key id"], ",", drawn(40)),
    "Slack webhook": ("https://hooks.", "slack.com/services/", "", drawn(44)),
    "Azure account key": ("AccountName=x;", "AccountKey=", "", drawn(86) + "=="),
    "Azure shared access signature": ("https://x/y?sv=1", "&sig=", "", drawn(43)),
    "Discord webhook": ("https://discord.com/", "api/webhooks/", "12/", drawn(68)),
    "Microsoft Teams webhook": (
        "https://x.webhook.",
        "office.com/webhookb2",
        "/",
        drawn(80),
    ),
    "PuTTY key": ("", "Private-Lines: 2", "\n", f"{drawn(64)}\n{drawn(40)}"),
}
KEY = drawn(24)
# How a line goes before and after a secret, which is KEY.
NAMED = {
    "quoted value": [
        ('"password": "', '", "user": "joe"}'),
        ("api_key='", "'"),
        ('{"body": "{\\"clientSecret\\": \\"', '\\"}"}'),
        ("client.connect(password = 'with blanks ", "')"),
        ('password: str = "', '"'),
        ('config["secret"] = `', "`;"),
        ("'db_password' => '", "',"),
        ('if my_password != "', '":'),
        ("**Password**: `", "` for the test system"),
        ('SECRET_KEY_BASE = """', '"""'),
        ("- `printf 'token: \"", ""),
    ],
    "bare value": [
        ("password=", ""),
        ("export GITHUB_TOKEN=", ""),
        ("PGPASSWORD=", " psql -h db"),
        ("DB_PASS=", ""),
        ("client_secret: ", ","),
        ("https://api.example.com/v1?access_token=", "&user=1"),
        ("//registry.example.com/:_authToken=", ""),
        ('{"command": "export API_KEY=', '\\nmake"}'),
        ("aws_secret_access_key = ", ""),
        ("X-Api-Key: ", ""),
        ("connect(password=", ")"),
        ("The password is pwd=", "."),
    ],
    "directive": [('private_key "', '";')],
    "compared value": [("if '", "' == user.password:")],
    "option": [
        ("login --password ", " --verbose"),
        ("login --registry-token '", "'"),
        ("set -x API_KEY ", ""),
    ],
    "curl user": [
        ("curl -s -u joe:", " https://example.com"),
        ('curl --user "joe:', '"'),
    ],
    "password option": [("sshpass -p ", " ssh host"), ("docker login -p ", "")],
    "joined password option": [("mysqldump -u root -p", " shop")],
    "htpasswd": [("htpasswd -cb users joe ", "")],
    "OpenSSL option": [("openssl enc -aes-256-cbc -k ", " -in a")],
    "user and password": [("twine upload -u __token__ -p ", " dist/*")],
    "pgpass": [("db.example.com:5432:shop:joe:", "")],
    "ENV directive": [("ENV SECRET_KEY ", "")],
    "Docker login": [('{"auths": {"x": {"auth": "', '"}}}')],
    "signed URL": [
        ("https://b.s3.amazonaws.com/k?X-Amz-Date=1&X-Amz-Signature=", "&x=1"),
        ("https://storage.googleapis.com/b/o?X-Goog-Signature=", ""),
    ],
    "netrc": [("machine example.com login joe password ", "")],
    "XML element": [("<SecretAccessKey>", "</SecretAccessKey>")],
    "XML attribute": [('<add key="DbPassword" value="', '" />')],
    "AWS key by name": [('aws_key("', drawn(16) + '")')],
    "Authorization header": [
        ("Authorization: Bearer ", ""),
        ("curl -H 'Authorization: token ", "' https://example.com"),
        ('"Authorization": "Basic ', '"'),
        ('{"h": "{\\"Authorization\\": \\"ApiKey ', '\\"}"}'),
        ("proxy-authorization: ", ""),
    ],
    "bearer token": [("it sends Bearer ", " each time")],
    "cookie header": [("Cookie: session=", "")],
    "URL password": [
        ("postgres://joe:", "@db:5432/shop"),
        ("redis://:", "@localhost"),
    ],
    "URL token": [("git clone https://", "@example.com/a.git")],
    "SoftLayer address": [
        ("https://api.softlayer.com/soap/v3/", drawn(40)),
    ],
}


RULES = NAMES | COMMANDS


def test_each_rule_is_tried() -> None:
    """Here, or by the list (`test_list.py`)."""
    assert {*FORMED, *PARTLY_FORMED} <= set(FORMS)
    assert set(NAMES) <= set(NAMED) <= set(RULES)


@pytest.mark.parametrize("name", FORMED)
@pytest.mark.parametrize(
    "around", ["run it with {} please", "{}", '"x\\n{}\\n"', "({})"]
)
def test_forms_are_redacted(name: str, around: str) -> None:
    found = FORMS[name].search(around.format(FORMED[name]))
    assert found
    assert FORMED[name] in found[0]
    assert redact(around.format(FORMED[name])) == around.format("[redacted]")


@pytest.mark.parametrize("name", PARTLY_FORMED)
def test_only_the_secret_of_a_form_is_redacted(name: str) -> None:
    *before, secret = PARTLY_FORMED[name]
    found = FORMS[name].search("".join(before) + secret)
    assert found
    assert secret in found[0]
    assert secret not in redact("".join(before) + secret)


@pytest.mark.parametrize(
    ("name", "before", "after"),
    [(name, *line) for name, lines in NAMED.items() for line in lines],
)
def test_secrets_are_told_by_what_stands_before_them(
    name: str, before: str, after: str
) -> None:
    assert RULES[name].search(before + KEY + after)
    text = redact(f"one line\n{before}{KEY}{after}\nand another")
    assert KEY not in text
    assert text.startswith("one line\n")
    assert text.endswith("\nand another")
    if name not in ("AWS key by name", "SoftLayer address"):
        blanks = before.removesuffix("with blanks ")
        assert text == f"one line\n{blanks}[redacted]{after}\nand another"


KINDS = ["", "RSA ", "EC ", "OPENSSH ", "ENCRYPTED ", "PGP "]
BODY = "\n".join(drawn(64, seed=n) for n in range(6)) + "\nMIIEow=="


def marks(kind: str) -> tuple[str, str]:
    what = f"{kind}PRIVATE KEY" + (" BLOCK" if kind == "PGP " else "")
    return f"{DASHES}BEGIN {what}{DASHES}", f"{DASHES}END {what}{DASHES}"


@pytest.mark.parametrize("kind", KINDS)
def test_private_keys_go_as_a_whole(kind: str) -> None:
    begin, end = marks(kind)
    key = f"{begin}\nProc-Type: 4,ENCRYPTED\n\n{BODY}\n{end}"
    assert redact(f"a\n{key}\nb\n{key}") == "a\n[redacted]\nb\n[redacted]"
    line = key.replace("\n", "\\n")
    assert redact(f'{{"key": "{line}"}}') == '{"key": "[redacted]"}'


@pytest.mark.parametrize("kind", KINDS)
def test_cut_off_private_keys_go_as_far_as_they_are_seen(kind: str) -> None:
    begin, end = marks(kind)
    assert redact(f"{begin}\n{BODY[:200]}") == "[redacted]"
    assert redact(f"{begin}\n{BODY[:200]}…\n\nAnd then it") == (
        "[redacted]…\n\nAnd then it"
    )
    assert redact(f"{begin}\n{BODY[:129]} and more") == "[redacted] and more"
    quoted = f"> {begin}\n> {BODY[:129]}".replace("\n", "\n> ")
    assert redact(f"{quoted}\n\nIt goes on.") == "> [redacted]\n\nIt goes on."
    assert redact(f"What it is:\n{BODY[70:]}\n{end}\nNext.") == (
        "What it is:\n[redacted]\nNext."
    )
    line = f"{begin}\n{BODY[:200]}".replace("\n", "\\n")
    assert redact(f'{{"key": "{line}') == '{"key": "[redacted]'


def test_a_mention_of_a_private_key_takes_nothing_along() -> None:
    begin, _ = marks("RSA ")
    assert redact(f"grep -r '{begin}' .\nfound nothing\n") == (
        "grep -r '[redacted]' .\nfound nothing\n"
    )


CODE = """\
token = get_token()
token = os.environ["TOKEN"]
TOKEN = os.environ.get("TOKEN")
const token = await getToken(request);
password: str
def login(user: str, password: str, token: Optional[str] = None) -> Token:
password: string;
password: String,
secret: Vec<u8>,
apiKey: process.env.API_KEY,
secret_name=my-database
secret_name = "my-database"
login(user, password=user_password)
self.password = password
private_key: Ed25519PrivateKey | None
if token == "while":
Token::Identifier => self.next(),
token: Identifier,
max_tokens: 4096, input_tokens=12345678, "total_tokens": 99999999
"token_type": "Bearer", "expires_in": 86400
print("password: ")
url = base + "?token=" + token + "&page=2"
f"Authorization: Bearer {token}"
headers = {"Authorization": "Bearer " + token}
{"password": "", "token": null, "secret": {"name": "x"}}
{"type": "object", "properties": {"password": {"type": "string"}}}
{"password": "string"}
PASSWORD=$PASSWORD TOKEN=${TOKEN} SECRET=$(cat secret.txt) make
password: <password>
password: ********
api_key: {{ api_key }}
<input type="password" name="password">
PWD=/home/joe/project
docker run -u 1000:1000 image
use the --token option, or --password instead
the token is in the vault, the password is not
Authorization: required for this address
bearer authentication is described elsewhere
git clone git@github.com:joe/shop.git
ssh://git@example.com:2222/joe/shop.git
http://localhost:8080/@scope/package
postgres://$USER:$PASSWORD@localhost/shop
<div class="sk-fading-circle sk-folding-cube">
risk-assessment-of-the-task-2026-with-a-long-name
cache-key-0123456789abcdef0123456789abcdef
assetstore show 01234567 --image 1
""".splitlines()


@pytest.mark.parametrize("line", CODE)
def test_code_and_prose_stay(line: str) -> None:
    assert redact(line) == line


@pytest.mark.parametrize(
    ("line", "left"),
    [
        ("DB_PASSWORD=Tr0ub(4dor<3", "DB_PASSWORD=[redacted]"),
        ("DB_PASSWORD=correct.horse", "DB_PASSWORD=[redacted]"),
        ('password="{a}hunter2"', 'password="[redacted]"'),
        ('password="ab\\"cd", user="x"', 'password="[redacted]", user="x"'),
        (
            'password="", user="x", token="abc1"',
            'password="", user="x", token="[redacted]"',
        ),
        ("password='swordfish' -x 'y'", "password='[redacted]' -x 'y'"),
        ("password: swordfish", "password: [redacted]"),
        ("token: 0123456789abcdef, next", "token: [redacted], next"),
        ("https://joe:p@ss@example.com/@b", "https://joe:[redacted]@example.com/@b"),
    ],
)
def test_where_a_secret_ends(line: str, left: str) -> None:
    assert redact(line) == left


@pytest.mark.parametrize("length", [32, 40, 56, 64, 96, 128])
def test_hashes_stay(length: int) -> None:
    for seed in range(50):
        digest = drawn(length, _HEX, seed)
        text = f"commit {digest}\nsha256:{digest} index {digest[:7]}..{digest[-7:]}\n"
        assert redact(text) == text


def test_uuids_stay() -> None:
    text = "turn 0198c0de-1b2c-7d3e-8f40-0123456789ab, urn:uuid:" + "-".join(
        drawn(n, _HEX) for n in (8, 4, 4, 4, 12)
    )
    assert redact(text) == text


def test_base64_of_pictures_stays() -> None:
    data = random.Random(3).randbytes(300_000)
    for text in (
        base64.b64encode(data).decode(),
        base64.encodebytes(data).decode(),
        "data:image/png;base64," + base64.b64encode(b"\x89PNG" + data).decode(),
    ):
        assert redact(text) == text


def test_what_is_redacted_stays_as_it_is() -> None:
    lines = [f"{a}{KEY}{b}" for lines in NAMED.values() for a, b in lines]
    once = redact("\n".join([*lines, *FORMED.values()]))
    assert redact(once) == once


HOSTILE = [
    "0", "A" * 64 + "\n", " ", "-", '"', "\\", "'\\\"", "<", "= ", "$(",
    "eyJ", "eyJa.", "AKIA", "ghp_", "xoxb-", "key-", "SG.", "1//0",
    "password", "password: ", "password='", "password=a1(", "token.", "awskey",
    "--password ", "curl ", "mysql ", "login a ", "<password>", "'password",
    "authorization: ", "bearer ", "cookie:a", "://a:", "://a",
    f"{DASHES}BEGIN PRIVATE KEY{DASHES}", f"{DASHES}END PRIVATE KEY{DASHES}\n",
    f"{DASHES}BEGIN PRIVATE KEY{DASHES}\nA\n",
]  # fmt: skip


# Time by the square of the length would be hours.
@pytest.mark.parametrize(
    ("unit", "length"),
    [(unit, 300_000) for unit in ("a", "sk-", "password=")]
    + [(unit, 200_000) for unit in HOSTILE],
)
def test_hostile_lines_come_to_an_end(unit: str, length: int) -> None:
    redact(unit * (length // len(unit)) + "!")


@pytest.mark.parametrize("most", [30, 200, 2500])
@pytest.mark.parametrize("at", [-40, -20, -5, 0])
def test_a_text_is_redacted_before_it_is_cut(most: int, at: int) -> None:
    """Half a secret has no form that a rule knows."""
    secret = FORMED["GitHub token"]
    start = "x " * (most // 2 + at // 2) if most // 2 + at // 2 > 0 else ""
    shown = redact_start(f"{start}{secret} and more", most)
    assert len(shown) <= most
    assert secret[4:12] not in shown
    shown = redact_end(f"before {secret}{'  x' * ((most + at) // 3)}", most)
    assert len(shown) <= most
    assert secret[-12:-4] not in shown

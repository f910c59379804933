"""Secrets as whole files, messages and addresses have them; each made up when asked for."""

import base64
import json
from collections.abc import Callable, Iterator

from benchmarks.redaction.tokens import BASE64, HEX, LETTERS, UPPER, URL, drawn, jwt

_DASHES = "-" * 5
_KINDS = (
    "",
    "RSA ",
    "EC ",
    "DSA ",
    "OPENSSH ",
    "ENCRYPTED ",
    "PGP ",
    "SSH2 ENCRYPTED ",
)


def _key(kind: str, lines: int = 8) -> tuple[list[str], str]:
    """The lines of a private key, and its body."""
    what = f"{kind}PRIVATE KEY" + (" BLOCK" if kind == "PGP " else "")
    rows = [drawn(64, BASE64, f"{kind}{n}") for n in range(lines)] + ["MIIEow7="]
    begin, end = f"{_DASHES}BEGIN {what}{_DASHES}", f"{_DASHES}END {what}{_DASHES}"
    return [begin, *rows, end], "\n".join(rows)


_SHAPES: dict[str, Callable[[list[str]], str]] = {
    "whole": "\n".join,
    "with CR": "\r\n".join,
    "indented": lambda lines: "key: |\n  " + "\n  ".join(lines),
    "indented by tabs": lambda lines: "\t" + "\n\t".join(lines),
    "quoted": lambda lines: "> " + "\n> ".join(lines),
    "in JSON": lambda lines: json.dumps({"k": "\n".join(lines)}),
    "in JSON in JSON": lambda lines: json.dumps(json.dumps({"k": "\n".join(lines)})),
    "in a variable": lambda lines: 'KEY="' + "\\n".join(lines) + '"',
    "in strings": lambda lines: "\n".join(f'"{line}\\n"' for line in lines),
    "in strings, joined": lambda lines: " +\n".join(f"'{line}\\n'" for line in lines),
    "on one line": " ".join,
    "numbered": lambda lines: "\n".join(f"{n:5}→{x}" for n, x in enumerate(lines, 1)),
    "added by a diff": lambda lines: "\n".join("+" + line for line in lines),
    "removed by a diff": lambda lines: "\n".join("-" + line for line in lines),
    "commented": lambda lines: "# " + "\n# ".join(lines),
    "found by grep": lambda lines: "\n".join(f"a/key.pem:{line}" for line in lines),
    "first half": lambda lines: "\n".join(lines[:5]),
    "first half of JSON": lambda lines: json.dumps("\n".join(lines))[:300],
    "last half": lambda lines: "\n".join(lines[4:]),
    "cut with dots": lambda lines: "\n".join(lines[:5]) + "…",
}


def keys() -> Iterator[tuple[str, str, str]]:
    """Private keys: what, text, and what of it must not stay."""
    for kind in _KINDS:
        for shape, write in _SHAPES.items():
            lines, body = _key(kind)
            yield f"{kind or 'PKCS8 '}{shape}", f"Here:\n{write(lines)}", body
    lines, _ = _key("OPENSSH ")
    packed = base64.b64encode("\n".join(lines).encode()).decode()
    yield "in base64", f"KEY_DATA={packed}", packed
    yield "in base64, alone", packed, packed
    folded = base64.encodebytes("\n".join(lines).encode()).decode()
    yield "in base64, lines", folded, folded
    yield "in base64 of Kubernetes", f"  tls.key: {packed}", packed
    secret = drawn(43, BASE64, "wg") + "="
    yield (
        "WireGuard",
        f"[Interface]\nPrivateKey = {secret}\nAddress = 10.0.0.2/32",
        secret,
    )
    yield "WireGuard, shared", f"PresharedKey = {secret}", secret
    yield (
        "age",
        "# created: 2026\nAGE-" + "SECRET-KEY-1" + drawn(58, UPPER, "age"),
        drawn(58, UPPER, "age"),
    )
    jwk = drawn(43, URL, "jwk")
    yield (
        "JWK",
        json.dumps({"kty": "OKP", "crv": "Ed25519", "d": jwk, "x": drawn(43, URL, 2)}),
        jwk,
    )
    rsa = drawn(342, URL, "rsa")
    yield (
        "JWK, RSA",
        json.dumps({"kty": "RSA", "n": drawn(342, URL, 3), "e": "AQAB", "d": rsa}),
        rsa,
    )
    static = "\n".join(drawn(32, HEX, n) for n in range(16))
    mark = "OpenVPN Static key V1"
    yield (
        "OpenVPN",
        f"{_DASHES}BEGIN {mark}{_DASHES}\n{static}\n{_DASHES}END {mark}{_DASHES}",
        static,
    )
    lines = [drawn(64, BASE64, n) for n in range(4)]
    putty = "PuTTY-User-Key-File-3: ssh-ed25519\nPrivate-Lines: 4\n" + "\n".join(lines)
    yield "PuTTY", putty, "\n".join(lines)


def files() -> Iterator[tuple[str, str, str]]:
    """Files, messages and addresses: what, text, secret."""
    word, long = drawn(14, LETTERS, "w"), drawn(40, LETTERS, "l")
    b64 = base64.b64encode(f"joe:{word}".encode()).decode()
    yield "Docker config", json.dumps({"auths": {"example.com": {"auth": b64}}}), b64
    yield (
        "Docker config, indented",
        json.dumps({"auths": {"a": {"auth": b64}}}, indent=2),
        b64,
    )
    yield "Docker identity", json.dumps({"auths": {"a": {"identitytoken": long}}}), long
    yield (
        "kubeconfig, key",
        f"users:\n- user:\n    client-key-data: {drawn(400, BASE64)}",
        drawn(400, BASE64),
    )
    yield "Kubernetes Secret", f"kind: Secret\ndata:\n  password: {b64}\n", b64
    yield (
        "Kubernetes Secret, other names",
        f"apiVersion: v1\nkind: Secret\nmetadata:\n  name: x\ndata:\n  dsn: {b64}\n",
        b64,
    )
    yield (
        "Kubernetes Secret, of kubectl",
        f"apiVersion: v1\ndata:\n  dsn: {b64}\nkind: Secret\n",
        b64,
    )
    yield (
        "Kubernetes Secret, JSON",
        json.dumps({"kind": "Secret", "data": {"dsn": b64}}),
        b64,
    )
    secret = drawn(40, BASE64, "aws")
    yield (
        "AWS credentials",
        f"[default]\naws_access_key_id = {'AK' + 'IA' + drawn(16, UPPER)}\naws_secret_access_key = {secret}",
        secret,
    )
    yield (
        "AWS CSV",
        f"Access key ID,Secret access key\n{'AK' + 'IA' + drawn(16, UPPER)},{secret}",
        secret,
    )
    yield (
        "AWS JSON",
        json.dumps(
            {"AccessKeyId": "AS" + "IA" + drawn(16, UPPER), "SecretAccessKey": secret}
        ),
        secret,
    )
    yield (
        "AWS session",
        json.dumps({"SessionToken": drawn(300, BASE64, 4)}),
        drawn(300, BASE64, 4),
    )
    yield (
        "AWS environment",
        f"export AWS_SESSION_TOKEN={drawn(300, BASE64, 5)}",
        drawn(300, BASE64, 5),
    )
    yield (
        "AWS in Python",
        f"boto3.client('s3', aws_secret_access_key='{secret}')",
        secret,
    )
    yield (
        "AWS in Python, by place",
        f"Session('{'AK' + 'IA' + drawn(16, UPPER)}', '{secret}')",
        secret,
    )
    yield "AWS in a table", f"| {'AK' + 'IA' + drawn(16, UPPER)} | {secret} |", secret
    yield "AWS in lines", f"{'AK' + 'IA' + drawn(16, UPPER)}\n{secret}\n", secret
    signature = drawn(64, HEX, "sig")
    yield (
        "signed request of AWS",
        f"Authorization: AWS4-HMAC-SHA256 Credential=x/20261127/eu/s3/aws4_request, SignedHeaders=host, Signature={signature}",
        signature,
    )
    yield (
        "signed address of AWS",
        f"https://b.s3.amazonaws.com/k?X-Amz-Algorithm=A&X-Amz-Signature={signature}",
        signature,
    )
    yield (
        "signed address of AWS, old",
        f"https://b.s3.amazonaws.com/k?AWSAccessKeyId=x&Signature={drawn(27, LETTERS)}%3D&Expires=1",
        drawn(27, LETTERS),
    )
    yield (
        "signed address, token",
        f"https://b.s3.amazonaws.com/k?X-Amz-Security-Token={drawn(200, LETTERS)}&X-Amz-Date=1",
        drawn(200, LETTERS),
    )
    yield (
        "signed address of GCS",
        f"https://storage.googleapis.com/b/o?X-Goog-Algorithm=A&X-Goog-Signature={drawn(512, HEX)}",
        drawn(512, HEX),
    )
    yield (
        "signed address of CloudFront",
        f"https://d1.cloudfront.net/a?Expires=1&Signature={drawn(342, LETTERS)}__&Key-Pair-Id=K1",
        drawn(342, LETTERS),
    )
    sas = drawn(43, LETTERS, "sas")
    yield (
        "SAS of Azure",
        f"https://x.blob.core.windows.net/c?sv=2024-01-01&sp=r&sig={sas}%3D",
        sas,
    )
    yield (
        "SAS of Azure, in JSON",
        json.dumps({"u": f"https://x.blob.core.windows.net/c?sv=1&sig={sas}%3D&se=2"}),
        sas,
    )
    yield (
        "SAS of a Service Bus",
        f"SharedAccessSignature sr=https%3a%2f%2fx&sig={sas}%3d&se=1&skn=y",
        sas,
    )
    account = drawn(86, BASE64, "az") + "=="
    yield (
        "Azure connection",
        f"DefaultEndpointsProtocol=https;AccountName=x;AccountKey={account};EndpointSuffix=core.windows.net",
        account,
    )
    yield (
        "Azure Service Bus",
        f"Endpoint=sb://x/;SharedAccessKeyName=y;SharedAccessKey={drawn(43, BASE64)}=",
        drawn(43, BASE64),
    )
    yield "Azure Cosmos", f"AccountEndpoint=https://x/;AccountKey={account};", account
    yield (
        "Azure insights",
        f"InstrumentationKey=0;IngestionEndpoint=https://x;ApiKey={long}",
        long,
    )
    lines, body = _key("")
    account_file = {
        "type": "service_account",
        "private_key_id": drawn(40, HEX),
        "private_key": "\n".join(lines),
    }
    yield "GCP service account", json.dumps(account_file, indent=2), body
    yield (
        "gcloud",
        json.dumps(
            {
                "refresh_token": "1/" + "/04" + drawn(60, URL),
                "client_secret": drawn(24, URL),
            }
        ),
        drawn(60, URL),
    )
    yield "Firebase", f"FIREBASE_TOKEN=1//0{drawn(90, URL, 'fb')}", drawn(90, URL, "fb")
    yield (
        "Django",
        f"SECRET_KEY = 'django-insecure-{drawn(50, LETTERS + '!@#$%^&*(-_=+)')}'",
        drawn(50, LETTERS + "!@#$%^&*(-_=+)"),
    )
    yield "Laravel", f"APP_KEY=base64:{drawn(43, BASE64)}=", drawn(43, BASE64)
    yield "Rails", f"secret_key_base: {drawn(128, HEX)}", drawn(128, HEX)
    yield "Rails, master key", f"RAILS_MASTER_KEY={drawn(32, HEX)}", drawn(32, HEX)
    yield "Symfony", f"APP_SECRET={drawn(32, HEX)}", drawn(32, HEX)
    yield "Flask", f"app.secret_key = b'{drawn(24, LETTERS)}'", drawn(24, LETTERS)
    yield "Flask, config", f"app.config['SECRET_KEY'] = '{long}'", long
    yield (
        "WordPress",
        f"define('AUTH_KEY',         '{drawn(64, LETTERS + '!@#$%^&*()-_[]')}');",
        drawn(64, LETTERS + "!@#$%^&*()-_[]"),
    )
    yield (
        "WordPress, salt",
        f"define( 'NONCE_SALT', '{drawn(64, LETTERS + '!@#$%^&*()-_[]')}' );",
        drawn(64, LETTERS + "!@#$%^&*()-_[]"),
    )
    yield (
        "one-time password",
        f"otpauth://totp/x:joe?secret={drawn(32, 'ABCDEFGHIJKLMNOPQRSTUVWXYZ234567')}&issuer=x",
        drawn(32, "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567"),
    )
    yield (
        "one-time password, seed",
        f"TOTP_SECRET={drawn(32, 'ABCDEFGHIJKLMNOPQRSTUVWXYZ234567')}",
        drawn(32, "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567"),
    )
    words = "abandon ability able about above absent absorb abstract absurd abuse access zone"
    yield "mnemonic", f'MNEMONIC="{words}"', words
    yield "mnemonic, named", f"seed phrase: {words}", words
    yield "Ethereum key", f"PRIVATE_KEY=0x{drawn(64, HEX)}", drawn(64, HEX)
    yield (
        "Ethereum key in JavaScript",
        f"new ethers.Wallet('0x{drawn(64, HEX)}')",
        drawn(64, HEX),
    )
    yield (
        "Slack webhook",
        "https://hooks." + f"slack.com/services/T0123456/B0123456/{drawn(24)}",
        drawn(24),
    )
    yield (
        "Discord webhook",
        "https://discord" + f".com/api/webhooks/1234567890/{drawn(68, URL)}",
        drawn(68, URL),
    )
    yield (
        "Teams webhook",
        "https://x.webhook"
        + f".office.com/webhookb2/{drawn(36, HEX)}@{drawn(36, HEX, 2)}/IncomingWebhook/{drawn(32, HEX, 3)}/x",
        drawn(32, HEX, 3),
    )
    yield (
        "Teams workflow",
        f"https://prod-1.westeurope.logic.azure.com/workflows/x/triggers/manual/paths/invoke?sp=x&sig={drawn(43, URL)}",
        drawn(43, URL),
    )
    yield (
        "Zapier webhook",
        f"https://hooks.zapier.com/hooks/catch/1234567/{drawn(7, LETTERS, 'zap')}/",
        drawn(7, LETTERS, "zap"),
    )
    yield (
        "Telegram address",
        f"https://api.telegram.org/bot1234567890:AA{drawn(33, URL)}/sendMessage",
        drawn(33, URL),
    )
    yield (
        "GitHub address",
        f"https://{'gh' + 'p_' + drawn(36)}@github.com/a/b",
        drawn(36),
    )
    yield (
        "GitHub address, app",
        f"https://x-access-token:{'gh' + 's_' + drawn(36)}@github.com/a/b",
        drawn(36),
    )
    yield (
        "GitHub hosts.yml",
        f"github.com:\n    user: joe\n    oauth_token: {'gh' + 'o_' + drawn(36)}",
        drawn(36),
    )
    yield (
        "HAR, cookie",
        json.dumps({"headers": [{"name": "Cookie", "value": f"sid={long}"}]}),
        long,
    )
    yield (
        "HAR, authorization",
        json.dumps({"headers": [{"name": "Authorization", "value": f"Bearer {long}"}]}),
        long,
    )
    yield (
        "HAR, cookies",
        json.dumps({"cookies": [{"name": "sessionid", "value": long}]}),
        long,
    )
    yield (
        "cookies in Python",
        f"requests.get(url, cookies={{'sessionid': '{long}'}})",
        long,
    )
    yield "cookies in JavaScript", f"document.cookie = 'session={long}; path=/'", long
    yield "cookies in JSON", json.dumps({"Cookie": f"session={long}; theme=dark"}), long
    yield (
        "cookies of Netscape",
        f".example.com\tTRUE\t/\tTRUE\t1790000000\tsessionid\t{long}",
        long,
    )
    yield "cookie, second", f"Cookie: theme=dark; lang=de; session={long}", long
    yield (
        "answer of OAuth",
        json.dumps(
            {
                "access_token": long,
                "token_type": "Bearer",
                "refresh_token": drawn(40, LETTERS, 9),
            }
        ),
        drawn(40, LETTERS, 9),
    )
    yield "id token", json.dumps({"id_token": jwt()}), jwt().split(".")[2]
    yield "JWT", f"it sent {jwt()} along", jwt().split(".")[2]
    yield (
        "JWT in base64",
        base64.b64encode(jwt().encode()).decode(),
        base64.b64encode(jwt().encode()).decode(),
    )
    yield (
        "digest",
        f'Authorization: Digest username="joe", realm="x", nonce="1", response="{drawn(32, HEX)}"',
        drawn(32, HEX),
    )
    yield (
        "OAuth 1",
        f'Authorization: OAuth oauth_consumer_key="x", oauth_token="{long}", oauth_signature="{drawn(27, LETTERS)}%3D"',
        drawn(27, LETTERS),
    )
    yield "basic", f"Authorization: Basic {b64}", b64
    yield "header of JSON", json.dumps({"Authorization": f"Bearer {long}"}), long
    yield (
        "header of JSON, escaped",
        json.dumps(json.dumps({"Authorization": f"Bearer {long}"})),
        long,
    )
    yield (
        "header of curl -v",
        f"> GET / HTTP/2\n> authorization: Bearer {long}\n>",
        long,
    )
    yield "trace of a proxy", f"proxy-authorization: Basic {b64}", b64
    yield (
        ".npmrc, base64",
        f"//registry.example.com/:_password={base64.b64encode(word.encode()).decode()}",
        base64.b64encode(word.encode()).decode(),
    )
    yield (
        ".yarnrc.yml",
        f'npmRegistries:\n  "https://x":\n    npmAuthToken: "{long}"',
        long,
    )
    yield ".yarnrc.yml, ident", f'    npmAuthIdent: "joe:{word}"', word
    yield (
        "Cargo credentials",
        f'[registry]\ntoken = "{"ci" + "o" + drawn(32)}"',
        drawn(32),
    )
    yield (
        "Composer auth.json",
        json.dumps({"http-basic": {"x.com": {"username": "joe", "password": word}}}),
        word,
    )
    yield "Gemini settings", json.dumps({"env": {"GEMINI_API_KEY": long}}), long
    yield (
        "MCP settings",
        json.dumps(
            {"mcpServers": {"x": {"command": "npx", "args": ["--api-key", long]}}}
        ),
        long,
    )
    yield "MCP settings, joined", json.dumps({"args": [f"--api-key={long}"]}), long
    yield (
        "arguments in Python",
        f"subprocess.run(['mysql', '--password', '{word}'])",
        word,
    )
    yield (
        "arguments in Python, short",
        f"subprocess.run(['sshpass', '-p', '{word}', 'ssh', 'h'])",
        word,
    )
    yield (
        "Codex auth.json",
        json.dumps(
            {
                "OPENAI_API_KEY": None,
                "tokens": {"refresh_token": "rt_" + drawn(60, URL)},
            }
        ),
        drawn(60, URL),
    )
    yield (
        "Claude credentials",
        json.dumps(
            {
                "claudeAiOauth": {
                    "accessToken": "sk" + "-ant-oat01-" + drawn(90, URL),
                    "expiresAt": 1,
                }
            }
        ),
        drawn(90, URL),
    )
    yield (
        "Terraform state",
        json.dumps({"attributes": {"master_password": word, "port": 5432}}),
        word,
    )
    yield "Terraform variables", f'db_password = "{word}"', word
    yield "Ansible", f"ansible_become_pass: {word}", word
    yield "Ansible, ssh", f"host1 ansible_host=1.2.3.4 ansible_ssh_pass={word}", word
    yield "Spring", f"spring:\n  datasource:\n    password: {word}", word
    yield (
        "Hibernate",
        f'<property name="hibernate.connection.password">{word}</property>',
        word,
    )
    yield "Tomcat", f'<user username="joe" password="{word}" roles="manager"/>', word
    yield (
        "web.config",
        f'<add name="x" connectionString="Server=db;User Id=joe;Password={word};" />',
        word,
    )
    yield (
        "appsettings.json",
        json.dumps(
            {"ConnectionStrings": {"Db": f"Server=db;User=joe;Password={word};Port=1"}}
        ),
        word,
    )
    yield (
        "PgBouncer",
        f'"joe" "{word}"\n[databases]\nx = host=db user=joe password={word}',
        word,
    )
    yield (
        "ProxySQL",
        f'mysql_users = ({{ username = "joe", password = "{word}" }})',
        word,
    )
    yield (
        "shadow",
        f"joe:$6$saltsalt${drawn(86, LETTERS + './')}:19000:0:99999:7:::",
        drawn(86, LETTERS + "./"),
    )
    yield (
        "htpasswd line",
        f"joe:$apr1$saltsalt${drawn(22, LETTERS + './')}",
        drawn(22, LETTERS + "./"),
    )
    yield (
        "bcrypt",
        f"password_hash = '$2b$12${drawn(53, LETTERS + './')}'",
        drawn(53, LETTERS + "./"),
    )
    yield (
        "bcrypt, alone",
        f"joe,$2y$10${drawn(53, LETTERS + './')},admin",
        drawn(53, LETTERS + "./"),
    )
    yield (
        "argon2",
        f"$argon2id$v=19$m=65536,t=3,p=4${drawn(22, BASE64)}${drawn(43, BASE64, 2)}",
        drawn(43, BASE64, 2),
    )
    yield "Wi-Fi", f'network={{\n  ssid="home"\n  psk="{word}"\n}}', word
    yield "Wi-Fi, QR", f"WIFI:T:WPA;S:home;P:{word};;", word
    yield "NetworkManager", f"[wifi-security]\nkey-mgmt=wpa-psk\npsk={word}", word
    yield "cifs", f"username=joe\npassword={word}\ndomain=x", word
    yield (
        "mount",
        f"mount -t cifs //h/s /mnt -o username=joe,password={word},uid=1",
        word,
    )
    yield "vncpasswd", f"x11vnc -passwd {word} -display :0", word
    yield "rdp", f"xfreerdp /u:joe /p:{word} /v:host", word
    yield "ftp", f"lftp -u joe,{word} ftp.example.com", word
    yield "mysql_config_editor", f'[client]\npassword="{word}"', word
    yield (
        "cat of a token file",
        f"$ cat ~/.vault-token\n{'hv' + 's.' + drawn(92, URL)}",
        drawn(92, URL),
    )
    yield (
        "SoftLayer address",
        f"https://api.softlayer.com/soap/v3/{drawn(64, LETTERS)}",
        drawn(64, LETTERS),
    )

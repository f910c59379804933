"""Secrets that are told by the code, the document or the sentence that they stand in.

`NAMES` in `secret_names` are told by a name with a sign behind it; these by more. Where
what is around one says little, `HINTED` asks for a value that no word is.
"""

import re

from assetstore.agents.redaction.secret_names import (
    GAP,
    LINE,
    REST_OF_STRING,
    VALUE,
    WORD,
)

# A value in quotes of any kind, as an argument.
_STRING = r"[bfru]{0,2}(?P<quote>\\{0,8}[\"'`])" + REST_OF_STRING
_ANY = r"\\{0,8}[\"'`]"
# Names of what is a secret in a list of headers or cookies.
_HEADER = rf"(?:{WORD}|authorization|(?:set-)?cookie|session_?id)"

CODE = {
    # https://en.cppreference.com/w/c/preprocessor/replace
    "definition": re.compile(
        rf"#[ \t]*define[ \t]+\w{{0,40}}?(?i:{WORD})[ \t]+{_STRING}", re.M
    ),
    # https://learn.microsoft.com/powershell/module/microsoft.powershell.security/convertto-securestring
    "SecureString": re.compile(
        rf"(?i:convertto-securestring)(?:[ \t]+-(?i:string))?[ \t]+{_STRING}",
        re.M,
    ),
    # https://www.postgresql.org/docs/current/sql-createrole.html
    # https://dev.mysql.com/doc/refman/8.4/en/create-user.html
    "SQL password": re.compile(
        r"(?i:\bidentified(?:[ \t]+with[ \t]+[\w\"'`]{1,60})?[ \t]+(?:by|as)"
        r"(?:[ \t]+password)?|\bset[ \t]+password[ \t]+for[ \t]+[^\n=]{1,100}=(?:"
        r"[ \t]*password\()?"
        r"|\bpassword)[ \t]{1,4}" + r"(?P<quote>\\{0,8}[\"'])" + REST_OF_STRING,
        re.M,
    ),
    # https://requests.readthedocs.io/en/latest/user/authentication/
    # https://docs.oracle.com/en/java/javase/21/docs/api/java.sql/java/sql/DriverManager.html
    "basic authentication": re.compile(
        r"(?:(?i:basic_?auth(?:entication)?|usernamepassword\w{0,30}|\bcredentials?"
        r"|_credentials?)"
        r"|\bauth[ \t]*=[ \t]*|\bgetConnection)\((?:[^\n()]{0,200}?[ \t,])?"
        rf"(?:{_ANY})?[^\s\"'`(),]{{1,100}}{_ANY},[ \t]*(?:Some\()?{_STRING}",
        re.M,
    ),
    "secret as an argument": re.compile(
        rf"(?:\b(?i:set|with|use)_?\w{{0,30}}?(?i:{WORD})|\bSecretStr|\bSecretBytes"
        rf"|(?i:bearer_?(?:auth|token))|\.password)\([ \t]*{_STRING}",
        re.M,
    ),
    # process.env.TOKEN || "...", os.environ.get("KEY") or "...", ${KEY:-...}
    "default": re.compile(
        rf"(?i:{WORD})(?:{_ANY})?[\])]{{0,2}}[ \t]*(?:\|\||\?\?|\bor\b)[ \t]*"
        r"[bfru]{0,2}(?P<quote>\\{0,8}[\"'])" + REST_OF_STRING,
        re.M,
    ),
    "default of a shell": re.compile(
        rf"\$\{{\w{{0,40}}?(?i:{WORD}):?[-=](?P<secret>[^\s{{}}$\"'`]{{3,400}})\}}"
    ),
    # {"key": "DB_PASSWORD", "value": "..."}, name: API_TOKEN / value: ...
    "name and value": re.compile(
        rf"(?:{_ANY})?\b(?i:key|name|id|variable)(?:{_ANY})?[ \t]{{0,4}}[:=]"
        rf"[ \t]{{0,4}}"
        rf"(?:{_ANY})?[\w.-]{{0,40}}?(?i:{_HEADER})(?:{_ANY})?,?(?:{GAP})?(?:{_ANY})?"
        rf"(?i:value)(?:{_ANY})?[ \t]{{0,4}}[:=][ \t]{{0,4}}" + VALUE,
        re.M,
    ),
    "value and name": re.compile(
        rf"(?i:value){_ANY}[ \t]{{0,4}}:[ \t]{{0,4}}{_STRING}"
        rf"(?P=quote),\s{{0,40}}{_ANY}"
        rf"(?i:key|name|id|variable){_ANY}[ \t]{{0,4}}:[ \t]{{0,4}}{_ANY}"
        rf"[\w.-]{{0,40}}?(?i:{WORD})",
        re.M,
    ),
    # https://developer.apple.com/library/archive/documentation/CoreFoundation/Conceptual/CFPropertyLists
    "property list": re.compile(
        rf"<key>[\w. -]{{0,40}}?(?i:{WORD})</key>(?:{GAP})?<string>(?P<secret>"
        rf"[^<>\n]{{3,400}})"
    ),
    # https://developer.hashicorp.com/terraform/language/values/variables
    "default of a variable": re.compile(
        rf"\bvariable[ \t]+{_ANY}[\w-]{{0,40}}?(?i:{WORD}){_ANY}"
        rf"[ \t]*\{{[^{{}}]{{0,400}}?"
        rf"\bdefault[ \t]*=[ \t]*{_STRING}",
        re.M,
    ),
    # https://developer.wordpress.org/apis/wp-config-php/#security-keys
    "WordPress salt": re.compile(
        rf"{_ANY}(?:(?:SECURE_)?AUTH|LOGGED_IN|NONCE)_(?:KEY|SALT){_ANY},"
        rf"[ \t]*{_STRING}",
        re.M,
    ),
    # ["--api-key", "..."]
    "option in a list": re.compile(
        rf"{_ANY}--?[\w-]{{0,40}}?(?i:{WORD}){_ANY},\s{{0,20}}(?!{_ANY}(?:-|\w*"
        rf"(?i:{WORD})\w*[\"'`\\]))" + _STRING,
        re.M,
    ),
    "short option in a list": re.compile(
        rf"{_ANY}(?:sshpass|mysql\w{{0,20}}|docker){_ANY},"
        rf"[^\n\]]{{0,200}}?{_ANY}-p{_ANY},[ \t]*{_STRING}",
        re.M,
    ),
    # https://kubernetes.io/docs/concepts/configuration/secret/
    "Kubernetes Secret": re.compile(
        rf"(?:\b|(?<=\\n))kind(?:{_ANY})?:[ \t]*(?:{_ANY})?Secret(?!\w)"
        rf"[^\0]{{0,600}}?(?:\b|(?<=\\n))data(?:{_ANY})?:[ \t]*\{{?"
        rf"(?P<secret>(?:(?:{GAP})?(?:{_ANY})?[\w.-]{{1,100}}(?:{_ANY})?:[ \t]*"
        rf"(?:{_ANY})?"
        rf"[A-Za-z0-9+/]{{8,}}={{0,2}}(?:{_ANY})?,?){{1,100}})"
    ),
    "Kubernetes Secret of kubectl": re.compile(
        rf"(?:\b|(?<=\\n))data(?:{_ANY})?:"
        rf"[ \t]*\{{?(?P<secret>(?:(?:{GAP})?(?:{_ANY})?(?!kind)[\w.-]{{1,100}}"
        rf"(?:{_ANY})?:"
        rf"[ \t]*(?:{_ANY})?[A-Za-z0-9+/]{{8,}}={{0,2}}(?:{_ANY})?,?){{1,100}}\}}?,?)"
        rf"(?:{GAP})?(?:{_ANY})?kind(?:{_ANY})?:[ \t]*(?:{_ANY})?Secret(?!\w)"
    ),
    # https://kubernetes.io/docs/reference/config-api/kubeconfig.v1/
    "key data": re.compile(
        rf"\b(?:client-key-data|tls\.key)(?:{_ANY})?[ \t]*:[ \t]*(?:{_ANY})?"
        r"(?P<secret>[A-Za-z0-9+/]{20,}={0,2})"
    ),
    # https://www.rfc-editor.org/rfc/rfc7518#section-6
    "JSON Web Key": re.compile(
        rf"{_ANY}(?:d|p|q|dp|dq|qi|k){_ANY}[ \t]*:[ \t]*{_ANY}"
        r"(?P<secret>(?=[a-z0-9_-]*[A-Z])(?=[A-Za-z_-]*\d)[A-Za-z0-9_-]{22,})"
        r"(?=\\{0,8}[\"'`])"
    ),
    # https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_sigv.html
    # https://www.rfc-editor.org/rfc/rfc7616 https://www.rfc-editor.org/rfc/rfc5849
    "signature of a request": re.compile(
        r"\b(?:Signature=|(?:response|oauth_signature|oauth_token_secret)=\\{0,8}\")"
        r"(?P<secret>[A-Za-z0-9%+/=_-]{24,})"
    ),
    # https://github.com/bitcoin/bips/blob/master/bip-0039.mediawiki
    "mnemonic": re.compile(
        r"(?i:mnemonic|(?:seed|recovery|backup)[ _-]?phrase|seed[ _-]?words)"
        rf"(?:{_ANY})?(?:[ \t]+is)?[ \t]*[:=]{{0,2}}[ \t]*(?:{_ANY})?"
        r"(?P<secret>(?:[a-z]{3,8}[ ,]{1,2}){11,23}[a-z]{3,8})\b"
    ),
    "wallet": re.compile(
        rf"(?i:wallet|privatekeytoaccount|from_key)\([ \t]*{_ANY}"
        r"(?P<secret>(?:0x)?[0-9a-fA-F]{64})"
    ),
    # https://help.zapier.com/ https://www.make.com/ https://ifttt.com/
    "webhook": re.compile(
        r"\b(?:hooks\.zapier\.com/hooks/catch|hook\.\w{2,4}\d?\.make\.com"
        r"|maker\.ifttt\.com/trigger/\w{1,60}/(?:json/)?with/key)/"
        r"(?P<secret>[\w/-]{8,200})"
    ),
    # https://curl.se/docs/http-cookies.html#cookie-file-format
    "cookie of Netscape": re.compile(
        r"(?:\t|\\{1,4}t)(?:TRUE|FALSE)(?:\t|\\{1,4}t)/[^\s\\]{0,200}(?:\t|\\{1,4}t)"
        r"(?:TRUE|FALSE)"
        r"(?:\t|\\{1,4}t)\d{1,12}(?:\t|\\{1,4}t)[^\s\\]{1,100}?(?:\t|\\{1,4}t)"
        r"(?P<secret>[^\s\\\"']{4,})"
    ),
    # https://yarnpkg.com/configuration/yarnrc#npmAuthIdent
    "Yarn identity": re.compile(
        rf"(?i:auth_?ident)(?:{_ANY})?[ \t]*[:=][ \t]*(?:{_ANY})?[^\s:\"'\\]{{1,100}}:"
        r"(?P<secret>[^\s\"'\\]{3,200})"
    ),
    "XML property": re.compile(
        rf"\bname=\\{{0,8}}[\"'][\w.-]{{0,60}}?(?i:{WORD})\\{{0,8}}[\"']"
        rf"[^<>\n]{{0,40}}>"
        r"(?P<secret>[^<>\n]{3,400})"
    ),
    # https://github.com/zxing/zxing/wiki/Barcode-Contents
    "Wi-Fi code": re.compile(r"\bWIFI:[^\n]{0,100}?;P:(?P<secret>[^;\n]{3,100})"),
    # define('DB_PASSWORD', '...'), os.Setenv("API_KEY", "..."), headers.set(...)
    "name and argument": re.compile(
        r"\b(?i:define|\w{0,20}env(?:iron)?(?:\.get)?|setproperty|set|put|fetch"
        r"|header|append|values[ \t]?"
        rf"|\w{{0,20}}header)\([ \t]*{_ANY}[\w.-]{{0,40}}?(?i:{WORD}"
        rf"|authorization){_ANY},[ \t]*"
        r"[bfru]{0,2}(?P<quote>\\{0,8}[\"'`])(?:(?i:bearer|basic|token)[ \t]{1,4})?+"
        + REST_OF_STRING,
        re.M,
    ),
    "listed": re.compile(
        r"(?i:password|passphrase|api_?key|access_?token)(?i:s|_?list)[ \t]*:?="
        r"[ \t]*[\[({]{1,2}[ \t]*"
        r"(?P<secret>\\{0,8}[\"'][^\n]{3,2000}(?:[\"']|$))",
        re.M,
    ),
    # https://github.com/go-sql-driver/mysql#dsn-data-source-name
    "Go DSN": re.compile(
        r"\b[\w.-]{1,60}:(?P<secret>[^\s\"'`@]{1,200})@(?:tcp|unix|tcp6)\("
    ),
    # https://docs.oracle.com/en/database/oracle/oracle-database/21/jjdbc/data-sources-and-URLs.html
    "Oracle address": re.compile(
        r"\bjdbc:oracle:\w{1,10}:[^\s/\"'`]{1,60}/(?P<secret>[^\s\"'`]{1,200}?)@"
    ),
    # The sentences of people and programs.
    "told in quotes": re.compile(
        r"(?i:\b(?:password|passphrase|passcode|api[ -]?key|secret(?:[ -]key)?"
        r"|(?:access[ -]|auth[ -]|api[ -]|bearer )token))"
        r"[*_`]{0,2}[ \t]+(?:is|was|of|are|to)?[ \t]*[*_]{0,2}"
        r"(?P<quote>\\{0,8}[\"'`])(?P<secret>[^\s\"'`][^\n\"'`]{2,200}?)(?="
        r"(?P=quote)|$)",
        re.M,
    ),
    "told behind a colon": re.compile(
        r"(?i:\b(?:password|passphrase|passcode|api[ -]?key|token))[ \t]+(?:is|was)"
        r"[ \t]*"
        r"[:=][ \t]*(?P<secret>[^\s\"'`]{6,200})"
    ),
    "temporary password": re.compile(
        r"(?i:temporary|generated|initial|default|new)[ \t]+(?:[\w-]{1,20}"
        r"[ \t]+){0,2}?(?i:password)"
        r"[^\n:=]{0,60}[:=][ \t]*(?P<secret>[^\s\"'`]{6,200})"
    ),
}

# Where what is around it is not enough: a value that is no word.
_SOLID = (
    r"(?P<secret>(?=[^\s\"'`&|<>]{0,60}\d)(?=[^\s\"'`&|<>]{0,60}[A-Za-z])"
    r"[^\s\"'`&|<>,;(){}\[\]]{8,400})"
)
HINTED = {
    # https://www.rfc-editor.org/rfc/rfc6749, https://learn.microsoft.com/azure/azure-functions
    "parameter of an address": re.compile(
        r"[?&](?i:key|code|auth|pass|pw|hash|jwt|sid|session|session_?id|ticket"
        r"|assertion)=" + _SOLID
    ),
    "variable": re.compile(
        r"\b[A-Z][A-Z0-9_]{0,60}_(?:KEY|PRIVATE|AUTH|CREDENTIALS?|CREDS?|SALT|PIN"
        r"|COOKIE|SESSION"
        r"|JWT|CERT|PEPPER|SEED|DSN)[ \t]?=[ \t]?\\{0,8}[\"']?" + _SOLID
    ),
    "column": re.compile(
        rf"{LINE}[A-Z0-9_]{{0,40}}(?:PASSWORD|SECRET|TOKEN|API_?KEY)[A-Z0-9_]{{0,10}}"
        rf"[ \t]{{2,40}}" + _SOLID,
        re.M,
    ),
    "cell": re.compile(
        rf"\|[ \t*`]{{0,6}}[\w -]{{0,40}}?(?i:{WORD})[ \t*`]{{0,6}}\|[ \t`]{{0,6}}"
        + _SOLID
    ),
    "told": re.compile(
        r"(?i:\b(?:password|passphrase|passcode|api[ -]?key|secret(?:[ -]key)?|token))"
        r"[*_`]{0,2}[ \t]+(?:is|was)[ \t]+(?:now[ \t]+|set to[ \t]+)?" + _SOLID
    ),
    "cookies in code": re.compile(
        rf"(?i:\bcookies?)(?:{_ANY})?[ \t]{{0,4}}[:=][ \t]{{0,4}}"
        rf"[{{\[(]{{1,2}}[^\n]{{0,200}}?:[ \t]{{0,4}}{_ANY}"
        r"(?=[^\s\"'\\]{16})" + _SOLID
    ),
    "cookie in a string": re.compile(
        rf"(?i:\bcookie)(?:{_ANY})?[ \t]{{0,4}}[:=][ \t]{{0,4}}{_ANY}[\w.-]{{1,60}}="
        r"(?=[^\s\"'\\;]{16})" + _SOLID
    ),
    "password in an address cut off": re.compile(
        r"://[^\s/:@\"'`<>]{0,100}:(?P<secret>(?=[^\s/]{0,60}\d)(?=[^\s/]{0,60}"
        r"[A-Za-z])"
        r"[^\s/:@\"'`<>]{8,512})(?=$|…|\.\.\.)",
        re.M,
    ),
    # https://www.pgbouncer.org/config.html#authentication-file-format
    "list of users": re.compile(LINE + r"\\?\"[\w.-]{1,60}\\?\" \\?\"" + _SOLID, re.M),
    "psk": re.compile(
        r"(?:\b|(?<=\\n))(?:psk|wpa_passphrase)[ \t]*=[ \t]*\\{0,8}\"?" + _SOLID
    ),
}

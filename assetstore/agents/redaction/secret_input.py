"""Secrets that a command is handed: through a pipe, a here-document, a process."""

import re

from assetstore.agents.redaction.secret_names import REST, VALUE, WORD

_QUOTE = r"(?P<quote>\\{0,8}[\"'])?"
# Commands, and options of any, that read a secret; what stands between the first words
# and the last of a line is passed over.
READERS = (
    # https://docs.docker.com/reference/cli/docker/login/#password-stdin
    # https://www.gnupg.org/documentation/manuals/gnupg/GPG-Esoteric-Options.html
    r"(?:--?\w{0,10}-?(?:password|passphrase|passwd|token|secret|key)-(?:stdin|fd|file"
    r"(?:[ =](?:-|/dev/stdin))?)\b"
    # https://cli.github.com/manual/gh_auth_login
    r"|--with-token|passwd[ \t]{1,8}(?:\S{1,100}[ \t]{1,8}){0,3}?--stdin"
    # https://www.sudo.ws/docs/man/sudo.man/#S
    r"|\bsudo[ \t]{1,8}(?:-\w+[ \t]{1,8}){0,8}-\w{0,8}S"
    # https://man7.org/linux/man-pages/man8/chpasswd.8.html and its like
    r"|\b(?:chg?passwd|(?:smb|vnc|k|ldap|mk|t?igervnc|yp|g|sla?p)?passwd|newusers|kinit"
    r"|htpasswd[ \t]{1,8}-\w{0,6}i|cryptsetup|luks\w{4,10}|zuluCrypt-cli|kadmin|ssh-add"
    r"|secret-tool[ \t]{1,8}store|pass[ \t]{1,8}insert|wpa_passphrase|keyctl[ \t]{1,8}p"
    r"(?:add|update)|systemd-ask-password|systemd-creds[ \t]{1,8}encrypt"
    r"|realm[ \t]{1,8}join|net[ \t]{1,8}ads|gnome-keyring-daemon[^\n|;]{0,40}?--unlock"
    r"|bw[ \t]{1,8}unlock|vault[ \t]{1,8}login"
    r"|zfs[ \t]{1,8}(?:load-key|change-key|create))\b"
    # https://developers.cloudflare.com/workers/wrangler/commands/#secret
    # https://cloud.google.com/sdk/gcloud/reference/secrets/versions/add
    r"|\bsecrets?[ \t]{1,8}(?:put|set|create|add|import|versions[ \t]{1,8}add)\b)"
)
# joe:SECRET, of chpasswd
_USER = r"(?:[^\s:\"']{1,100}:(?=\S))?"
_SAY = r"(?:echo|printf)[ \t]+(?:-\w+[ \t]+|[\"']%s(?:\\{1,2}n)?[\"'][ \t]+){0,3}"
_NEWLINE = r"(?:\r?\n|\\{1,8}r?\\{0,8}n)"

INPUT = {
    "piped": re.compile(
        rf"\b{_SAY}{_QUOTE}(?:[^\s:\"']{{1,100}}:(?=[^\n]{{1,300}}?chpasswd))?"
        + REST
        + r"(?:\\{1,4}n)?(?=\\{0,8}[\"']?[ \t]*\|&?[ \t]*[^\n|;]{0,200}?"
        + READERS
        + ")",
        re.M,
    ),
    # https://www.gnu.org/software/bash/manual/html_node/Redirections.html#Here-Strings
    "here-string": re.compile(
        READERS + rf"[^\n|;]{{0,200}}?<<<(?!<)[ \t]{{0,8}}\$?{_QUOTE}{_USER}" + REST,
        re.M,
    ),
    "here-string in front": re.compile(
        rf"(?<!<)<<<(?!<)[ \t]{{0,8}}\$?{_QUOTE}{_USER}"
        + REST
        + r"\\{0,8}[\"']?[ \t][^\n|;]{0,200}?"
        + READERS,
        re.M,
    ),
    # https://www.gnu.org/software/bash/manual/html_node/Redirections.html#Here-Documents
    "here-document": re.compile(
        READERS + r"[^\n;]{0,200}?<<-?[ \t]{0,8}\\{0,8}[\"']?(?P<end>\w{1,40})\b"
        rf"(?:\\{{0,8}}[\"'])?[^\n]{{0,200}}?{_NEWLINE}[ \t>|+]{{0,16}}"
        rf"(?P<secret>(?!(?P=end))[\s\S]{{3,2000}}?)"
        rf"(?={_NEWLINE}[ \t>|+]{{0,16}}(?P=end)|\Z)"
    ),
    # https://www.gnu.org/software/bash/manual/html_node/Process-Substitution.html
    "substituted process": re.compile(
        rf"(?:{READERS}|\b(?:cryptsetup|sshpass|restic|borg|rsync|gpg2?|openssl|zfs"
        rf"|ansible\S{{0,20}}|op|age)\b|(?i:{WORD}))[^\n]{{0,300}}?"
        rf"<\([ \t]{{0,4}}{_SAY}{_QUOTE}" + r"(?P<secret>(?(quote)"
        r"[^\n]{3,2000}?(?=(?P=quote)|$)|[^\s\"'`,;)]{3,}?(?=[\s);]|$)))",
        re.M,
    ),
    # https://restic.readthedocs.io/en/stable/030_preparing_a_new_repo.html
    "printed by a command": re.compile(
        rf"(?i:{WORD})[_-]?(?i:command|cmd)[ =:]{{1,4}}(?:\\{{0,8}}[\"']){{0,2}}{_SAY}"
        + VALUE,
        re.M,
    ),
    # echo SECRET > password.txt
    "written to a file": re.compile(
        rf"\b{_SAY}{_QUOTE}"
        + REST
        + rf"(?=\\{{0,8}}[\"']?[ \t]{{0,8}}>{{1,2}}[ \t]{{0,8}}\S{{0,200}}?(?i:{WORD})"
        r"s?(?:\.\w{1,8})?(?:[\s\"';&]|\\|$))",
        re.M,
    ),
    # https://man7.org/linux/man-pages/man1/expect.1.html
    "answered by expect": re.compile(
        r"\bexpect\b[^\n]{0,100}?(?i:assw(?:or)?d|passphrase|passcode|secret|token|\bpin\b)"
        r"[\s\S]{0,80}?(?:\b|(?<=\\n))send(?:line)?(?:[ \t]|\()[ \t]*(?:--[ \t]+)?"
        r"(?P<quote>\\{0,8}[\"'])(?P<secret>[^\n]{3,400}?)(?=\\{1,8}[rn]|(?P=quote)|$)"
    ),
}

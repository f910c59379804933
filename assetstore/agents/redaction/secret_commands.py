"""Secrets that are told by the command that they stand in: its options, its lines."""

import re

from assetstore.agents.redaction.secret_names import (
    ENDS,
    LINE,
    REST,
    VALUE,
    WORD,
)

_QUOTE = r"(?P<quote>\\{0,8}[\"'])?"
_ANY = r"\\{0,8}[\"'`]"
_NAME = rf"[\w.:/ -]{{0,40}}?(?i:{WORD})"


def _command(names: str, option: str, value: str = VALUE) -> re.Pattern[str]:
    """Match the option of a command, anywhere on its line."""
    return re.compile(
        rf"\b(?:{names})\b(?:[^\n|;&]{{0,300}}?[ \t])?{option}{value}", re.M
    )


COMMANDS = {
    # https://curl.se/docs/manpage.html#-u
    "curl user": re.compile(
        r"\bcurl\b[^\n|;]{0,300}?[ \t](?:-[a-zA-Z]{0,6}[uU]|--user|--proxy-user)[ =]?"
        rf"{_QUOTE}[^\s:\"'@/]{{0,100}}:" + REST,
        re.M,
    ),
    "curl user alone": re.compile(
        r"\bcurl\b[^\n|;]{0,300}?[ \t](?:-[a-zA-Z]{0,6}u|--user)[ =]?\\{0,8}[\"']?"
        r"(?P<secret>[^\s:\"'@]{8,400}):(?=[\"'\\\s]|$)",
        re.M,
    ),
    "curl bearer": _command("curl", r"--oauth2-bearer[ =]"),
    # https://curl.se/docs/manpage.html#-b
    "curl cookie": re.compile(
        rf"\bcurl\b[^\n|;]{{0,300}}?[ \t](?:-b|--cookie)[ =]?{_QUOTE}"
        r"[^\s=;\"']{1,100}=" + REST,
        re.M,
    ),
    # https://curl.se/docs/manpage.html#-H
    "header as an option": re.compile(
        rf"[ \t](?:-H|--header)[ =]?(?P<quote>\\{{0,8}}[\"'])[\w-]{{0,40}}?(?i:{WORD}"
        r"|authorization|cookie)[ \t]*:[ \t]*(?:(?i:bearer|basic|token)[ \t]{1,4})?+"
        + REST,
        re.M,
    ),
    # -e "PASSWORD=with blanks", Environment="PASSWORD=with blanks"
    "assignment in quotes": re.compile(
        rf"(?P<quote>\\{{0,8}}[\"'])[\w.-]{{0,40}}?(?i:{WORD})="
        r"(?P<secret>(?!(?P=quote))[^\n&\"']{3,400}?)(?=(?P=quote))"
    ),
    # https://httpie.io/docs/cli/authentication
    "HTTPie user": re.compile(
        rf"\bhttps?\b(?!:)[^\n|;]{{0,300}}?[ \t](?:-a|--auth)[ =]{_QUOTE}"
        r"[^\s:\"'@/]{1,100}:" + REST,
        re.M,
    ),
    # https://linux.die.net/man/1/sshpass
    # https://www.mongodb.com/docs/mongodb-shell/reference/options/
    # https://docs.docker.com/reference/cli/docker/login/
    "password option": _command(
        r"sshpass|docker login|podman login|helm registry login|mongo(?:sh|dump|export"
        r"|import|restore)?|beeline|impala-shell|az login",
        r"-p[ \t]?",
    ),
    # https://learn.microsoft.com/sql/tools/sqlcmd/sqlcmd-utility
    # https://linux.die.net/man/1/zip
    "upper password option": _command("sqlcmd|bcp|isql|osql|zip|unzip", r"-P[ \t]?"),
    # https://7-zip.opensource.jp/chm/cmdline/switches/set_password.htm
    # https://dev.mysql.com/doc/refman/8.4/en/command-line-options.html
    "joined password option": re.compile(
        r"\b(?:mysql\w{0,20}|mariadb\w{0,20}|7z[ar]?|rar|unrar)\b[^\n|;&]{0,200}?[ \t]"
        r"(?:(?P<quote>[\"'])-p|-p(?P<inner>[\"'])?)(?P<secret>(?(quote)"
        r"[^\n\"']{3,400}(?=(?P=quote)|$)|(?(inner)[^\n]{3,400}?(?=(?P=inner)|$)"
        rf"|[^\s\"'`,;]{{3,}}?{ENDS})))",
        re.M,
    ),
    # https://redis.io/docs/latest/develop/tools/cli/
    "Redis option": _command("redis-cli|valkey-cli", r"(?:-a|--pass)[ =]"),
    # https://linux.die.net/man/1/ldapsearch
    "LDAP option": _command(r"ldap\w{3,10}", r"-w[ \t]"),
    # https://www.samba.org/samba/docs/current/man-html/smbclient.1.html
    "SMB user": _command(
        r"smb\w{2,10}|rpcclient|mount\.cifs",
        rf"-U[ \t]?{_QUOTE}[^\s%\"']{{1,100}}%",
        REST,
    ),
    # https://linux.die.net/man/1/snmpcmd
    "SNMP option": _command(r"snmp\w{2,12}", r"-[AX][ \t]"),
    # https://docs.oracle.com/en/java/javase/21/docs/specs/man/keytool.html
    "keytool option": re.compile(
        r"[ \t]-(?:store|key|src|dest)\w{0,10}pass[ \t]+" + VALUE, re.M
    ),
    # https://learn.microsoft.com/windows-server/administration/windows-commands/net-use
    "net user": re.compile(
        r"\bnet[ \t]+(?:user[ \t]+[^\s/]{1,100}|use[ \t]+[^\n]{1,200}?\\\S{1,100})"
        r"[ \t]+"
        r"(?![/*])" + VALUE,
        re.M | re.I,
    ),
    # https://docs.openssl.org/3.0/man1/openssl-passphrase-options/
    "OpenSSL option": re.compile(
        r"\bopenssl\b[^\n|;&]{0,200}?[ \t](?:-(?:k|K|hmac)[ \t]+"
        r"|-pass(?:in|out)?[ \t]+(?P<quote>\\{0,8}[\"'])?pass:)" + REST,
        re.M,
    ),
    # https://httpd.apache.org/docs/2.4/programs/htpasswd.html
    "htpasswd": re.compile(
        r"\bhtpasswd\b[ \t]+-\w*b\w*[ \t]+\S{1,200}[ \t]+\S{1,100}[ \t]+" + VALUE, re.M
    ),
    # https://twine.readthedocs.io/en/stable/#twine-upload
    "user and password": re.compile(
        r"[ \t](?:-u|--user(?:name)?)[ =]\S{1,100}[ \t]+-p[ \t]?" + VALUE, re.M
    ),
    # https://docs.docker.com/reference/cli/docker/login/#password-stdin
    "piped": re.compile(
        r"\b(?:echo|printf)[ \t]+(?:-\w+[ \t]+|[\"']%s(?:\\\\?n)?[\"'][ \t]+)?"
        rf"{_QUOTE}(?:[^\s:\"']{{1,100}}:(?=[^\n]{{1,300}}?chpasswd))?"
        + REST
        + r"(?=\\{0,8}[\"']?[ \t]*\|[ \t]*[^\n|;]{0,200}?(?:--\w{0,10}-?(?:password"
        r"|passphrase|token)-(?:stdin|fd)"
        r"|sudo[ \t]+(?:-\w+[ \t]+)*-\w*S|chpasswd|passwd\b|secrets?[ \t]+(?:put|set)"
        r"|--with-token|cryptsetup))",
        re.M,
    ),
    # https://cli.github.com/manual/gh_secret_set
    "secret set": re.compile(
        r"\bsecrets?[ \t]+set[ \t]+[^\n|;&]{1,200}?[ \t](?:--body|-b|--value)[ =]"
        + VALUE,
        re.M,
    ),
    # https://git-scm.com/docs/git-config
    # https://docs.aws.amazon.com/cli/latest/reference/configure/set.html
    "configured": re.compile(
        rf"\bconfig(?:ure)?[ \t]+(?:[\w-]{{1,20}}[ \t]+){{0,4}}?{_ANY}?{_NAME}"
        rf"(?:{_ANY})?"
        r"[ \t]{1,4}(?![-\s=])" + VALUE,
        re.M,
    ),
    # https://redis.io/docs/latest/operate/oss_and_stack/management/config/
    "directive of Redis": re.compile(
        LINE + r"(?:requirepass|masterauth)[ \t]+" + VALUE, re.M
    ),
    "setenv": re.compile(
        rf"\b(?:setenv|setx)[ \t]+\w{{0,40}}?(?i:{WORD})[ \t]+(?![-\s=])" + VALUE, re.M
    ),
    "FreeRDP option": _command(r"(?:x|wl|sdl-?)?freerdp3?", r"/p:"),
    "lftp user": _command(
        "lftp", r"-u[ \t]?[^\s,]{1,100},", r"(?P<secret>[^\s\"'`;]{3,})"
    ),
}

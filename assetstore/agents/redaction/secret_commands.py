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
    # https://learn.microsoft.com/sysinternals/downloads/psexec
    "password option": _command(
        r"sshpass|docker login|podman login|helm registry login|mongo(?:sh|dump|export"
        r"|import|restore)?|beeline|impala-shell|az login|cqlsh|cypher-shell|psexec64"
        r"|(?i:psexec(?:\.exe)?)|evil-winrm|security[ \t]+unlock-keychain|rdesktop"
        r"|crackmapexec|netexec|nxc|useradd|usermod|signtool|certutil",
        r"[-/]p[ \t]?",
    ),
    # https://learn.microsoft.com/sql/tools/sqlcmd/sqlcmd-utility
    # https://linux.die.net/man/1/zip
    "upper password option": _command(
        "sqlcmd|bcp|isql|osql|zip|unzip|mosquitto_(?:pub|sub|rr)|ipmitool|zipcloak"
        "|ssh-keygen|gpg-preset-passphrase",
        r"-P[ \t]?",
    ),
    # https://7-zip.opensource.jp/chm/cmdline/switches/set_password.htm
    # https://dev.mysql.com/doc/refman/8.4/en/command-line-options.html
    "joined password option": re.compile(
        r"\b(?:mysql\w{0,20}|mariadb\w{0,20}|7z[ar]?|rar|unrar)\b[^\n|;&]{0,200}?[ \t]"
        r"(?:(?P<quote>[\"'])-h?p|-h?p(?P<inner>[\"'])?)(?P<secret>(?(quote)"
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
    "SNMP option": _command(r"snmp\w{2,12}", r"-A[ \t]"),
    "SNMP privacy option": _command(r"snmp\w{2,12}", r"-X[ \t]"),
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
    # https://man.openbsd.org/ssh-keygen.1#N
    "ssh-keygen option": _command("ssh-keygen", r"-N[ \t]?"),
    # https://man7.org/linux/man-pages/man8/slappasswd.8.html
    "new password option": _command("slappasswd|ldappasswd", r"-[sa][ \t]"),
    # https://web.mit.edu/kerberos/krb5-latest/doc/admin/admin_commands/kadmin_local.html
    "lower password option": _command(
        r"security[ \t]+add-\w{1,10}-password|kadmin(?:\.local)?", r"-w[ \t]"
    ),
    "kadmin option": re.compile(
        r"\b(?:addprinc|add_principal|cpw|change_password|ank)\b[^\n|;]{0,100}?"
        r"-pw[ \t]+" + VALUE,
        re.M,
    ),
    # https://dev.mysql.com/doc/refman/8.4/en/mysqladmin.html
    "mysqladmin": re.compile(
        r"\b(?:mysql|mariadb-?)admin\b[^\n|;]{0,200}?[ \t](?:old-?)?password[ \t]+"
        + VALUE,
        re.M,
    ),
    # https://networkmanager.dev/docs/api/latest/nmcli.html
    # https://manpages.debian.org/wpasupplicant/wpa_passphrase.8.en.html
    "wireless network": re.compile(
        r"\b(?:nmcli\b[^\n|;]{0,300}?[ \t](?:password|[\w.-]{0,40}\.(?:psk|wep-key\d"
        r"|password))|wpa_passphrase[ \t]+(?:\\{0,8}\"[^\"\n]{1,64}\"|'[^'\n]{1,64}'"
        r"|[^\s<|;]{1,64})|networksetup[ \t]+-setairportnetwork[ \t]+\S{1,20}[ \t]+"
        r"\S{1,64})[ \t]+(?![-<|;])" + VALUE,
        re.M,
    ),
    # https://min.io/docs/minio/linux/reference/minio-mc/mc-alias-set.html
    "MinIO alias": re.compile(
        r"\bmc(?:li)?[ \t]+(?:alias[ \t]+set|config[ \t]+host[ \t]+add)[ \t]+\S{1,100}"
        r"[ \t]+\S{1,300}[ \t]+\S{1,200}[ \t]+" + VALUE,
        re.M,
    ),
    # https://learn.microsoft.com/powershell/module/microsoft.powershell.core/about/about_environment_provider
    "item of PowerShell": re.compile(
        rf"(?i:\b(?:set|new)-(?:item|content)\b[^\n|;]{{0,40}}?\benv:[\\/]?\w{{0,40}}?"
        rf"{WORD}[\"']?[ \t]+(?:-value[ \t]+)?)" + VALUE,
        re.M,
    ),
    # https://www.zetetic.net/sqlcipher/sqlcipher-api/#PRAGMA_key
    "key of SQLCipher": re.compile(
        r"(?i:\bpragma[ \t]+(?:\w{1,40}\.)?(?:hex)?(?:re)?key)[ \t]*[=(][ \t]*"
        r"(?:\\{0,8}\"x)?" + VALUE,
        re.M,
    ),
    # https://httpd.apache.org/docs/2.4/programs/htpasswd.html (-n: to the output)
    "htpasswd to the output": re.compile(
        r"\bhtpasswd\b[ \t]+-\w*(?:nb|bn|n\w+b|b\w+n)\w*[ \t]+\S{1,100}[ \t]+" + VALUE,
        re.M,
    ),
    # https://docs.oracle.com/en/database/oracle/oracle-database/23/sqpug/
    "SQL*Plus user": re.compile(
        r"(?i:\b(?:sqlplus|rman[ \t]+target|expdp|impdp|sqlldr)\b)(?:[ \t]+-\w+)*"
        r"[ \t]+(?i:userid=)?[\"']?[A-Za-z][\w$#]{0,30}/(?P<secret>[^\s@\"']{3,60}(?=@)"
        r"|[^\s/@\"'.]{3,60}(?=[ \t\"']|$))",
        re.M,
    ),
    # https://www.ibm.com/docs/en/db2/12.1?topic=commands-connect
    "DB2 user": re.compile(
        r"(?i:\bconnect[ \t]+to[ \t]+\w{1,64}[ \t]+user[ \t]+\S{1,64}[ \t]+using)[ \t]+"
        + VALUE,
        re.M,
    ),
    # https://github.com/fortra/impacket: DOMAIN/user:password@host
    "user of Impacket": re.compile(
        r"\b(?:\w{2,20}\.py|impacket-\w{2,20})[ \t][^\n|;]{0,100}?[\w.-]{1,60}"
        r"(?:[/\\][\w.-]{1,60})?:(?P<secret>[^\s@\"']{3,100})@(?=[\w.]+)",
        re.M,
    ),
    # https://bitwarden.com/help/cli/, https://ngrok.com/docs/agent/cli/
    # https://developer.hashicorp.com/vault/docs/commands/login
    "logged in": re.compile(
        r"\b(?:bw[ \t]+(?:login[ \t]+\S{1,100}@\S{1,100}|unlock)|ngrok[ \t]+(?:config"
        r"[ \t]+add-)?authtoken|vault[ \t]+(?:login|unwrap|operator[ \t]+unseal)"
        r"|netlify[ \t]+login[ \t]+--auth|doctl[ \t]+auth[ \t]+init[ \t]+-t"
        r"|openssl[ \t]+passwd[ \t]+-\w+)[ \t]+(?![-<|$>])" + VALUE,
        re.M,
    ),
    # https://developer.hashicorp.com/consul/commands/kv/put, https://etcd.io/docs/
    "put into a store": re.compile(
        r"\b(?:consul[ \t]+kv|etcdctl|redis-cli\b[^\n|;]{0,100}?)[ \t]+(?:put|set|SET)"
        rf"[ \t]+[\"']?[\w./:-]{{0,100}}?(?i:{WORD})[\"']?[ \t]+(?![-<|])" + VALUE,
        re.M,
    ),
    # https://learn.microsoft.com/windows-server/administration/windows-commands/schtasks
    "option with a slash": re.compile(
        r"[ \t]/(?i:rp|pass|password|pw)[ :]" + VALUE, re.M
    ),
    "FreeRDP option": _command(r"(?:x|wl|sdl-?)?freerdp3?", r"/p:"),
    "lftp user": _command(
        "lftp", r"-u[ \t]?[^\s,]{1,100},", r"(?P<secret>[^\s\"'`;]{3,})"
    ),
}

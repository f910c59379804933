"""Secrets by the command that they stand in."""

import pytest

from assetstore.agents.redaction.secret_commands import COMMANDS
from assetstore.agents.redaction.secret_names import is_secret

KEY = "a1B2c3D4e5F6g7H8"

# A line for each rule, with % where the secret stands.
LINES = {
    "curl user": "curl -s -u me:% https://host",
    "curl user alone": "curl -u %: https://host",
    "curl bearer": "curl --oauth2-bearer % https://host",
    "curl cookie": "curl -b session=% https://host",
    "header as an option": "http -H 'X-Api-Key: %' host",
    "assignment in quotes": "docker run -e 'DB_PASSWORD=% and more' image",
    "HTTPie user": "http -a me:% host",
    "password option": "sshpass -p % ssh host",
    "upper password option": "sqlcmd -S host -P %",
    "joined password option": "mysql -u root -p% db",
    "Redis option": "redis-cli -a % ping",
    "LDAP option": "ldapsearch -x -w % dc=x",
    "SMB user": "smbclient //host/x -U me%%",
    "SNMP option": "snmpget -v3 -A % host",
    "SNMP privacy option": "snmpget -v3 -A other -X % host",
    "ssh-keygen option": "ssh-keygen -t rsa -N % -f id",
    "new password option": "slappasswd -s %",
    "lower password option": "kadmin -p me -w % listprincs",
    "kadmin option": "addprinc -pw % me",
    "mysqladmin": "mysqladmin -u root password %",
    "wireless network": "nmcli device wifi connect Office password %",
    "MinIO alias": "mc alias set local http://host me %",
    "item of PowerShell": "Set-Item env:API_TOKEN %",
    "key of SQLCipher": "PRAGMA key='%'",
    "htpasswd to the output": "htpasswd -nb me %",
    "SQL*Plus user": "sqlplus me/%@db",
    "DB2 user": "db2 connect to db user me using %",
    "user of Impacket": "psexec.py HOST/me:%@host",
    "logged in": "vault login %",
    "put into a store": "consul kv put app/token %",
    "option with a slash": "schtasks /create /ru me /rp %",
    "keytool option": "keytool -list -storepass %",
    "net user": "net user joe % /add",
    "OpenSSL option": "openssl rsa -in k -passin pass:%",
    "htpasswd": "htpasswd -b file me %",
    "user and password": "twine upload -u me -p % dist/x",
    "secret set": "gh secret set NAME --body %",
    "configured": "aws configure set aws_secret_access_key %",
    "directive of Redis": "requirepass %",
    "setenv": "setx API_TOKEN %",
    "FreeRDP option": "xfreerdp /u:me /p:% /v:host",
    "lftp user": "lftp -u me,% host",
}


def secrets(name: str, text: str) -> list[str]:
    return [m["secret"] for m in COMMANDS[name].finditer(text) if is_secret(m)]


def test_each_rule_is_tried() -> None:
    assert LINES.keys() == COMMANDS.keys()


@pytest.mark.parametrize("name", LINES)
def test_the_secret_of_a_command_is_told_alone(name: str) -> None:
    before, _, after = LINES[name].rpartition("%")
    line = before + KEY + after
    (found,) = secrets(name, f"$ {line}\n" if "Redis" not in name else line)
    assert found.removesuffix(" and more") == KEY


@pytest.mark.parametrize("name", LINES)
def test_a_reference_to_one_is_none(name: str) -> None:
    before, _, after = LINES[name].rpartition("%")
    assert secrets(name, f"{before}$SECRET{after}".replace(" and more", "")) == []


@pytest.mark.parametrize(
    "line",
    [
        "mkdir -p src/parser && cd src",
        "curl -u $USER:$PASSWORD https://host",
        "docker run -p 8080:80 image",
        "git config user.name me",
        "net use",
        "echo done | tee log",
        "openssl version -a",
        "",
    ],
)
def test_other_commands_stay(line: str) -> None:
    assert [name for name in COMMANDS if secrets(name, line)] == []

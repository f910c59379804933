"""Text that holds no picture, and looks as much as it can as if it did.

Random bytes in the forms that encrypted files, keys, certificates, lock files and
source maps have: what is taken for a picture in it is taken wrongly.
"""

import base64
import json
import random
import textwrap
from collections.abc import Callable, Iterator

_VLQ = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/"


def lines(noise: random.Random, size: int, width: int) -> str:
    """Lines of base64 text."""
    text = base64.b64encode(noise.randbytes(size)).decode()
    return "\n".join(text[i : i + width] for i in range(0, len(text), width)) + "\n"


def word(noise: random.Random, size: int) -> str:
    """One word of base64 text."""
    return base64.b64encode(noise.randbytes(size)).decode()


def armour(noise: random.Random, size: int) -> str:
    """A message of PGP, in ASCII armour."""
    body = lines(noise, size, 64)
    return f"-----BEGIN PGP MESSAGE-----\n\n{body}={word(noise, 3)}\n-----END PGP MESSAGE-----\n"


def age(noise: random.Random, size: int) -> str:
    """A file of age, armoured."""
    body = lines(noise, size, 64)
    return (
        f"-----BEGIN AGE ENCRYPTED FILE-----\n{body}-----END AGE ENCRYPTED FILE-----\n"
    )


def vault(noise: random.Random, size: int) -> str:
    """A variable that ansible-vault encrypted."""
    rows = textwrap.wrap(noise.randbytes(size).hex(), 80)
    return "key: !vault |\n  $ANSIBLE_VAULT;1.1;AES256\n" + "".join(
        f"  {row}\n" for row in rows
    )


def sops(noise: random.Random, size: int) -> str:
    """YAML of sops: each value is encrypted."""
    return "".join(
        f"key{i}: ENC[AES256_GCM,data:{word(noise, noise.randrange(6, 400))},"
        f"iv:{word(noise, 32)},tag:{word(noise, 16)},type:str]\n"
        for i in range(max(1, size // 250))
    )


def git_crypt(noise: random.Random, size: int) -> str:
    """A file of git-crypt, as an API gives it: base64 text in JSON."""
    data = base64.encodebytes(b"\0GITCRYPT\0" + noise.randbytes(size)).decode()
    return json.dumps({"encoding": "base64", "content": data})


def certificates(noise: random.Random, size: int) -> str:
    """Certificates and keys in PEM."""
    return "".join(
        f"-----BEGIN {name}-----\n{lines(noise, 1200, 64)}-----END {name}-----\n"
        for name in ("CERTIFICATE", "PRIVATE KEY") * (1 + size // 2500)
    )


def lock_file(noise: random.Random, size: int) -> str:
    """A lock file of npm."""
    packages = {
        f"node_modules/p{i}": {
            "version": "1.0.0",
            "integrity": "sha512-" + word(noise, 64),
        }
        for i in range(1 + size // 150)
    }
    return json.dumps({"lockfileVersion": 3, "packages": packages}, indent=2)


def source_map(noise: random.Random, size: int) -> str:
    """A source map: short words, many of them zeros."""
    weights = [30, 8, 8, 6, 6, *[1] * 59]
    fields = ("".join(noise.choices(_VLQ, weights, k=4)) for _ in range(1 + size // 5))
    return json.dumps({"version": 3, "sources": ["a.ts"], "mappings": ",".join(fields)})


def secret(noise: random.Random, size: int) -> str:
    """A secret of Kubernetes: zeros and numbers, as in what programs write."""
    parts = [noise.randbytes(noise.randrange(1, 30)) + bytes(noise.randrange(24))]
    while sum(map(len, parts)) < size:
        parts.append(
            noise.randbytes(noise.randrange(1, 30)) + bytes(noise.randrange(24))
        )
    data = base64.b64encode(b"".join(parts)).decode()
    return f"apiVersion: v1\nkind: Secret\ndata:\n  a: {data}\n  b: {word(noise, 40)}\n"


def token(noise: random.Random, size: int) -> str:
    """Log lines with tokens, and records with encrypted content."""
    rows = []
    for i in range(1 + size // 900):
        data = base64.urlsafe_b64encode(noise.randbytes(600)).decode().rstrip("=")
        rows.append(json.dumps({"n": i, "encrypted_content": "gAAAAAB" + data}))
    return "\n".join(rows) + "\n"


FORMS: tuple[Callable[[random.Random, int], str], ...] = (
    armour, age, vault, sops, git_crypt, certificates, lock_file, source_map, secret,
    token,
)  # fmt: skip


def documents(size: int, seed: int = 1) -> Iterator[tuple[str, bytes]]:
    """Documents of all forms in turn, until they have so many bytes in all."""
    noise, done, number = random.Random(seed), 0, 0
    while done < size:
        form = FORMS[number % len(FORMS)]
        data = form(noise, noise.choice((2_000, 40_000, 400_000))).encode()
        yield f"{form.__name__}{number}", data
        done += len(data)
        number += 1

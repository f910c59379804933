"""What people write themselves: one regular expression over the whole file."""

import base64
import hashlib
import os
import re
import sys
from pathlib import Path

source, target, folder = sys.argv[1:]
os.makedirs(folder, exist_ok=True)


def slim(match: re.Match[bytes]) -> bytes:
    data = base64.b64decode(match[1])
    name = hashlib.sha256(data).hexdigest()
    path = Path(folder, name)
    if not path.exists():
        path.write_bytes(data)
    return b"archived:" + name.encode()


text = Path(source).read_bytes()
pattern = rb"data:image/[a-z+]+;base64,([A-Za-z0-9+/]+=*)"
Path(target).write_bytes(re.sub(pattern, slim, text))

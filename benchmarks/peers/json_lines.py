"""What people write themselves: parse each line, a file for each picture."""

import base64
import hashlib
import json
import os
import sys
from pathlib import Path
from typing import Any

source, target, folder = sys.argv[1:]
os.makedirs(folder, exist_ok=True)


def slim(value: Any) -> Any:
    if isinstance(value, dict):
        return {key: slim(inner) for key, inner in value.items()}
    if isinstance(value, list):
        return [slim(inner) for inner in value]
    if isinstance(value, str) and value.startswith("data:image/"):
        data = base64.b64decode(value.partition(",")[2])
        name = hashlib.sha256(data).hexdigest()
        path = Path(folder, name)
        if not path.exists():
            path.write_bytes(data)
        return "archived:" + name
    return value


with (
    open(source, encoding="utf-8") as lines,
    open(target, "w", encoding="utf-8") as out,
):
    for text in lines:
        json.dump(
            slim(json.loads(text)), out, ensure_ascii=False, separators=(",", ":")
        )
        out.write("\n")

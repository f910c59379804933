"""Configuration files, to be read."""

from pathlib import Path

GOOD = """\
# Mine.
store = "pictures"

[archive]
min_size = "4k"   # binary
exclude = [
  "build/**",
  # and
  "*.log",
]
profile = "generic"

[gc]
every = "2w"
missing_for = "90d"
keep_last = 3

[limits]
run_time = "1h30m"
nice = 19
io = "low"
keep_free = "2GiB"

[report]
ping = "https://example.org/ping/1"

[jobs.codex]
min_age = "7d"

[jobs.notes]
paths = ["~/notes", "/data/**/*.md"]
keep_pictures = 2
older_than = 0
enabled = true
"""


def write(folder: Path, text: str, name: str = "config.toml") -> Path:
    """Write a configuration into a folder."""
    path = folder / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, "utf-8")
    return path

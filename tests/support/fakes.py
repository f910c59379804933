"""Stand-ins for the programs of schedulers, to be found in a folder of a PATH."""

from pathlib import Path

# A crontab in a file, with the errors of the real one.
_CRONTAB = """\
#!/bin/sh
file='{folder}/crontab.txt'
case "$1" in
  -l) [ -f "$file" ] && exec cat "$file"; echo "no crontab for me" >&2; exit 1 ;;
  -r) exec rm "$file" ;;
  -) exec cat >"$file" ;;
esac
exit 2
"""
_ABSENT = """\
#!/bin/sh
echo 'Failed to connect to bus: No medium found' >&2
exit 1
"""


def put(folder: Path, name: str, text: str) -> Path:
    """Make a program of a text."""
    path = folder / name
    path.write_text(text.replace("{folder}", str(folder)), "utf-8")
    path.chmod(0o755)
    return path


def only_cron(folder: Path) -> Path:
    """A folder with a crontab program, and a systemctl that nobody answers.

    Returns:
        The file that is the crontab.
    """
    folder.mkdir()
    put(folder, "crontab", _CRONTAB)
    put(folder, "systemctl", _ABSENT)
    put(folder, "loginctl", _ABSENT)
    return folder / "crontab.txt"

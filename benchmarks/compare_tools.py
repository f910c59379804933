"""The programs that `benchmarks.compare` runs."""

from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).parents[1]


@dataclass(frozen=True, slots=True)
class Tool:
    """A program, and what is tried with it.

    Attributes:
        name: What it is called.
        typo: A command that is mistyped, and the right one.
        work: The words of its main command.
        shell: What prints the completion of SHELL; (): nothing does.
        before: What makes the place that `stop` works in.
        stop: A command that waits for standard input, to be stopped.
        words: How it is called; (): by its name.
        package: What pip installs; "": it is in PATH.
    """

    name: str
    typo: tuple[str, str]
    work: str
    shell: tuple[str, ...] = ()
    before: tuple[str, ...] = ()
    stop: tuple[str, ...] = ()
    words: tuple[str, ...] = ()
    package: str = ""

    @property
    def call(self) -> tuple[str, ...]:
        """The words that begin each of its commands."""
        return self.words or (self.name,)


TOOLS = (
    Tool(
        "assetstore", ("archve", "archive"), "archive", ("completion", "SHELL"),
        stop=("archive", "-"), package=str(ROOT),
    ),
    Tool(
        "restic", ("snapshot", "snapshots"), "backup",
        ("generate", "--SHELL-completion", "/dev/stdout"),
        ("restic", "init", "-r", "repo"), ("backup", "-r", "repo", "--stdin"),
    ),
    Tool(
        "borg", ("lst", "list"), "create",
        before=("borg", "init", "-e", "none", "repo"), stop=("create", "repo::x", "-"),
    ),
    Tool(
        "git", ("comit", "commit"), "commit",
        before=("git", "init", "-q", "repo"), stop=("-C", "repo", "hash-object", "-w", "--stdin"),
    ),
    Tool(
        "git-lfs", ("trakc", "track"), "track", ("completion", "SHELL"), words=("git", "lfs"),
        before=("git", "init", "-q"), stop=("clean",),
    ),
    Tool(
        "rclone", ("copi", "copy"), "copy", ("genautocomplete", "SHELL", "-"),
        stop=("rcat", "there/file"),
    ),
    Tool(
        "ruff", ("chek", "check"), "check", ("generate-shell-completion", "SHELL"),
        stop=("check", "-"), package="ruff",
    ),
    Tool(
        "uv", ("lokc", "lock"), "sync", ("generate-shell-completion", "SHELL"),
        stop=("pip", "compile", "-"), package="uv",
    ),
    Tool(
        "sqlite-utils", ("inser", "insert"), "insert", stop=("insert", "a.db", "t", "-"),
        package="sqlite-utils",
    ),
)  # fmt: skip

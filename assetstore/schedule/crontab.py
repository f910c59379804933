"""The text of a crontab: a marked block, and everybody else's lines.

All of it is bytes: a crontab has no encoding. Nothing here runs a program.
"""

import os
import re
import shlex
from collections.abc import Sequence
from dataclasses import dataclass

from assetstore.errors import ScheduleError
from assetstore.schedule.base import MADE_BY
from assetstore.schedule.plan import SchedulePlan, Timing

_BEGIN = b"# BEGIN ASSETSTORE SCHEDULE"
_END = b"# END ASSETSTORE SCHEDULE"
# On the block's first line: the user's last line had no newline.
_JOINED = b" (no newline before)"
# Vixie's cron refuses commands of 1,000 characters and more.
_LONGEST = 990
_FIELDS = 5
_VARIABLE = re.compile(r"[A-Z_]+=.*", re.ASCII | re.DOTALL)


@dataclass(frozen=True, slots=True, kw_only=True)
class CrontabParts:
    """A crontab, taken apart: ``before + block + after`` is all of it.

    Attributes:
        before: What stands before the block.
        block: The block with its markers, or b"" where there is none.
        after: What stands behind it.
        joined: The last line before the block had no newline of its own.
    """

    before: bytes
    block: bytes
    after: bytes
    joined: bool = False

    @property
    def without(self) -> bytes:
        """The crontab without the block: as it was before there was one."""
        before = self.before[:-1] if self.joined and not self.after else self.before
        return before + self.after

    def with_block(self, lines: bytes) -> bytes:
        """The crontab with these lines in the block, at the place where it is."""
        before, joined = self.before, self.joined
        if not self.block and before and not before.endswith(b"\n"):
            before, joined = before + b"\n", True
        begin = _BEGIN + (_JOINED if joined else b"")
        return before + begin + b"\n" + lines + _END + b"\n" + self.after


def take_apart(text: bytes) -> CrontabParts:
    """Find the block.

    Raises:
        ScheduleError: There are markers that make no block.
    """
    begins: list[tuple[int, int, bool]] = []
    ends: list[tuple[int, int]] = []
    at = 0
    for line in text.split(b"\n"):
        end = min(at + len(line) + 1, len(text))
        bare = line.strip()
        if bare in (_BEGIN, _BEGIN + _JOINED):
            begins.append((at, end, bare != _BEGIN))
        elif bare == _END:
            ends.append((at, end))
        at = end
    if not begins and not ends:
        return CrontabParts(before=text, block=b"", after=b"")
    if len(begins) != 1 or len(ends) != 1 or ends[0] < begins[0][:2]:
        raise ScheduleError(
            f"the crontab has {len(begins)} lines '{_BEGIN.decode()}' and "
            f"{len(ends)} lines '{_END.decode()}' instead of a pair",
            hint="Run 'crontab -e', remove these lines and what belongs to them, and "
            "run the command again.",
        )
    (start, _, joined), (_, end) = begins[0], ends[0]
    return CrontabParts(
        before=text[:start],
        block=text[start:end],
        after=text[end:],
        joined=joined and text[:start].endswith(b"\n"),
    )


def lines_of(plan: SchedulePlan, prefix: Sequence[str]) -> bytes:
    """The lines of the block.

    Args:
        plan: What to run, and when.
        prefix: Words before the command, such as ``nice -n 19``.

    Raises:
        ScheduleError: The command cannot be written as a line.
    """
    words = [*prefix, *plan.command]
    if plan.environment:
        pairs = [f"{name}={value}" for name, value in plan.environment.items()]
        words = ["env", *pairs, *words]
    for word in words:
        if "\n" in word or "\\" in word or "\r" in word:
            # Crons differ in what they make of a backslash before the shell sees it.
            raise ScheduleError(
                f"cron cannot be given {word!r}: it has a backslash or a line's end",
                hint="Use another path.",
            )
    line = os.fsencode(shlex.join(words)).replace(b"%", b"\\%")
    if len(line) > _LONGEST:
        raise ScheduleError(
            f"the command has {len(line):,} bytes, and cron takes {_LONGEST:,}",
            hint="Name jobs and paths in the configuration file instead.",
        )
    head = f"# {MADE_BY}\n# {plan.timing.spelled()}\n{plan.timing.cron()} "
    return head.encode() + line + b"\n"


@dataclass(frozen=True, slots=True, kw_only=True)
class CronEntry:
    """What a block says.

    Attributes:
        schedule: The five fields.
        command: The command, without what was put before it.
        timing: When it runs, as it was asked for.
    """

    schedule: str
    command: tuple[str, ...]
    timing: Timing | None


def read_block(block: bytes) -> CronEntry:
    """Read a block.

    Raises:
        ScheduleError: It has no line that cron runs, or several, or one that is not
            to be read.
    """
    lines = [
        line
        for line in os.fsdecode(block).split("\n")
        if line.strip() and not line.lstrip().startswith("#")
    ]
    try:
        (line,) = lines
        parts = line.split(None, _FIELDS)
        fields, (rest,) = parts[:_FIELDS], parts[_FIELDS:]
        words = shlex.split(rest.replace("\\%", "%"))
    except ValueError as e:
        raise ScheduleError(
            "the block in the crontab was edited and cannot be read",
            hint="'assetstore schedule install' writes it anew, "
            "'assetstore schedule remove' takes it out.",
        ) from e
    return CronEntry(
        schedule=" ".join(fields),
        command=tuple(_without_prefix(words)),
        timing=Timing.parse(os.fsdecode(block)),
    )


def _without_prefix(words: list[str]) -> list[str]:
    """Take off ``env NAME=VALUE...``, ``nice -n 19`` and ``ionice -c 3 -t``."""
    index = 0
    while index < len(words):
        name = words[index].rpartition("/")[2]
        if name not in ("env", "nice", "ionice"):
            break
        index += 1
        while index < len(words) and (
            words[index].startswith("-")
            or words[index].isdigit()
            or (name == "env" and _VARIABLE.fullmatch(words[index]))
        ):
            index += 1
    return words[index:]

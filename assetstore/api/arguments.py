"""What a caller from Python gives: put together, and refused in words if it is wrong.

The command line's parser has refused all this before it calls the same functions.
"""

from collections.abc import Iterable
from typing import Literal

from assetstore.archiver.options import ArchiveOptions
from assetstore.formats import registry
from assetstore.restore.options import RestoreOptions

Media = Literal["image", "any"]


def archive_options(
    *,
    profile: str,
    media: Media,
    min_size: int,
    min_age: float | None = None,
    include: Iterable[str] = (),
    exclude: Iterable[str] = (),
    ignore: bool = True,
    binary: bool = False,
    dry_run: bool = False,
    jobs: int = 1,
) -> ArchiveOptions:
    """Make `ArchiveOptions` of arguments.

    Raises:
        UsageError: There is no such profile.
        ValueError: Another one of them is none of the values that it can have.
        TypeError: Globs are no list.
    """
    if profile != "auto":
        registry.named(profile)
    if media not in ("image", "any"):
        raise ValueError(f'media must be "image" or "any", not {media!r}')
    if min_size < 0:
        raise ValueError(f"min_size must be 0 or more bytes, not {min_size}")
    return ArchiveOptions(
        profile=profile,
        media=media,
        min_size=min_size,
        min_age=min_age,
        include=_globs("include", include),
        exclude=_globs("exclude", exclude),
        ignore=ignore,
        binary=binary,
        dry_run=dry_run,
        jobs=_jobs(jobs),
    )


def restore_options(
    *,
    allow_missing: bool = False,
    as_archived: bool = False,
    quoted: bool = False,
    include: Iterable[str] = (),
    exclude: Iterable[str] = (),
    dry_run: bool = False,
    jobs: int = 1,
) -> RestoreOptions:
    """Make `RestoreOptions` of arguments.

    Raises:
        ValueError: They do not go together, or there can be none of a number.
        TypeError: Globs are no list.
    """
    if quoted and as_archived:
        raise ValueError(
            "quoted puts back what as_archived leaves: give one of them, or none"
        )
    return RestoreOptions(
        allow_missing=allow_missing,
        as_archived=as_archived,
        quoted=quoted,
        include=_globs("include", include),
        exclude=_globs("exclude", exclude),
        dry_run=dry_run,
        jobs=_jobs(jobs),
    )


def given_bytes(data: object) -> bytes:
    """The bytes of a document.

    Raises:
        TypeError: It is something else: text, most likely.
    """
    if isinstance(data, str):
        raise TypeError("data must be bytes, not text: give data.encode()")
    if not isinstance(data, bytes | bytearray | memoryview):
        raise TypeError(f"data must be bytes, not {type(data).__name__}")
    return bytes(data)


def _globs(name: str, globs: Iterable[str]) -> tuple[str, ...]:
    if isinstance(globs, str | bytes):  # its letters would be taken for globs
        raise TypeError(f"{name} must be several, not {globs!r}: write [{globs!r}]")
    return tuple(globs)


def _jobs(jobs: int) -> int:
    if jobs < 1:
        raise ValueError(f"jobs must be 1 or more processes, not {jobs}")
    return jobs

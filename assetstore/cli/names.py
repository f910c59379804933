"""Types of values that a shell completes: files, threads, jobs, documents, hashes.

What there is to choose from is looked up when a shell asks, by
`assetstore.cli.completing`.
"""

from typing import TYPE_CHECKING

import click

if TYPE_CHECKING:
    from click.shell_completion import CompletionItem

    _Str = click.ParamType[str]
else:  # not generic in every version
    _Str = click.ParamType


class CompletedWord(_Str):
    """A word that is taken as it stands.

    Args:
        kinds: What it may name, as in `assetstore.cli.completing.SOURCES`.
    """

    def __init__(self, *kinds: str):
        self.kinds = kinds
        self.name = kinds[0]

    def shell_complete(
        self, ctx: click.Context, param: click.Parameter, incomplete: str
    ) -> "list[CompletionItem]":
        """List what begins so."""
        from assetstore.cli.completing import choices

        return choices(ctx, incomplete, self.kinds)


class KnownPath(click.Path):
    """The path of a document, which need not be there any more."""

    def shell_complete(
        self, ctx: click.Context, param: click.Parameter, incomplete: str
    ) -> "list[CompletionItem]":
        """The store's documents that begin so, and files."""
        from assetstore.cli.completing import choices

        return choices(ctx, incomplete, ("document", "file"))


FILE = CompletedWord("file")
THREAD = CompletedWord("thread", "file")
KEPT_THREAD = CompletedWord("kept", "file")
JOB = CompletedWord("job")
BLOB = CompletedWord("blob")
BLOB_OR_FILE = CompletedWord("blob", "document", "file")
WRITER = CompletedWord("writer")
PAGE = CompletedWord("page")

"""``assetstore writers``."""

from typing import TYPE_CHECKING

import click

from assetstore.cli.asking import ask, yes_option
from assetstore.cli.command import define_group, pass_run
from assetstore.cli.invocation import Outcome, Run
from assetstore.cli.names import WRITER

if TYPE_CHECKING:
    from assetstore.documents.writers import WriterInfo

GROUP_EXAMPLES = """\
Examples:
  assetstore writers list
  assetstore writers adopt c3a81f
"""

LIST_EXAMPLES = """\
Examples:
  assetstore writers list
  assetstore writers list --json | jq -r '.result.writers[] | select(.own | not).id'
"""

ADOPT_EXAMPLES = """\
Examples:
  assetstore writers adopt c3a81f          asks before it begins
  assetstore writers adopt c3a81f --yes
"""

RELEASE_EXAMPLES = """\
Examples:
  assetstore writers release c3a81f        then gc removes what only it needed
  assetstore writers release c3a81f --yes --force
"""


@define_group(examples=GROUP_EXAMPLES)
def writers() -> None:
    """Show who wrote to the store, and deal with who does no more.

    A writer is one user on one machine. Only it gives up what it claims, when it
    restores or forgets a document. After a state folder was lost, or for a machine that
    is gone, take its claims over (adopt) or give them up (release).
    """


@writers.define(examples=LIST_EXAMPLES, name="list")
@pass_run
def list_(run: Run, /) -> Outcome:
    """List the writers: how many documents they claim, and which are here."""
    from assetstore.cli.views.writers import writers_outcome
    from assetstore.documents.writers import list_writers

    with run.store() as store:
        return writers_outcome(list_writers(store))


@writers.define(examples=ADOPT_EXAMPLES)
@click.argument("writer", type=WRITER)
@yes_option
@pass_run
def adopt(run: Run, /, writer: str, yes: bool) -> Outcome:
    """Take over what WRITER claims, as if this user here had archived it.

    WRITER is the beginning of an id that 'writers list' shows. It must be no more: if
    its machine still has documents, nothing would keep their images but this one.
    """
    from assetstore.cli.views.writers import taken_outcome
    from assetstore.documents import writers as documents

    with run.store() as store:
        found = documents.find_writer(store, writer)
        if not yes:
            _ask(run, found, "Take its claims over?")
        return taken_outcome(found, documents.adopt(store, found.id), adopted=True)


@writers.define(examples=RELEASE_EXAMPLES)
@click.argument("writer", type=WRITER)
@yes_option
@click.option(
    "--force",
    is_flag=True,
    help="Do so even if documents here hold its placeholders: they can no longer be "
    "restored once gc has removed their media.",
)
@pass_run
def release(run: Run, /, writer: str, yes: bool, force: bool) -> Outcome:
    """Give up all that WRITER claims.

    The next 'gc' removes what nobody else needs, after its grace period. If its machine
    still has the documents, they cannot be restored then.
    """
    from assetstore.cli.views.writers import taken_outcome
    from assetstore.documents import writers as documents

    with run.store() as store:
        found = documents.find_writer(store, writer)
        if not yes:
            _ask(run, found, "Give its claims up?")
        done = documents.release(store, found.id, force=force)
        return taken_outcome(found, done, adopted=False)


def _ask(run: Run, writer: "WriterInfo", question: str) -> None:
    """Show who it is, and ask.

    Raises:
        UsageError: There is nobody to be asked.
        AssetstoreError: The answer is no.
    """
    from assetstore.cli.views.writers import described

    ask(
        run,
        lambda: click.echo(described(writer), err=True),
        question,
        why="nobody can tell here whether this writer is still at work",
        look="See who it is with 'assetstore writers list'",
        otherwise="nothing was changed",
    )

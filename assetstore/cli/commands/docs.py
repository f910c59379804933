"""``assetstore docs``."""

import click

from assetstore.cli.command import define, pass_run
from assetstore.cli.invocation import Outcome, Run
from assetstore.cli.names import PAGE

EXAMPLES = """\
Examples:
  assetstore docs                      list the pages
  assetstore docs recovery             show one; in a terminal, a page at a time
  assetstore docs docs/stuck.md        the same, as hints name them
  assetstore docs --path               where they are
"""


@define(examples=EXAMPLES)
@click.argument("page", required=False, type=PAGE, metavar="[PAGE]")
@click.option("--path", "only_path", is_flag=True, help="Say only where it is.")
@pass_run
def docs(run: Run, /, page: str | None, only_path: bool) -> Outcome:
    """Show the documentation of this version.

    The pages came with the program, and need no network. The pager is $PAGER's.
    """
    from assetstore.cli.pages import docs_folder, find_page, find_pages
    from assetstore.cli.views.docs import page_outcome, pages_outcome

    if page is not None:
        return page_outcome(find_page(page), only_path=only_path)
    return pages_outcome(docs_folder(), find_pages(), only_path=only_path)

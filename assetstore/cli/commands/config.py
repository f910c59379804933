"""``assetstore config``."""

from pathlib import Path

import click

from assetstore.cli.command import define_group, pass_run
from assetstore.cli.invocation import Outcome, Run

GROUP_EXAMPLES = """\
Examples:
  assetstore config show
  assetstore config check
"""

SHOW_EXAMPLES = """\
Examples:
  assetstore config show             what is set, and where
  assetstore config show --all       the defaults, too
  assetstore config show --json | jq '.result.jobs'
"""

CHECK_EXAMPLES = """\
Examples:
  assetstore config check
  assetstore config check new.toml && mv new.toml ~/.config/assetstore/config.toml
"""

SCHEMA_EXAMPLES = """\
Examples:
  assetstore config schema >~/.config/assetstore/schema.json

With '#:schema ./schema.json' in a file's first line, editors complete and check it.
"""


@define_group(examples=GROUP_EXAMPLES)
def config() -> None:
    """Show and check the configuration.

    A flag comes before a variable of the environment, that before a project's
    .assetstore.toml, that before the user's file, and that before the machine's
    /etc/assetstore.toml. docs/config.md has every setting.
    """


@config.define(examples=SHOW_EXAMPLES)
@click.option("--all", "everything", is_flag=True, help="Show the defaults, too.")
@pass_run
def show(run: Run, /, everything: bool) -> Outcome:
    """Print each setting with where it comes from."""
    from assetstore.cli.views.config import show_outcome

    return show_outcome(
        run.config(jobs=True),
        user=run.config_file[0],
        system=run.system_config_file,
        store=run.store_path,
        flag=bool(run.given.get("store")),
        everything=everything,
    )


@config.define(examples=CHECK_EXAMPLES)
@click.argument("file", required=False, type=click.Path(path_type=Path))
@pass_run
def check(run: Run, /, file: Path | None) -> Outcome:
    """Name every mistake in FILE, or in the files that are in use, with its line.

    Exits with 14 if there is one.
    """
    from assetstore.cli.views.config import check_outcome
    from assetstore.config.load import read_all
    from assetstore.config.read import read_file

    if file is not None:
        return check_outcome([read_file(file)], [])
    user, named = run.config_file
    files, ignored = read_all(
        user=user,
        must_exist=named and user is not None,
        folder=Path.cwd(),
        system=run.system_config_file,
    )
    return check_outcome(files, ignored)


@config.define(examples=SCHEMA_EXAMPLES)
@pass_run
def schema(run: Run, /) -> Outcome:
    """Print the JSON Schema of the configuration, for editors."""
    from assetstore.cli.views.config import schema_outcome
    from assetstore.config.keys import schema as made

    return schema_outcome(made())

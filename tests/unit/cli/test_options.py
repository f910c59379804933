"""Options that several commands have are alike in all of them."""

from collections import defaultdict

import click
import pytest

from assetstore.cli import COMMANDS, app


def commands() -> dict[str, click.Command]:
    context = click.Context(app)
    found: dict[str, click.Command] = {}
    for name in COMMANDS:
        command = app.get_command(context, name)
        assert command is not None
        found[name] = command
        if isinstance(command, click.Group):
            found |= {f"{name} {n}": c for n, c in command.commands.items()}
    return found


# A picture by its hash in `rescue`, by its number in `show`; a file that may be "-"; a
# folder, or for `optimize` what blobs become.
DIFFER = {"--image", "--output", "--to"}


def test_an_option_of_one_name_is_of_one_kind() -> None:
    kinds: dict[str, set[tuple[object, ...]]] = defaultdict(set)
    for command in commands().values():
        for option in command.params:
            if isinstance(option, click.Option) and not option.hidden:
                kind = (option.is_flag, option.multiple, option.metavar)
                kinds[option.opts[-1]].add((*kind, type(option.type).__name__))
    found = {name: kind for name, kind in kinds.items() if len(kind) > 1}
    assert found.keys() == DIFFER, found


@pytest.mark.parametrize("name", ["archive", "restore"])
def test_what_works_through_files_has_the_same_options(name: str) -> None:
    options = {o for param in commands()[name].params for o in param.opts}
    assert {"-n", "--dry-run", "--include", "--exclude", "-j", "--jobs"} <= options

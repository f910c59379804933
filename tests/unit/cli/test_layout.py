"""How help looks."""

import click

from assetstore.cli import COMMANDS, GROUPS, app, grouped
from assetstore.cli.layout import CommandHelp, CommonOption


def help_of(command: click.Command) -> str:
    return command.get_help(click.Context(command, info_name="feed"))


def test_own_options_come_first_and_examples_stay_as_they_are() -> None:
    command = CommandHelp(
        "feed",
        params=[
            CommonOption(["--json"], is_flag=True, help="For programs."),
            click.Option(["--much"], is_flag=True, help="A lot."),
            click.Argument(["dog"]),
        ],
        epilog="Examples:\n  feed rex     with   spaces\n",
    )
    text = help_of(command)
    places = [
        text.index(w) for w in ("Options:", "--much", "Common options:", "--json")
    ]
    assert places == sorted(places)
    assert text.count("--help") == 1
    assert text.endswith("\n\nExamples:\n  feed rex     with   spaces")


def test_a_section_without_options_is_left_out() -> None:
    command = CommandHelp("feed", add_help_option=False)
    assert "ptions:" not in help_of(command)


def test_a_group_has_its_commands_before_the_options() -> None:
    class Group(CommandHelp, click.Group):
        pass

    group = Group("kennel", commands=[click.Command("walk", help="Take out.")])
    text = help_of(group)
    assert text.index("walk") < text.index("Options:")


def test_each_command_is_in_one_group_of_the_help() -> None:
    help = app.get_help(click.Context(app, info_name="assetstore"))
    assert set().union(*GROUPS.values()) <= set(COMMANDS)
    for title, names in grouped().items():
        assert f"\n{title}:\n" in help
        for name in names:
            assert help.count(f"\n  {name} ") == 1
    names = [name for names in grouped().values() for name in names]
    assert sorted(names) == sorted(COMMANDS)

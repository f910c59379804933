"""How ``--help`` looks: own options first, common ones last, examples verbatim."""

import click


class CommonOption(click.Option):
    """An option that every command has."""


class SuggestingGroup(click.Group):
    """A group that says which command may be meant by one that there is not."""

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        """Find the command that is named."""
        name = args[0]
        known = name.startswith("-") or self.get_command(ctx, name) is not None
        if known or ctx.resilient_parsing:
            return super().resolve_command(ctx, args)
        from assetstore.cli.suggesting import unknown_command

        raise click.UsageError(unknown_command(name, self.list_commands(ctx)), ctx)


class CommandHelp(click.Command):
    """Writes a command's help in this program's layout."""

    def format_options(
        self, ctx: click.Context, formatter: click.HelpFormatter
    ) -> None:
        """Write the command's own options, then the common ones."""
        own: list[tuple[str, str]] = []
        common: list[tuple[str, str]] = []
        for param in self.get_params(ctx):
            record = param.get_help_record(ctx)
            if isinstance(param, click.Option) and record is not None:
                (common if isinstance(param, CommonOption) else own).append(record)
        if isinstance(self, click.Group):
            self.format_commands(ctx, formatter)
        for title, records in (("Options", own), ("Common options", common)):
            if records:
                with formatter.section(title):
                    formatter.write_dl(records)

    def format_epilog(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """Write the examples as they stand in the source."""
        if self.epilog:
            formatter.write_paragraph()
            formatter.write(self.epilog.rstrip("\n") + "\n")

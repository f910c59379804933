"""Where agents have their homes on this machine, and in them the folders of logs."""

from collections.abc import Mapping
from pathlib import Path

from assetstore.files.replace import absolute
from assetstore.formats.registry import home_shapes

# The homes of agents, by the names of their formats.
Homes = Mapping[str, Path]


def agent_homes(environ: Mapping[str, str]) -> Homes:
    """The homes of the agents on this machine, whether they are there or not.

    Args:
        environ: The environment, whose variables may name other folders.
    """
    return {
        client: (
            Path(environ[shape.variable], shape.inside)
            if environ.get(shape.variable)
            else Path.home() / shape.name
        )
        for client, shape in home_shapes().items()
    }


def log_folders(homes: Homes) -> dict[str, list[Path]]:
    """The folders in which agents keep threads; none for an agent that is not here."""
    found = {
        client: [
            absolute(home / name)
            for name in home_shapes()[client].logs
            if (home / name).is_dir()
        ]
        for client, home in homes.items()
    }
    return {client: folders for client, folders in found.items() if folders}

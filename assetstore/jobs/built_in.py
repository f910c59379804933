"""Jobs that are there without being configured: the agents found on this machine."""

from collections.abc import Iterable, Mapping
from typing import Any

from assetstore.agents.client_rows import ClientDatabase
from assetstore.agents.homes import Homes, log_folders
from assetstore.formats.registry import home_shapes

# A thread that somebody is at work in still needs its newest pictures.
_MIN_AGE = 86400.0


def built_in_jobs(
    homes: Homes, databases: Iterable[ClientDatabase] = ()
) -> Mapping[str, Mapping[str, Any]]:
    """A job for each agent found: the settings that are not the defaults.

    Args:
        homes: Where agents keep what they have; what lies there beside the logs is
            their own.
        databases: Those in which clients keep their threads.
    """
    jobs = {
        client: {
            "paths": tuple(map(str, folders)),
            "include": (home_shapes()[client].log,),
            "profile": "auto" if home_shapes()[client].mixed else client,
            "min_age": _MIN_AGE,
        }
        for client, folders in log_folders(homes).items()
    }
    rows: dict[str, tuple[str, ...]] = {}
    for database in databases:
        name = database.client.name
        rows[name] = (*rows.get(name, ()), str(database.path))
    for client, paths in rows.items():
        jobs[client] = {"paths": paths, "min_age": _MIN_AGE}
    return jobs

"""Jobs that are there without being configured: the agents found on this machine."""

from collections.abc import Mapping
from typing import Any

from assetstore.agents.find import homes_by_client

# A thread that somebody is at work in still needs its newest pictures.
_MIN_AGE = 86400.0

# What else lies beside the logs is the client's own.
_LOGS = {"codex": ("rollout-*.jsonl",), "claude-code": ("*.jsonl",)}


def built_in_jobs() -> Mapping[str, Mapping[str, Any]]:
    """A job for each agent found: the settings that are not the defaults."""
    return {
        client: {
            "paths": tuple(map(str, folders)),
            "include": _LOGS[client],
            "profile": client,
            "min_age": _MIN_AGE,
        }
        for client, folders in homes_by_client().items()
        if client
    }

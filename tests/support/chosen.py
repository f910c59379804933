"""Which clients are run, of those that only run when somebody asks."""

import os

import pytest


def only_if_chosen(name: str) -> pytest.MarkDecorator:
    """Skip a module's tests unless ``$ASSETSTORE_TEST_CLIENTS`` has a client's name.

    Args:
        name: As `assetstore clients --json` has it; "all" and "1" are all of them.
    """
    chosen = os.environ.get("ASSETSTORE_TEST_CLIENTS", "").split(",")
    wanted = bool({name, "all", "1"} & set(chosen))
    return pytest.mark.skipif(
        not wanted, reason=f"runs with ASSETSTORE_TEST_CLIENTS={name}, or all"
    )

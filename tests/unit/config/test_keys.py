"""The table of settings, and what is made of it."""

import json
import tomllib
from importlib import resources
from pathlib import Path

import jsonschema

from assetstore.config.keys import (
    TABLES,
    JobSettings,
    keys_of,
    kind_of,
    renamed_in,
    schema,
    variable,
)
from support.configs import GOOD


def test_the_schema_that_ships_is_the_one_of_the_code() -> None:
    file = resources.files("assetstore").joinpath("schema/config-1.json")
    assert json.loads(file.read_bytes()) == schema()


def test_the_schema_says_what_the_code_takes() -> None:
    validator = jsonschema.Draft202012Validator(schema())
    validator.check_schema(schema())
    validator.validate(tomllib.loads(GOOD))
    for bad in (
        "[archive]\nmin_sise = 1",
        "[gc]\nkeep_last = 0",
        "[gc]\nevery = 7",
        "[limits]\nio = 'fast'",
        "[report]\nping = 'ftp://x'",
        "[jobs.Bad]",
        "[jobs.a]\nenabled = 'yes'",
    ):
        assert list(validator.iter_errors(tomllib.loads(bad))), bad


def test_every_default_can_be_written_and_read() -> None:
    for table in (*TABLES.values(), JobSettings):
        for name, setting in keys_of(table).items():
            if setting.default is not None:
                kind = kind_of(setting)
                shown = kind.show(setting.default)
                assert kind.read(shown, Path("/")) == setting.default, name


def test_variables_do_not_clash() -> None:
    names = [
        variable(table, name)
        for table, kind in TABLES.items()
        for name in keys_of(kind)
        if variable(table, name)
    ]
    assert len(set(names)) == len(names)


def test_a_setting_has_a_variable_where_a_project_may_say_it() -> None:
    assert variable("", "store") == "ASSETSTORE_STORE"
    assert variable("archive", "min_size") == "ASSETSTORE_MIN_SIZE"
    assert variable("report", "on_failure") == ""


def test_an_old_name_stands_in_the_schema_with_the_new_one() -> None:
    assert renamed_in(JobSettings) == {"keep_last": "keep_pictures"}
    job = schema()["properties"]["jobs"]["additionalProperties"]["properties"]
    assert job["keep_last"]["deprecated"] is True
    assert "keep_pictures" in job["keep_last"]["description"]
    assert "default" not in job["keep_last"]
    assert job["min_age"]["default"] == "1h"
    assert "default" not in job["min_size"]  # none is no value

"""Parse documents, each with a real parser of its own format, as far as these are here."""

import ast
import configparser
import csv
import email
import email.policy
import importlib
import io
import json
import plistlib
import shutil
import subprocess
import tomllib
import warnings
import xml.etree.ElementTree as ET
from collections.abc import Callable
from typing import Any

Parse = Callable[[bytes], object]
_JSON = "json geojson gltf har map lottie webmanifest webapp topojson excalidraw code-snippets"
_XML = (
    "xml svg xsl xslt xsd rdf owl plist resx fodt fodp fods fodg fb2 enex opml kml gpx drawio"
    " twb tds xhtml rss atom dae x3d graphml wxr"
)


def _module(name: str) -> Any:
    return importlib.import_module(name)


def _xml(data: bytes) -> object:
    return len(list(ET.fromstring(data).iter()))  # noqa: S314 packages that are pinned


def _html(data: bytes) -> object:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        return len(list(_module("html5lib").parse(data).iter()))


def _css(data: bytes) -> object:
    rules = _module("tinycss2").parse_stylesheet_bytes(data)[0]
    return [rule.type for rule in rules]


def _yaml(data: bytes) -> object:
    yaml = _module("yaml")
    loader = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
    return len(list(yaml.compose_all(data, Loader=loader)))


def _notebook(data: bytes) -> object:
    nbformat = _module("nbformat")
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        return len(nbformat.reads(data.decode(), as_version=4).cells)


def _json(data: bytes) -> object:
    return _shape(json.loads(data.decode("utf-8-sig")))


def _shape(value: object) -> object:
    """What a value of JSON is made of, its strings apart."""
    if isinstance(value, dict):
        return {name: _shape(each) for name, each in value.items()}
    if isinstance(value, list):
        return [_shape(each) for each in value]
    return isinstance(value, str) or value


def _jsonl(data: bytes) -> object:
    return len([json.loads(line) for line in data.splitlines() if line.strip()])


def _csv(delimiter: str) -> Parse:
    def parsed(data: bytes) -> object:
        csv.field_size_limit(1 << 30)
        rows = csv.reader(io.StringIO(data.decode(), newline=""), delimiter=delimiter)
        return [len(row) for row in rows]

    return parsed


def _mail(data: bytes) -> object:
    mail = email.message_from_bytes(data, policy=email.policy.compat32)
    return [(part.get_content_type(), len(part.defects)) for part in mail.walk()]


def _calendar(data: bytes) -> object:
    calendars = _module("icalendar").Calendar.from_ical(data.decode(), multiple=True)
    return [len(list(each.walk())) for each in calendars]


def _cards(data: bytes) -> object:
    cards = _module("vobject").readComponents(data.decode(), allowQP=True)
    return [len(list(card.getChildren())) for card in cards]


def _ini(data: bytes) -> object:
    parser = configparser.ConfigParser(interpolation=None, strict=False)
    parser.read_string(data.decode())
    return parser.sections()


def _node(suffix: str) -> Parse:
    def checked(data: bytes) -> object:
        words = ["node", "--check", "-"]
        if suffix == "mjs":
            words = ["node", "--input-type=module", "--check", "-"]
        done = subprocess.run(words, input=data, capture_output=True, check=False)
        if done.returncode:
            raise ValueError(done.stderr[-300:].decode("utf-8", "replace"))
        return True

    return checked


def _property_list(data: bytes) -> object:
    return _shape(json.loads(json.dumps(plistlib.loads(data), default=lambda _: "")))


# What parses a kind of file: the module or program that does, and how.
PARSERS: dict[str, tuple[str, Parse]] = {
    **dict.fromkeys(_JSON.split(), ("json", _json)),
    **dict.fromkeys(("jsonl", "ndjson"), ("json", _jsonl)),
    **dict.fromkeys(_XML.split(), ("xml.etree", _xml)),
    **dict.fromkeys(("html", "htm", "vue"), ("html5lib", _html)),
    **dict.fromkeys(("css", "wxss"), ("tinycss2", _css)),
    **dict.fromkeys(("yaml", "yml", "cff"), ("yaml", _yaml)),
    **dict.fromkeys(("js", "cjs"), ("node", _node("js"))),
    **dict.fromkeys(("eml", "mht", "mhtml", "mbox", "msg"), ("email", _mail)),
    **dict.fromkeys(("ics", "ical", "ifb"), ("icalendar", _calendar)),
    **dict.fromkeys(("ini", "cfg"), ("configparser", _ini)),
    "mjs": ("node", _node("mjs")),
    "ipynb": ("nbformat", _notebook),
    "plist": ("plistlib", _property_list),
    "csv": ("csv", _csv(",")),
    "tsv": ("csv", _csv("\t")),
    "vcf": ("vobject", _cards),
    "py": ("ast", lambda data: len(ast.parse(data).body)),
    "toml": ("tomllib", lambda data: _shape(tomllib.loads(data.decode()))),
}


def parser_of(kind: str) -> tuple[str, Parse] | None:
    """What parses a kind of file, and its name; None where it is not here."""
    found = PARSERS.get(kind)
    if found is None:
        return None
    name = found[0]
    if name == "node":
        return found if shutil.which("node") else None
    try:
        importlib.import_module(name)
    except ImportError:
        return None
    return found

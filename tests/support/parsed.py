"""Documents as parsers of their own formats see them, and how two of them differ."""

import ast
import configparser
import csv
import email
import email.policy
import io
import json
import plistlib
import re
import sqlite3
import tomllib
from collections.abc import Callable, Iterator
from contextlib import closing
from typing import Any

import html5lib
import icalendar
import nbformat
import tinycss2
import vobject
import yaml
from lxml import etree
from markdown_it import MarkdownIt

# What a parser makes of a document: lists, tuples and dictionaries of plain values.
Parsed = Any
Parser = Callable[[bytes], Parsed]

_MARK = re.compile(r"as1:[\w-]{27}(?:=AA==)?")


def as_json(data: bytes) -> Parsed:
    return json.loads(data)


def as_json_lines(data: bytes) -> Parsed:
    return [json.loads(line) for line in data.splitlines()]


def as_notebook(data: bytes) -> Parsed:
    book = nbformat.reads(data.decode(), json.loads(data)["nbformat"])
    nbformat.validate(book)
    return json.loads(json.dumps(book))


def as_xml(data: bytes) -> Parsed:
    parser = etree.XMLParser(huge_tree=True, resolve_entities=False)
    return _element(etree.fromstring(data, parser))


def _element(node: Any) -> Parsed:
    if not isinstance(node.tag, str):  # a comment
        return ("", node.text)
    inner = [_element(child) for child in node]
    return (node.tag, dict(node.attrib), node.text, node.tail, inner)


def as_html(data: bytes) -> Parsed:
    page = html5lib.parse(
        data.decode(), treebuilder="etree", namespaceHTMLElements=False
    )
    return [
        (str(node.tag), dict(node.attrib), node.text, node.tail) for node in page.iter()
    ]


def as_css(data: bytes) -> Parsed:
    sheet = tinycss2.parse_stylesheet(data.decode())
    assert not [node for node in sheet if node.type == "error"]
    return [_rule(node) for node in sheet]


def _rule(node: Any) -> Parsed:
    if node.type != "qualified-rule":
        return (node.type, node.serialize())
    inner = tinycss2.parse_blocks_contents(node.content, skip_whitespace=True)
    assert not [each for each in inner if each.type == "error"]
    return (tinycss2.serialize(node.prelude), [_declaration(each) for each in inner])


def _declaration(node: Any) -> Parsed:
    """A declaration; a function with one string, and an address, are the same."""
    return (
        node.name,
        [
            (token.type, getattr(token, "value", None) or _arguments(token))
            for token in node.value
        ],
    )


def _arguments(token: Any) -> Parsed:
    return [getattr(each, "value", None) for each in getattr(token, "arguments", ())]


def as_markdown(data: bytes) -> Parsed:
    def plain(tokens: Any) -> Parsed:
        return [
            (t.type, t.tag, t.attrs, t.content, plain(t.children or ())) for t in tokens
        ]

    # It refuses data URIs of drawings, and does not know a placeholder's scheme.
    reader = MarkdownIt()
    reader.validateLink = lambda url: True  # type: ignore[method-assign]
    return plain(reader.parse(data.decode()))


def as_yaml(data: bytes) -> Parsed:
    return list(yaml.safe_load_all(data))


def as_csv(data: bytes, **options: Any) -> Parsed:
    return list(csv.reader(io.StringIO(data.decode(), newline=""), **options))


def as_tabs(data: bytes) -> Parsed:
    return as_csv(data, delimiter="\t")


def as_mail(data: bytes) -> Parsed:
    return _part(email.message_from_bytes(data, policy=email.policy.default))


def _part(part: Any) -> Parsed:
    assert not part.defects
    headers = [(name, str(value)) for name, value in part.items()]
    if part.is_multipart():
        return (headers, [_part(inner) for inner in part.iter_parts()])
    return (headers, part.get_payload())


def as_calendar(data: bytes) -> Parsed:
    return _component(icalendar.Calendar.from_ical(data))


def _component(found: Any) -> Parsed:
    lines = [(name, str(v), dict(v.params)) for name, v in _values(found)]
    # It decodes strictly, which no placeholder can be, and keeps what it cannot decode.
    assert {name for name, _ in found.errors} <= {"ATTACH"}
    return (found.name, lines, [_component(inner) for inner in found.subcomponents])


def _values(found: Any) -> Iterator[tuple[str, Any]]:
    for name, value in found.items():
        for each in value if isinstance(value, list) else [value]:
            yield name, each


def as_cards(data: bytes) -> Parsed:
    return [
        [(line.name, dict(line.params), line.value) for line in card.lines()]
        for card in vobject.readComponents(data.decode(), allowQP=True)
    ]


def as_plist(data: bytes) -> Parsed:
    return plistlib.loads(data)


def as_toml(data: bytes) -> Parsed:
    return tomllib.loads(data.decode())


def as_ini(data: bytes) -> Parsed:
    parser = configparser.RawConfigParser()
    parser.read_string(data.decode())
    return {name: dict(parser[name]) for name in parser.sections()}


def as_sql(data: bytes) -> Parsed:
    """The rows that a dump makes."""
    with closing(sqlite3.connect(":memory:")) as database:
        database.executescript(data.decode())
        names = database.execute("SELECT name FROM sqlite_master WHERE type='table'")
        return {
            name: [list(row) for row in database.execute(f'SELECT * FROM "{name}"')]  # noqa: S608 a name of its own
            for (name,) in list(names)
        }


def as_python(data: bytes) -> Parsed:
    """The constants of a program, in their order, and what surrounds them."""
    tree = ast.parse(data)
    constants = [n.value for n in ast.walk(tree) if isinstance(n, ast.Constant)]
    return [constants, [type(node).__name__ for node in ast.walk(tree)]]


def differences(was: Parsed, now: Parsed) -> int:
    """Compare what a document was and what it became; placeholders stand for anything.

    Returns:
        How many values have a placeholder.

    Raises:
        AssertionError: Something else is different.
    """
    if isinstance(was, dict):
        assert list(was) == list(now)
        return sum(differences(was[key], now[key]) for key in was)
    if isinstance(was, list | tuple):
        assert len(was) == len(now)
        return sum(map(differences, was, now))
    if isinstance(was, bytes) and now != was:  # what was made of a placeholder
        assert isinstance(now, bytes) or _MARK.fullmatch(now)
        return 1
    assert type(was) is type(now)
    if was == now:
        return 0
    assert isinstance(was, str)
    pieces = _MARK.split(now)
    assert len(pieces) > 1, now
    anything = "(?s:.+)".join(map(re.escape, pieces))
    assert re.fullmatch(anything, was), (was, now)
    return 1

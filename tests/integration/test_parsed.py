"""What an archive leaves is a document of its format: parsers see the same in it.

Each document is written by a program that people use for it, where there is one here.
"""

import csv
import email.policy
import io
import json
import plistlib
import sqlite3
import xml.etree.ElementTree as ET
from collections.abc import Callable
from contextlib import closing
from dataclasses import dataclass
from email.message import EmailMessage
from pathlib import Path
from urllib.parse import quote

import icalendar
import nbformat
import pytest
import vobject
import yaml
from nbformat.v4 import (
    new_code_cell,
    new_markdown_cell,
    new_notebook,
    new_output,
)

from support import parsed
from support.documents import PICTURES
from support.media import OTHERS, coloured
from support.program import Program
from support.samples import b64, har, picture, svg, uri, wrapped

PNG, JPEG, GIF = picture(24, 18, 1), PICTURES["jpeg"], coloured("GIF")
DRAWING, PDF = svg(5), OTHERS["pdf"]
ALL = (PNG, JPEG, GIF)
URIS = (uri(PNG), uri(JPEG, "image/jpeg"), uri(GIF, "image/gif"))


@dataclass(frozen=True)
class Kind:
    """A kind of document.

    Attributes:
        name: A file's name.
        text: Makes it.
        payloads: How many payloads it has.
        parser: Reads it.
        values: In how many values they are; 0: each in one of its own.
        media: What is to be taken.
    """

    name: str
    text: Callable[[], str | bytes]
    payloads: int
    parser: parsed.Parser
    values: int = 0
    media: str = "image"


def of_yaml(width: int) -> Callable[[], str]:
    record = {
        "binary": PNG,
        "uris": list(URIS),
        "bare": {"text": b64(JPEG), "lines": wrapped(b64(GIF), 60, "\n") + "\n"},
    }
    return lambda: yaml.safe_dump(record, width=width)


def yaml_by_hand() -> str:
    folded = wrapped(b64(PNG), 70, "\n    ")
    return (
        f"a: &one {b64(PNG)}\nb: *one\nc: >-\n    {folded}\nd: |\n    {folded}\n"
        f"e: '{URIS[0]}'\nf: !!binary |\n    {folded}\ng: {{h: \"{URIS[1]}\", i: 1}}\n"
        f"---\n- {URIS[2]}\n- text  # a remark\n"
    )


def table(delimiter: str = ",", **options: object) -> Callable[[], str]:
    def made() -> str:
        file = io.StringIO()
        writer = csv.writer(file, delimiter=delimiter, **options)  # type: ignore[arg-type]
        writer.writerow(["id", "image", "note"])
        for number, data in enumerate(ALL):
            writer.writerow([number, b64(data), 'a "word", and another'])
            writer.writerow([number, URIS[number], "b"])
        return file.getvalue()

    return made


def mail(end: str) -> Callable[[], bytes]:
    def made() -> bytes:
        message = EmailMessage(policy=email.policy.default.clone(linesep=end))
        message["Subject"], message["From"] = "Pictures", "a@example.org"
        message.set_content("See these.")
        page = f'<p><img src="cid:a"> <img src="{URIS[0]}"></p>'
        message.add_alternative(page, subtype="html", cte="quoted-printable")
        for data, kind in ((PNG, "png"), (JPEG, "jpeg"), (GIF, "gif")):
            message.add_attachment(data, "image", kind, filename=f"a.{kind}")
        # Each part's boundary is drawn at random, and is of the message's own then.
        for part in message.walk():
            if part.is_multipart():
                part.set_boundary(f"=_{part.get_content_subtype()}")
        return bytes(message)

    return made


def calendar() -> bytes:
    found = icalendar.Calendar()
    found.add("prodid", "-//x//y//")
    found.add("version", "2.0")
    for number, data in enumerate(ALL):
        event = icalendar.Event()
        event.add("uid", str(number))
        event.add("summary", "a")
        kept = icalendar.vBinary(data)
        kept.params["FMTTYPE"] = "image/x"
        event.add("attach", kept)
        found.add_component(event)
    return bytes(found.to_ical())


def cards() -> str:
    made = []
    for version in ("3.0", "4.0"):
        card = vobject.vCard()
        card.add("version").value = version
        card.add("fn").value = "A B"
        card.add("n").value = vobject.vcard.Name(family="B", given="A")
        photo = card.add("photo")
        if version == "3.0":
            photo.value, photo.encoding_param, photo.type_param = JPEG, "b", "JPEG"
        else:
            photo.value = URIS[0]
        card.add("note").value = "Something, with a comma"
        made.append(card.serialize())
    return "".join(made)


def dump() -> str:
    with closing(sqlite3.connect(":memory:")) as database:
        database.execute("CREATE TABLE a (id INTEGER, image TEXT, raw BLOB, note TEXT)")
        for number, data in enumerate(ALL):
            for row in (
                (number, b64(data), data, "it's one"),
                (number, URIS[number], None, json.dumps({"icon": URIS[number]})),
            ):
                database.execute("INSERT INTO a VALUES (?, ?, ?, ?)", row)
        return "\n".join(database.iterdump()) + "\n"


def xml() -> bytes:
    root = ET.Element("{urn:x}page", {"icon": URIS[0]})
    for data in ALL:
        ET.SubElement(root, "binary", {"content-type": "image/png"}).text = b64(data)
        # As a FHIR resource has it, whose values are attributes.
        ET.SubElement(root, "data", {"value": b64(data)})
        inner = ET.SubElement(root, "lines")
        inner.text = "\n    " + wrapped(b64(data), 76, "\n    ") + "\n  "
    file = io.BytesIO()
    ET.ElementTree(root).write(file, encoding="utf-8", xml_declaration=True)
    return file.getvalue()


def xml_by_hand() -> str:
    text = wrapped(b64(PNG), 76, "&#10;")
    return (
        f'<?xml version="1.0"?>\n<!-- {URIS[1]} -->\n<r><a b="data:image/png;base64,'
        f"{text}\" c='1'/><![CDATA[{b64(JPEG)}]]>&amp;<d>{URIS[2]}</d></r>\n"
    )


def drawing() -> str:
    return (
        '<svg xmlns="http://www.w3.org/2000/svg" '
        'xmlns:xlink="http://www.w3.org/1999/xlink"><defs><style>'
        f".a{{fill:url(#b);background:url({URIS[1]})}}</style></defs>"
        f'<image width="9" xlink:href="{URIS[0]}"/><image href="data:image/png;base64,'
        f'{wrapped(b64(PNG), 76, chr(10))}"/><text>x</text></svg>\n'
    )


def page() -> str:
    escaped = DRAWING.replace('"', "&quot;").replace("#", "%23")
    return (
        "<!doctype html>\n<html><head><title>x</title><style>body{background:"
        f"url('{URIS[2]}')}}</style></head><body style=\"background:url("
        f"&quot;{URIS[0]}&quot;)\"><img alt='a' src={URIS[0]}><img src='{URIS[1]}'>"
        f'<picture><source srcset="{URIS[0]} 1x, {URIS[1]} 2x"><img src="{URIS[2]}">'
        f'</picture><p>{URIS[0]}</p><img src="data:image/svg+xml,{escaped}">'
        f'<img src="data:image/svg+xml,{quote(DRAWING)}"><a href="#x">b</a>'
        f'<script>const a = {{"b": "{b64(PNG)}"}};</script>'
        f"<!-- {URIS[1]} --></body></html>\n"
    )


def sheet() -> str:
    plain = DRAWING.replace('"', "'").replace("#", "%23")
    return (
        f"@charset 'utf-8';\na{{background:url({URIS[0]}) no-repeat;color:red}}\n"
        f"b:after{{content:url(\"{URIS[1]}\")}}\n.c>d{{background-image:url('{URIS[2]}')"
        f', url("data:image/svg+xml;charset=utf8,{plain}");width:calc(1px + 2%)}}\n'
        f"e{{mask:url(data:image/svg+xml,{quote(DRAWING)})}}\n"
        f"@media print{{f{{background:url({URIS[0]})}}}}\n"
    )


def markdown() -> str:
    return (
        f"# Title\n\nA picture ![x]({URIS[0]} 'words'), in **bold ![y]({URIS[1]})** and"
        f" by name ![z][r].\n\n- an item\n- ![x](<{URIS[2]}>)\n\n| a | b |\n|---|---|\n"
        f'| ![x]({URIS[0]}) | c |\n\n<img src="{URIS[1]}">\n\n```\n{URIS[2]}\n```\n\n'
        f"[r]: {URIS[0]}\n"
    )


def notebook(indent: int | None, minor: int) -> Callable[[], str]:
    def made() -> str:
        text = wrapped(b64(PNG), 76, "\n") + "\n"
        bundles = (
            {"image/png": text, "text/plain": "<Figure>"},
            {"image/jpeg": b64(JPEG)},
            {"image/gif": b64(GIF) + "\n"},
            {"image/svg+xml": f"<?xml version='1.0'?>\n<!-- x -->\n{DRAWING}\n"},
            {"text/html": f'<div>\n<img src="{URIS[0]}">\n</div>\n'},
            {"text/html": f"<img src='data:image/png;base64,{text}'>\n"},
            {"text/markdown": f"![x]({URIS[1]})\n\nb"},
            {"application/javascript": f"a.src = '{URIS[0]}';\nb();"},
            {"application/json": {"a": URIS[0], "b": [1, b64(JPEG)]}},
        )
        made = [new_output("display_data", data=each) for each in bundles]
        made.append(new_output("stream", name="stdout", text=f"a\n{URIS[0]}\nb\n"))
        attached = {"a.png": {"image/png": b64(PNG)}}
        cells = [
            new_code_cell("plot()\n", outputs=made, execution_count=1),
            new_markdown_cell("![a](attachment:a.png)\n\nb", attachments=attached),
            new_markdown_cell(f"# x\n\n![y]({URIS[0]})\n"),
        ]
        state = {
            "model_name": "ImageModel",
            "model_module": "@jupyter-widgets/controls",
            "state": {"format": "png"},
            "buffers": [{"encoding": "base64", "path": ["value"], "data": b64(PNG)}],
        }
        kept = {"version_major": 2, "version_minor": 0, "state": {"a": state}}
        widgets = {"application/vnd.jupyter.widget-state+json": kept}
        book = new_notebook(cells=cells, metadata={"widgets": widgets})
        for number, cell in enumerate(book.cells):
            cell["id"] = f"cell-{number}"
            if minor < 5:
                del cell["id"]
        book["nbformat_minor"] = minor
        return f"{nbformat.writes(book, indent=indent)}\n"

    return made


def media_notebook() -> str:
    """What IPython.display shows of sounds and films, and other media in outputs."""
    tag = '<{0} controls>\n  <source src="data:{1};base64,{2}" type="{1}" />\n</{0}>\n'
    sound = tag.format("audio", "audio/x-wav", b64(OTHERS["wav"]))
    film = tag.format("video", "video/mp4", wrapped(b64(OTHERS["mp4"]), 76, "\n"))
    lines = wrapped(b64(PDF), 76, "\n") + "\n"
    bundles = (
        {"text/html": sound, "text/plain": "<IPython.lib.display.Audio object>"},
        {"text/html": film, "text/plain": "<IPython.core.display.Video object>"},
        {"application/pdf": lines, "text/plain": "<Figure>"},
        {"application/pdf": b64(PDF)},
        {"audio/flac": b64(OTHERS["flac"])},
        {"model/gltf-binary": b64(b"glTF\2\0\0\0" + bytes(300))},
        {"text/html": f"<iframe src='data:application/pdf;base64,{b64(PDF)}'>"},
    )
    made = [new_output("display_data", data=each) for each in bundles]
    book = new_notebook(cells=[new_code_cell("show()", outputs=made, id="a")])
    return f"{nbformat.writes(book)}\n"


def old_notebook() -> str:
    """The third version, which has the types as names."""
    v3 = nbformat.v3
    shown = v3.new_output(
        "display_data", output_png=wrapped(b64(PNG), 76, "\n") + "\n", output_text="x"
    )
    result = v3.new_output("pyout", output_jpeg=b64(JPEG), prompt_number=1)
    cells = [
        v3.new_code_cell("plot()", outputs=[shown, result], prompt_number=1),
        v3.new_text_cell("markdown", source=f"![x]({URIS[0]})\n\ny"),
    ]
    sheet = v3.new_worksheet(cells=cells)
    return str(v3.writes_json(v3.new_notebook(worksheets=[sheet])))


def python() -> str:
    lines = wrapped(b64(PNG), 60, "\n")
    joined = "\n    ".join(map(repr, lines.splitlines()))
    return (
        f"import base64\n\nICON = {b64(JPEG).encode()!r}\nPAGE = {URIS[0]!r}\n"
        f"TEXT = '''\n{lines}\n'''\nJOINED = (\n    {joined}\n)\n"
        f"def icon():\n    return base64.b64decode(ICON), '{URIS[1]}'\n"
    )


def settings() -> str:
    return (
        f'icon = "{b64(PNG)}"\npage = \'{URIS[1]}\'\nlines = """\n'
        f'{wrapped(b64(GIF), 76, chr(10))}\n"""\n[a]\nb = ["{URIS[0]}", "c"]\n'
    )


def records() -> list[dict[str, object]]:
    return [
        {"id": n, "image": b64(data), "page": f"<img src='{URIS[n]}'>", "é": "ü"}
        for n, data in enumerate(ALL)
    ]


KINDS = [
    Kind("yaml.yaml", of_yaml(80), 6, parsed.as_yaml),
    Kind("wide.yaml", of_yaml(1 << 20), 6, parsed.as_yaml),
    Kind("hand.yaml", yaml_by_hand, 7, parsed.as_yaml, values=8),  # one is an alias
    Kind("table.csv", table(), 6, parsed.as_csv),
    Kind("all.csv", table(quoting=csv.QUOTE_ALL), 6, parsed.as_csv),
    Kind("unix.csv", table(lineterminator="\n"), 6, parsed.as_csv),
    Kind("table.tsv", table("\t"), 6, parsed.as_tabs),
    Kind("smtp.eml", mail("\r\n"), 4, parsed.as_mail),
    Kind("lines.eml", mail("\n"), 4, parsed.as_mail),
    Kind("events.ics", calendar, 3, parsed.as_calendar),
    Kind("people.vcf", cards, 2, parsed.as_cards),
    Kind("dump.sql", dump, 12, parsed.as_sql),
    Kind("record.xml", xml, 10, parsed.as_xml),
    Kind("hand.xml", xml_by_hand, 4, parsed.as_xml, values=3),  # and a comment
    Kind("drawing.svg", drawing, 3, parsed.as_xml),
    Kind("page.html", page, 12, parsed.as_html, values=11),  # two in srcset
    Kind("sheet.css", sheet, 6, parsed.as_css),
    Kind("text.md", markdown, 7, parsed.as_markdown, values=10),  # of paragraphs, too
    Kind("tabs.ipynb", notebook(1, 5), 14, parsed.as_notebook),
    Kind("deep.ipynb", notebook(4, 5), 14, parsed.as_notebook),
    Kind("flat.ipynb", notebook(None, 5), 14, parsed.as_notebook),
    Kind("older.ipynb", notebook(1, 2), 14, parsed.as_notebook),
    Kind("media.ipynb", media_notebook, 7, parsed.as_notebook, media="any"),
    Kind("old.ipynb", old_notebook, 3, parsed.as_notebook),
    Kind("program.py", python, 5, parsed.as_python),
    Kind("settings.toml", settings, 4, parsed.as_toml),
    Kind(
        "settings.ini",
        lambda: f"[a]\nicon = {b64(PNG)}\npage={URIS[1]}\n[b]\nc = d\n",
        2,
        parsed.as_ini,
    ),
    Kind(
        "record.plist",
        lambda: plistlib.dumps({"Icon": PNG, "Page": URIS[0], "All": list(ALL)}),
        5,
        parsed.as_plist,
    ),
    Kind("compact.json", lambda: json.dumps(records()), 6, parsed.as_json),
    Kind("indented.json", lambda: json.dumps(records(), indent=2), 6, parsed.as_json),
    Kind(
        "records.jsonl",
        lambda: "".join(json.dumps(each) + "\n" for each in records()),
        6,
        parsed.as_json_lines,
    ),
    Kind("page.har", har, 1, parsed.as_json),
    Kind(
        "twice.json",
        lambda: json.dumps({"a": json.dumps(records())}),
        6,
        parsed.as_json,
        values=1,
    ),
]


@pytest.mark.parametrize("kind", KINDS, ids=lambda kind: kind.name)
def test_a_parser_sees_the_same_but_for_payloads(tmp_path: Path, kind: Kind) -> None:
    program, text = Program(tmp_path), kind.text()
    document = program.folder / kind.name
    data = text if isinstance(text, bytes) else text.encode()
    document.write_bytes(data)
    words = ("--min-size", "0", "--media", kind.media, "--json")
    ran = program("archive", *words, document)
    assert ran.code == 0, ran.err
    (result,) = ran.result["files"]
    slim = document.read_bytes()
    was, now = kind.parser(data), kind.parser(slim)
    assert parsed.differences(was, now) == (kind.values or kind.payloads), slim
    assert (result["payloads"], ran.result["left"]) == (kind.payloads, [])
    assert program("restore", document).code == 0
    assert document.read_bytes() == data
